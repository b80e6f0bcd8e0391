/** The Event history, asked of an engine. */

import { JSON_COLUMNS } from '../../cloudtrail/fields.js';
import { RESOURCE_COLUMNS, type Resource, resourcesOf } from '../../cloudtrail/resources.js';
import { findColumn, named } from '../../query/columns/column.js';
import type { Order } from '../../query/columns/order.js';
import { DEFAULT_COLUMNS, historyColumn } from '../../query/event-row.js';
import { type HistoryOptions, sortingOf } from '../../query/events.js';
import { checkedLimit } from '../../query/limit.js';
import type { Value } from '../../query/sqlite.js';
import type { EngineValue } from '../engine.js';
import type { EngineRows } from './answer.js';
import { type Asker, cell, textCell } from './asker.js';
import { checkAskable, engineFilters, limitText, whereText } from './filters.js';
import { type EventTable, eventTable, notThere } from './table.js';

/** What is selected: expressions, each once. */
interface Selected {
  expressions: string[];
  /** The place of an expression among them. */
  placeOf(expression: string): number;
}

/**
 * @throws UsageError `NOT_ON_ENGINE`, `NO_COLUMN`, `NO_SUCH_COLUMN`, `BAD_LIMIT`, and those of the filters
 */
export async function askEvents(asker: Asker, options: HistoryOptions): Promise<EngineRows> {
  const { columns: names = DEFAULT_COLUMNS, sort, order = 'newest', limit, ...rest } = options;
  checkAskable('events', rest);
  const table = eventTable(asker.table);
  const { source: _source, status: _status, token: _token, ...filters } = rest;
  const most = checkedLimit(limit);
  const selected = createSelected();
  const columns = named(names).map(name => askedColumn(name, table, selected, asker));
  const { where, spellings } = engineFilters(asker, table, filters);
  // A statement selects something, whatever is made of it.
  const expressions = selected.expressions.length > 0 ? selected.expressions : ['eventName'];
  const statement = [
    `SELECT\n  ${expressions.map((expression, i) => `${expression} AS c${i}`).join(',\n  ')}`,
    `\nFROM ${table.name}`,
    whereText(where),
    `\nORDER BY ${orderText(table, sort, order)}`,
    limitText(most),
  ].join('');
  return {
    columns: columns.map(({ name }) => name),
    nested: columns.map(({ isJson }) => isJson),
    rows: rowsOf(asker.rows(statement), columns, resourcesIn(table, selected)),
    spellings,
  };
}

interface AskedColumn {
  name: string;
  isJson: boolean;
  of(row: readonly EngineValue[], resources: () => Resource[]): Value;
}

function createSelected(): Selected {
  const expressions: string[] = [];
  return {
    expressions,
    placeOf(expression) {
      const at = expressions.indexOf(expression);
      return at < 0 ? expressions.push(expression) - 1 : at;
    },
  };
}

function askedColumn(name: string, table: EventTable, selected: Selected, { notes }: Asker): AskedColumn {
  const column = historyColumn(name);
  if (column.ofResources) {
    for (const expression of resourceExpressions(table)) selected.placeOf(expression);
    const { ofResources } = column;
    if (table.parts('resources') !== undefined)
      notes.add(
        'resources that a record names by a prefix (ARNPrefix) are left out: the table has no field for them',
      );
    return { name: column.name, isJson: column.isJson, of: (_row, resources) => ofResources(resources()) };
  }
  const isJson = JSON_COLUMNS.has(column.column);
  const text = table.text(column.column);
  if (text !== undefined) {
    const at = selected.placeOf(text);
    const { isNumber } = findColumn(name);
    return {
      name: column.name,
      isJson,
      of: row => (isNumber ? numberOr(textCell(row[at])) : cell(row[at] ?? null)),
    };
  }
  const parts = table.parts(column.column);
  if (parts === undefined) throw notThere(table, column.name);
  notes.add(
    `${column.name} is put together from the table's own fields: not the text that CloudTrail wrote, and without what the table has no field for`,
  );
  const at = selected.placeOf(parts);
  return { name: column.name, isJson, of: row => cell(present(row[at] ?? null)) };
}

/** The value without members that are null: the table has a field for each that a record may have. */
function present(value: EngineValue): EngineValue {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, of]) => (of === null ? [] : [[name, present(of)]])),
  );
}

/** A number where the text is one that an index would have as a number. */
function numberOr(text: string | null): Value {
  if (text === null) return null;
  const number = Number(text);
  return text.trim() !== '' && Number.isSafeInteger(number) ? number : text;
}

/** The expressions for what `resourcesOf` reads; NULL for what the table does not have. */
function resourceExpressions(table: EventTable): string[] {
  return RESOURCE_COLUMNS.map(column => table.text(column) ?? table.parts(column) ?? 'CAST(NULL AS varchar)');
}

/** Gives the resources of a row. */
function resourcesIn(table: EventTable, selected: Selected): (row: readonly EngineValue[]) => Resource[] {
  const places = resourceExpressions(table).map(expression => selected.expressions.indexOf(expression));
  return row =>
    resourcesOf(
      places.map((place, i) => {
        const value = row[place] ?? null;
        // The struct of Athena's table has the names of its fields in lower case.
        return RESOURCE_COLUMNS[i] === 'resources' && Array.isArray(value)
          ? JSON.stringify(value.map(resourceEntry))
          : textCell(value);
      }),
    );
}

function resourceEntry(value: EngineValue): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
    return value;
  return { ...value, ARN: value.arn ?? undefined };
}

async function* rowsOf(
  rows: AsyncIterable<EngineValue[]>,
  columns: readonly AskedColumn[],
  resourcesOfRow: (row: readonly EngineValue[]) => Resource[],
): AsyncGenerator<Value[]> {
  for await (const row of rows) {
    let made: Resource[] | undefined;
    const resources = (): Resource[] => {
      made ??= resourcesOfRow(row);
      return made;
    };
    yield columns.map(column => column.of(row, resources));
  }
}

/** By a column if there is one, NULL first and last where it descends; then by time. */
function orderText(table: EventTable, sort: string | undefined, order: Order): string {
  const byTime = table.order(order === 'newest' ? 'DESC' : 'ASC');
  if (sort === undefined) return byTime;
  const { column, descending } = sortingOf(sort);
  const text = table.text(column.column);
  if (text === undefined) throw notThere(table, column.name);
  const direction = descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST';
  // Texts that are not numbers come after the numbers.
  const number = `TRY_CAST(${text} AS double)`;
  const keys = column.isNumber
    ? [
        `${text} IS NULL ${descending ? 'ASC' : 'DESC'}`,
        `${number} IS NULL ${descending ? 'DESC' : 'ASC'}`,
        `${number} ${direction}`,
      ]
    : [];
  return [...keys, `${text} ${direction}`, byTime].join(', ');
}
