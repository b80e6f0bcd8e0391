/**
 * Times as `aws cloudtrail validate-logs` reads them, with Python's dateutil: whatever zone is written, the time is taken
 * for UTC. Of dateutil's forms those with a whole date are read.
 */

import { isoSecond } from '../../cloudtrail/time.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(?<name>${MONTHS.join('|')})[a-z]*\\.?`;
const CLOCK =
  '(?<hour>\\d{1,2}):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?)?\\s*(?<half>am|pm)?';
const ZONE = '\\s*(?:z|[a-z]{3,5}|(?:utc|gmt)?[+-]\\d\\d(?::?\\d\\d)?)?';
const LATER = `(?:(?:t|,?\\s+)${CLOCK}${ZONE})?`;

/** The forms, the commonest first. */
const FORMS = [
  `(?<year>\\d{4})[-/.](?<month>\\d{1,2})[-/.](?<day>\\d{1,2})${LATER}`,
  `(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)(?:t?(?<hour>\\d\\d)(?<minute>\\d\\d)(?<second>\\d\\d)?(?:\\.(?<fraction>\\d{1,9}))?${ZONE})?`,
  `(?<month>\\d{1,2})[-/.](?<day>\\d{1,2})[-/.](?<year>\\d{4})${LATER}`,
  `${MONTH}\\s+(?<day>\\d{1,2}),?\\s+(?<year>\\d{4})${LATER}`,
  `(?<day>\\d{1,2})[\\s-]+${MONTH}[\\s,-]+(?<year>\\d{4})${LATER}`,
].map(form => new RegExp(`^${form}$`, 'i'));

/** Longer texts are not times. */
const LONGEST = 60;

/** Milliseconds since 1970; undefined where the text cannot be read. */
export function awsTime(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return undefined;
  for (const form of FORMS) {
    const groups = form.exec(trimmed)?.groups;
    if (groups) return millisecondsOf(groups);
  }
  return undefined;
}

function millisecondsOf(groups: Record<string, string | undefined>): number | undefined {
  const number = (name: string): number => Number(groups[name] ?? 0);
  let month = groups.name ? MONTHS.indexOf(groups.name.toLowerCase()) + 1 : number('month');
  let day = number('day');
  // 27-01-2015: the first number can only be a day.
  if (month > 12 && day <= 12) [month, day] = [day, month];
  let hour = number('hour');
  if (groups.half) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (groups.half.toLowerCase() === 'pm' ? 12 : 0);
  }
  if (hour > 23 || number('minute') > 59 || number('second') > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(number('year'), month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const fraction = Math.trunc(Number(`0.${groups.fraction ?? 0}`) * 1000);
  return date.setUTCHours(hour, number('minute'), number('second'), fraction);
}

/** `2026-03-02T10:00:00Z`. */
export const shownTime = (milliseconds: number): string => isoSecond(Math.floor(milliseconds / 1000));

/** `20260302T100000Z`, as names of digests have it. */
export const nameTime = (milliseconds: number): string => shownTime(milliseconds).replaceAll(/[-:]/g, '');
