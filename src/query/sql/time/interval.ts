/** Intervals: milliseconds from day to second, months from year to month; as literals have them and as text. */

import type { Type } from '../types.js';
import { padded } from './calendar.js';

export type IntervalField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

const ORDER: readonly IntervalField[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];
/** What stands behind each field. */
const BEHIND = ['-', '', ' ', ':', ':', ''] as const;
const MILLIS: readonly bigint[] = [0n, 0n, 86_400_000n, 3_600_000n, 60_000n, 1000n];
const MAX_INT = 2 ** 31 - 1;

/** The type of an interval that begins with a field. */
const intervalKind = (from: IntervalField): 'interval year to month' | 'interval day to second' =>
  ORDER.indexOf(from) < 2 ? 'interval year to month' : 'interval day to second';

/** Whether there is an interval of these fields: DAY TO SECOND, not SECOND TO DAY. */
export function isIntervalRange(from: IntervalField, to: IntervalField): boolean {
  return ORDER.indexOf(from) < ORDER.indexOf(to) && intervalKind(from) === intervalKind(to);
}

/** Whole number of a field, up to that of an integer. */
function fieldOf(text: string): number | undefined {
  if (!/^\+?\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= MAX_INT ? value : undefined;
}

/** Milliseconds of a field for seconds; what is less than one is left out. */
function secondsOf(text: string): bigint | undefined {
  const [, whole, fraction = ''] = /^\+?(\d{0,10})(?:\.(\d{0,20}))?$/.exec(text) ?? [];
  if (whole === undefined || whole + fraction === '' || Number(whole) > MAX_INT) return undefined;
  return BigInt(whole) * 1000n + BigInt(fraction.slice(0, 3).padEnd(3, '0'));
}

/** The texts of the fields, the last of which may be missing. */
function split(text: string, first: number, last: number): string[] | undefined {
  const parts: string[] = [];
  let rest = text;
  for (let i = first; i < last; i++) {
    const end = rest.indexOf(BEHIND[i]!);
    if (end < 0) break;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
    // Nothing behind a separator is as if that were not there.
    if (rest === '') return parts;
  }
  parts.push(rest);
  return parts;
}

/**
 * The value of INTERVAL '…' DAY TO SECOND and the like: milliseconds or months.
 * @returns undefined when the text cannot be read
 */
export function intervalLiteral(
  text: string,
  from: IntervalField,
  to: IntervalField = from,
): bigint | undefined {
  const isNegative = text.startsWith('-');
  const body = isNegative ? text.slice(1) : text;
  const [first, last] = [ORDER.indexOf(from), ORDER.indexOf(to)];
  const parts = body === '' ? [] : split(body, first, last)!;
  let total = 0n;
  for (const [i, part] of parts.entries()) {
    const index = first + i;
    if (ORDER[index] === 'second') {
      const millis = secondsOf(part);
      if (millis === undefined) return undefined;
      total += millis;
      continue;
    }
    const value = fieldOf(part);
    if (value === undefined) return undefined;
    total += BigInt(value) * (index === 0 ? 12n : index === 1 ? 1n : MILLIS[index]!);
  }
  if (first < 2 && total > BigInt(MAX_INT)) return undefined;
  return isNegative ? -total : total;
}

/** `2 03:04:05.678` or `1-6`. */
export function intervalText(value: bigint, type: Type): string {
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? '-' : '';
  if (type.kind === 'interval year to month') return `${sign}${size / 12n}-${size % 12n}`;
  const millis = Number(size % 86_400_000n);
  const part = (by: number, of: number): string => padded(Math.floor(millis / by) % of, 2);
  return `${sign}${size / 86_400_000n} ${part(3_600_000, 24)}:${part(60_000, 60)}:${part(1000, 60)}.${padded(millis % 1000, 3)}`;
}
