/** Times as people type them → times as CloudTrail writes them. */

import { UsageError } from '../../errors.js';
import { chrono } from '../../lazy.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { LAST_SECOND, UNREADABLE } from '../../store/times.js';
import type { Sql } from './sql-text.js';

const DATE = /^\d{4}-\d\d-\d\d$/;
const MINUTES = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i;
const AGO = /^\s*\d+\s*[a-z]+\s*$/i;

/**
 * A point in time as `YYYY-MM-DDTHH:MM:SSZ`.
 * A date is its midnight, UTC, as in AWS's `BETWEEN '2019-07-05T00:00:00Z' AND …`; a time without a zone is UTC;
 * `2h`, `90 minutes`, `3 days ago` and `yesterday` count back from `now`.
 * @throws UsageError `BAD_TIME`
 */
export function parseTime(text: string, now: Date): string {
  const input = text.trim();
  const day = /^\d{4}-\d\d-\d\d/.exec(input)?.[0];
  // JavaScript would read 30 February as 2 March.
  if (day && !isCalendarDay(day)) return checked(new Date(Number.NaN), text);
  if (DATE.test(input)) return checked(new Date(`${input}T00:00:00Z`), text);
  const parts = MINUTES.exec(input);
  if (parts) {
    const zone = (parts[4] ?? 'Z').toUpperCase().replace('UTC', 'Z');
    return checked(new Date(`${parts[1]}T${parts[2]}:${parts[3] ?? '00'}${zone}`), text);
  }
  if (input.toLowerCase() === 'now') return checked(now, text);
  const phrase = AGO.test(input) && !/ago/i.test(input) ? `${input} ago` : input;
  const found = chrono().parse(phrase, { instant: now, timezone: 'UTC' });
  // The whole text must have been understood, not a piece of it.
  if (found.length !== 1 || found[0]!.text.length !== phrase.length || found[0]!.end) {
    return checked(new Date(Number.NaN), text);
  }
  const { start } = found[0]!;
  const date = start.date();
  // chrono takes a day for its noon; here it is its midnight, as everywhere.
  const isRelative = [...start.tags()].some(tag => tag.startsWith('result/relativeDate'));
  if (!start.isCertain('hour') && !isRelative) date.setUTCHours(0, 0, 0, 0);
  return checked(date, text);
}

/** True where an event's time is not in CloudTrail's own form: then that it is text in order of time does not hold. */
export function hasOddTimes(db: Db): boolean {
  const sql = 'SELECT EXISTS (SELECT 1 FROM event WHERE odd_time IS NOT NULL)';
  return prepared(db, sql).pluck().get() === 1;
}

/** Seconds since 1970 of an event on `cloudtrail_logs`, whatever the form of its time; NULL where it cannot be read. */
export const EVENT_SECONDS = `CASE WHEN odd_time = '${UNREADABLE}' THEN NULL ELSE coalesce(odd_time, unixepoch(eventtime)) END`;

/**
 * The condition on `cloudtrail_logs` for events at or after (`>=`), or at or before (`<=`), what `parseTime` gave. A
 * fraction of a second is passed over, as it is where times are shown.
 * @param odd whether times in other forms are looked for; else an index answers alone
 */
export function timeCondition(operator: '>=' | '<=', time: string, odd: boolean): Sql {
  if (!odd) return { text: `eventtime ${operator} ?`, params: [time] };
  const seconds = Date.parse(time) / 1000;
  const oddTest = operator === '>=' ? `odd_time BETWEEN ? AND ${LAST_SECOND + 1}` : 'odd_time < ?';
  return {
    text: `(odd_time IS NULL AND eventtime ${operator} ? OR ${oddTest})`,
    params: [time, operator === '>=' ? seconds : seconds + 1],
  };
}

function isCalendarDay(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

function checked(date: Date, text: string): string {
  if (Number.isNaN(date.getTime())) {
    throw new UsageError(
      'BAD_TIME',
      `cannot read the time ${JSON.stringify(text)}`,
      'write a date (2019-07-05), a time (2019-07-05T14:00Z, 2019-07-05 16:00+02:00) or a distance (2h, 3 days ago)',
    );
  }
  return `${date.toISOString().slice(0, 19)}Z`;
}
