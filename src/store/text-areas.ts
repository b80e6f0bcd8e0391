/** Where the text of records is kept, and one statement for each place that gives it row by row. */

import { FIELDS, type Field } from '../fields.js';
import { ALIAS } from './schema.js';

/** Tables with text of records: the dimensions, in the order of an event's members, then the events. */
export const DIMENSION_TABLES = ['kind', 'identity', 'address', 'agent', 'channel'] as const;
export type DimensionTable = (typeof DIMENSION_TABLES)[number];
/** The index on events by a dimension, where there is one. */
export const EVENT_INDEX_OF: Readonly<Record<DimensionTable, string | undefined>> = {
  kind: 'event_kind',
  identity: 'event_identity',
  address: 'event_address',
  agent: undefined,
  channel: undefined,
};
export type Area = DimensionTable | 'event';
export const AREAS: readonly Area[] = [...DIMENSION_TABLES, 'event'];
export const DIMENSION_AREAS = DIMENSION_TABLES.length;

/** Stands before the text of a record that is kept whole. */
export const WHOLE = '\u0002';

const DIMENSION_TEXT: Record<DimensionTable, string> = {
  kind: 'record',
  identity: 'useridentity',
  address: 'json_quote(sourceipaddress)',
  agent: 'json_quote(useragent)',
  channel: 'record',
};

const OWN_FIELDS = FIELDS.filter(f => f.home === 'event' || f.home === 'detail');
// A string that had an escape is in a record that is kept whole.
const value = (f: Field): string => {
  const column = `${ALIAS[f.home]}.${f.column}`;
  return f.json ? column : `'"' || ${column} || '"'`;
};
const EVENT_TEXT = `CASE WHEN d.record IS NULL
    THEN concat_ws(char(10), ${[...OWN_FIELDS.map(value), 'd.additional_fields'].join(', ')})
    ELSE char(2) || d.record END`;
const EVENT_TIME = `coalesce(CASE WHEN d.record IS NULL THEN e.eventtime ELSE json_quote(e.eventtime) END, '')`;
const EVENT_HEAD = `concat_ws(',', e.id, ${DIMENSION_TABLES.map(d => `coalesce(e.${d}_id, '')`).join(', ')}, ${EVENT_TIME})`;

/**
 * A statement that gives the rows of an area as one text: head, line break, text; between rows U+0001, which no
 * JSON text holds. The head of a dimension's row is its id. That of an event is `id,kind,identity,address,agent,channel,time`,
 * with the ids of the rows it points to and its eventTime (as JSON where the record is kept whole).
 * @param where a condition on the id; events are `e`
 */
export function rowsSql(area: Area, where: string): string {
  return area === 'event'
    ? `SELECT group_concat(${EVENT_HEAD} || char(10) || ${EVENT_TEXT}, char(1))
      FROM event AS e LEFT JOIN detail AS d ON d.id = e.id WHERE e.id ${where}`
    : `SELECT group_concat(id || char(10) || ${DIMENSION_TEXT[area]}, char(1)) FROM ${area} WHERE id ${where}`;
}

/** Rows fetched at a time: fewer cost calls, more cost memory that is slower to reach. */
export const ROWS_AT_ONCE = 64;
