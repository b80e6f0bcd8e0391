/** Events as rows with the columns of the console's Event history, or any others. */

import { JSON_COLUMNS } from '../cloudtrail/fields.js';
import { RESOURCE_COLUMNS, type Resource, resourcesOf } from '../cloudtrail/resources.js';
import type { Db } from '../store/open.js';
import { noSuchRow } from '../store/rebuild.js';
import { prepared } from '../store/statements.js';
import { findColumn, named } from './columns/column.js';
import type { Value } from './sqlite.js';

/** The columns of the console's CSV in its order: our names, and its titles. */
export const CONSOLE_COLUMNS: ReadonlyArray<[name: string, title: string]> = [
  ['username', 'User name'],
  ['useridentity_accesskeyid', 'AWS access key'],
  ['eventTime', 'Event time'],
  ['eventSource', 'Event source'],
  ['eventName', 'Event name'],
  ['awsRegion', 'AWS region'],
  ['sourceIPAddress', 'Source IP address'],
  ['userAgent', 'User agent'],
  ['errorCode', 'Error code'],
  ['resources', 'Resources'],
  ['requestID', 'Request ID'],
  ['eventID', 'Event ID'],
  ['readOnly', 'Read-only'],
  ['eventType', 'Event type'],
  ['recipientAccountId', 'Recipient Account Id'],
  ['eventCategory', 'Event category'],
];

/** What is shown before anybody chooses columns: what an investigator asks first. */
export const DEFAULT_COLUMNS = [
  'eventTime',
  'eventName',
  'eventSource',
  'username',
  'sourceIPAddress',
  'accessKeyId',
  'errorCode',
  'resourceName',
  'eventID',
];

/** One column of a listing. */
interface HistoryColumn {
  name: string;
  /** Whether its text is JSON. */
  isJson: boolean;
  /** The column of `cloudtrail_logs`; empty for one that is made from an event's resources. */
  column: string;
  ofResources?(resources: readonly Resource[]): string | null;
}

const namesOf =
  (pick: (resource: Resource) => string | null) =>
  (resources: readonly Resource[]): string | null =>
    [...new Set(resources.map(pick))].filter(text => text !== null).join(', ') || null;

/** Columns that are made from an event's resources. */
const RESOURCES: readonly HistoryColumn[] = [
  { name: 'resourceType', isJson: false, column: '', ofResources: namesOf(resource => resource.type) },
  { name: 'resourceName', isJson: false, column: '', ofResources: namesOf(resource => resource.name) },
  {
    name: 'resources',
    isJson: true,
    column: '',
    ofResources: resources =>
      JSON.stringify(resources.map(({ type, name }) => ({ resourceType: type, resourceName: name }))),
  },
];

/**
 * The column of a listing that a name means: one of `cloudtrail_logs`, or of an event's resources as lookup-events has them.
 * @throws UsageError `NO_SUCH_COLUMN`
 */
export function historyColumn(name: string): HistoryColumn {
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  const made = RESOURCES.find(column => column.name.toLowerCase() === plain);
  if (made) return made;
  const { name: found, column } = findColumn(name);
  // The column's own name is longer than what is in it.
  return {
    name: plain === 'accesskeyid' ? 'accessKeyId' : found,
    column,
    isJson: JSON_COLUMNS.has(column),
  };
}

export interface RowReader {
  /** Names of the columns. */
  columns: string[];
  /** Which of them hold JSON text. */
  nested: boolean[];
  /**
   * The row of an event, by its `event_rowid`.
   * @throws TypeError where there is no such event
   */
  rowOf(id: number): Value[];
}

/**
 * Reads columns of events.
 * @param names columns of `cloudtrail_logs` under any of their names, and `resourceType`, `resourceName`, `resources`
 *   as lookup-events has them
 * @throws UsageError `NO_COLUMN`, `NO_SUCH_COLUMN`
 */
export function createRowReader(db: Db, names: readonly string[]): RowReader {
  const selected: string[] = [];
  const columns = named(names).map(historyColumn);
  const places = columns.map(({ column, ofResources }) =>
    ofResources ? -1 : selected.push(`"${column}"`) - 1,
  );
  const hasResources = columns.some(({ ofResources }) => ofResources);
  const all = [...selected, ...(hasResources ? RESOURCE_COLUMNS : [])];
  const statement = prepared(
    db,
    `SELECT ${all.join(', ') || '1'} FROM cloudtrail_logs WHERE event_rowid = ?`,
  );
  return {
    columns: columns.map(column => column.name),
    nested: columns.map(column => column.isJson),
    rowOf(id) {
      const values = statement.raw(true).get(id) as Value[] | undefined;
      if (!values) throw noSuchRow(id);
      let made: Resource[] | undefined;
      const resources = (): Resource[] => {
        made ??= resourcesOf(values.slice(selected.length) as Array<string | null>);
        return made;
      };
      return columns.map(({ ofResources }, i) =>
        ofResources ? ofResources(resources()) : values[places[i]!]!,
      );
    },
  };
}
