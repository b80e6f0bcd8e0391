/** Times as people type them → times as CloudTrail writes them. */

import { QueryError } from '../errors.js';
import { chrono } from '../lazy.js';

const DATE = /^\d{4}-\d\d-\d\d$/;
const MINUTES = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i;
const AGO = /^\s*\d+\s*[a-z]+\s*$/i;

/**
 * A point in time as `YYYY-MM-DDTHH:MM:SSZ`.
 * A date is its midnight, UTC, as in AWS's `BETWEEN '2019-07-05T00:00:00Z' AND …`; a time without a zone is UTC;
 * `2h`, `90 minutes`, `3 days ago` and `yesterday` count back from `now`.
 * @throws QueryError `BAD_TIME`
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

function isCalendarDay(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

function checked(date: Date, text: string): string {
  if (Number.isNaN(date.getTime())) {
    throw new QueryError(
      'BAD_TIME',
      `cannot read the time ${JSON.stringify(text)}`,
      'write a date (2019-07-05), a time (2019-07-05T14:00Z, 2019-07-05 16:00+02:00) or a distance (2h, 3 days ago)',
    );
  }
  return `${date.toISOString().slice(0, 19)}Z`;
}
