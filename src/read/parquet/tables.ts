/** What kind of table a Parquet file holds, told by its columns, and how a row of it becomes a record. */

import { FIELDS } from '../../cloudtrail/fields.js';
import { isOcsf, ocsfRecord } from '../../cloudtrail/ocsf.js';
import { createLakeRecords } from '../../cloudtrail/record-form.js';
import type { Members, Value } from '../../cloudtrail/row-value.js';
import { createTableRecords, type EventTable, isEventTable } from './event-table.js';
import type { Footer } from './footer.js';

/** The table of events in a file with this schema; undefined where it holds something else. */
export function eventTableOf({ root }: Footer): EventTable | undefined {
  const names = root.children.map(({ name }) => name);
  if (names.includes('record_form') && names.includes('record'))
    return { shape: 'Parquet, offtrail lake', judge: createLakeJudge(names) };
  if (isOcsf(names)) return { shape: 'Parquet, OCSF', judge: row => ocsfRecord(membersOf(names, row)) };
  if (isEventTable(names)) return { shape: 'Parquet, table of events', judge: createTableRecords(names) };
  return undefined;
}

const membersOf = (names: readonly string[], row: readonly Value[]): Members =>
  new Map(names.map((name, i) => [name, row[i]!]));

/** Columns of a lake whose JSON text goes into the record as it is: each must be JSON by itself. */
const LAKE_JSON = [
  ...FIELDS.filter(f => f.json).flatMap(f => [f.column, `${f.column}_json`]),
  'additional_fields',
  'envelope',
];

function createLakeJudge(names: readonly string[]): EventTable['judge'] {
  const recordOf = createLakeRecords();
  const jsonColumns = LAKE_JSON.map(name => names.indexOf(name)).filter(i => i >= 0);
  return row => {
    const values: Record<string, unknown> = Object.fromEntries(names.map((name, i) => [name, row[i]]));
    for (const i of jsonColumns) {
      const text = row[i];
      if (typeof text === 'string' && !isJson(text))
        return { broken: `column ${names[i]} of a lake, which is not JSON`, text };
    }
    let json: string | undefined;
    try {
      json = recordOf(values);
    } catch {
      return { broken: 'row of a lake whose `record_form` is damaged', text: String(values.record_form) };
    }
    if (json === undefined) return { foreign: 'row of a lake without `record` and `record_form`' };
    return {
      json,
      ...(typeof values.envelope === 'string' && { envelope: values.envelope }),
      ...(values.is_suspect === true && { isSuspect: true }),
    };
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a file holds that is no table of ours, for the ledger. */
export function whatColumns({ root }: Footer): string {
  const names = root.children.slice(0, 8).map(({ name }) => JSON.stringify(name.slice(0, 40)));
  const rest = root.children.length - names.length;
  return `Parquet without the columns of CloudTrail events: it has ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
