/** The statement for Athena that gives one event. */

import { literal, printableSql } from '../../../query/filter/sql-text.js';

/**
 * @param eventId of the event
 * @param day its partition, `2019/07/05`; undefined where it is not known
 * @returns SQL in which no character of a log stands that a terminal obeys
 */
export function athenaStatement(eventId: string, day: string | undefined): string {
  const conditions = [
    ...(day === undefined ? [] : [`"timestamp" = ${literal(day)}`]),
    `eventid = ${literal(eventId)}`,
  ];
  return printableSql(`SELECT *\nFROM cloudtrail_logs\nWHERE ${conditions.join('\n  AND ')}`, 'chr');
}
