/** `+`, `-`, `*` and `/` of dates, times, timestamps and intervals. */

import { invalidArgument, SqlError } from '../errors.js';
import { isNumber, isWhole, type Kind, type Type, timestamp, timestampTz } from '../types.js';
import type { Value, Zoned } from '../values.js';
import {
  addMonths,
  addMonthsToMillis,
  DAY_MS,
  floorDiv,
  microsOf,
  microsOfDay,
  millisOf,
} from './calendar.js';
import { localOf } from './zoned.js';
import { fromLocalNear } from './zones.js';

export { intervalLiteral } from './interval.js';

type TimeOperator = '+' | '-' | '*' | '/';

interface TimeOperation {
  result: Type;
  // biome-ignore lint/suspicious/noExplicitAny: the types of the operands say which values come.
  run: (left: any, right: any) => Value;
}

const MAX_INT = 2 ** 31 - 1;
const MAX_LONG = 2n ** 63n - 1n;
const MILLIS_PER_DAY = BigInt(DAY_MS);

const isInterval = (type: Type): boolean => type.kind.startsWith('interval');
/** The digits of a second that a type of times keeps; 0 for any other type. */
export const precisionOf = (type: Type): number => (type as { precision?: number }).precision ?? 0;

/** A value that is too great for its type. */
export function outOfRange(value: bigint | number, type: string): never {
  throw new SqlError('GENERIC_USER_ERROR', `Value ${value} exceeds MAX_INT for type ${type}`);
}

/** Days that a date can be. */
export function checkedDays(days: number): number {
  return Math.abs(days) <= MAX_INT ? days : outOfRange(days, 'date');
}

function checkedMonths(months: bigint): bigint {
  const max = BigInt(MAX_INT);
  return months <= max && months >= -max - 1n ? months : outOfRange(months, 'interval year to month');
}

/** What an operator does with dates and times; undefined where Trino has none for the types. */
export function timeArithmetic(op: TimeOperator, left: Type, right: Type): TimeOperation | undefined {
  if (op === '*' || op === '/') return scale(op, left, right);
  if (isInterval(left) && isInterval(right)) return addIntervals(op, left, right);
  if (isInterval(right)) return addInterval(left, right, op === '-' ? -1n : 1n);
  if (op === '-') return subtract(left, right);
  if (!isInterval(left)) return undefined;
  const swapped = addInterval(right, left, 1n);
  return swapped && { result: swapped.result, run: (a: bigint, b: Value) => swapped.run(b, a) };
}

function addIntervals(op: '+' | '-', left: Type, right: Type): TimeOperation | undefined {
  if (left.kind !== right.kind) return undefined;
  const check =
    left.kind === 'interval year to month' ? checkedMonths : (value: bigint) => BigInt.asIntN(64, value);
  return {
    result: left,
    run: op === '+' ? (a: bigint, b: bigint) => check(a + b) : (a: bigint, b: bigint) => check(a - b),
  };
}

/** What Java makes of a double that becomes a long. */
const toLong = (value: number): bigint => {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return MAX_LONG;
  return value <= -(2 ** 63) ? -MAX_LONG - 1n : BigInt(Math.trunc(value));
};

const javaDouble = (value: number): string =>
  Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);

function scale(op: '*' | '/', left: Type, right: Type): TimeOperation | undefined {
  if (op === '*' && isNumber(left) && isInterval(right)) {
    const swapped = scale(op, right, left);
    return swapped && { result: swapped.result, run: (a: Value, b: bigint) => swapped.run(b, a) };
  }
  if (!isInterval(left) || !isNumber(right)) return undefined;
  const check =
    left.kind === 'interval year to month' ? checkedMonths : (value: bigint) => BigInt.asIntN(64, value);
  if (op === '*' && isWhole(right)) return { result: left, run: (a: bigint, b: bigint) => check(a * b) };
  const unit = right.kind === 'decimal' ? 10 ** right.scale : 1;
  const run = (a: bigint, b: bigint | number): bigint => {
    const by = Number(b) / unit;
    if (op === '*') {
      if (Number.isNaN(by)) return invalidArgument('Cannot multiply by double NaN');
      return check(toLong(Number(a) * by));
    }
    if (Number.isNaN(by) || by === 0) return invalidArgument(`Cannot divide by double ${javaDouble(by)}`);
    return check(toLong(Number(a) / by));
  };
  return { result: left, run };
}

/** A date or time and an interval. */
function addInterval(to: Type, interval: Type, sign: 1n | -1n): TimeOperation | undefined {
  return interval.kind === 'interval year to month' ? addMonthsTo(to, sign) : addMillisTo(to, sign);
}

function addMonthsTo(to: Type, sign: 1n | -1n): TimeOperation | undefined {
  const factor = Number(sign);
  switch (to.kind) {
    case 'date':
      return {
        result: to,
        run: (days: number, months: bigint) => checkedDays(addMonths(days, Number(months) * factor)),
      };
    case 'timestamp':
      return {
        result: to,
        run: (micros: bigint, months: bigint) => plusMonths(micros, Number(months) * factor),
      };
    case 'timestamp with time zone':
      return {
        result: to,
        run: (value: Zoned, months: bigint) => zonedPlusMonths(value, Number(months) * factor),
      };
    default:
      return undefined;
  }
}

/** A local timestamp some months later. */
export function plusMonths(micros: bigint, months: number): bigint {
  const ms = millisOf(micros);
  return micros - microsOf(ms) + microsOf(addMonthsToMillis(ms, months));
}

const MAX_PACKED = 2n ** 51n * 1000n;

/** An instant that Trino has room for. */
function packable(micros: bigint): bigint {
  if (micros < MAX_PACKED && micros >= -MAX_PACKED) return micros;
  throw new SqlError('GENERIC_USER_ERROR', `Millis overflow: ${millisOf(micros)}`);
}

function zonedPlusMonths(value: Zoned, months: number): Zoned {
  const local = plusMonths(localOf(value), months);
  const ms = millisOf(local);
  const instant = fromLocalNear(value.zone, ms, millisOf(value.micros));
  return { micros: packable(local - microsOf(ms) + microsOf(instant)), zone: value.zone };
}

function addMillisTo(to: Type, sign: 1n | -1n): TimeOperation | undefined {
  const micros = sign * 1000n;
  const precision = Math.max(3, precisionOf(to));
  switch (to.kind) {
    case 'date':
      return {
        result: to,
        run: (days: number, millis: bigint) => {
          if (millis % MILLIS_PER_DAY !== 0n)
            return invalidArgument(
              sign > 0n
                ? 'Cannot add hour, minutes or seconds to a date'
                : 'Cannot subtract hour, minutes or seconds from a date',
            );
          return checkedDays(days + Number((millis / MILLIS_PER_DAY) * sign));
        },
      };
    case 'time':
      return {
        result: { kind: 'time', precision },
        run: (time: bigint, millis: bigint) => microsOfDay(time + millis * micros),
      };
    case 'time with time zone':
      return {
        result: { kind: 'time with time zone', precision },
        run: (time: Zoned, millis: bigint) => ({
          micros: microsOfDay(time.micros + millis * micros),
          zone: time.zone,
        }),
      };
    case 'timestamp':
      return {
        result: timestamp(precision),
        run: (time: bigint, millis: bigint) => BigInt.asIntN(64, time + millis * micros),
      };
    case 'timestamp with time zone':
      return {
        result: timestampTz(precision),
        run: ({ micros: from, zone }: Zoned, millis: bigint) => ({
          micros: packable(from + millis * micros),
          zone,
        }),
      };
    default:
      return undefined;
  }
}

const DATED: readonly Kind[] = ['date', 'timestamp', 'timestamp with time zone'];
const CLOCKS: readonly Kind[] = ['time', 'time with time zone'];

/** Microseconds of a date or time; with a zone, those of UTC. */
function microsGetter(type: Type): (value: Value) => bigint {
  if (type.kind === 'date') return value => microsOf((value as number) * DAY_MS);
  if (type.kind.endsWith('with time zone')) return value => (value as Zoned).micros;
  return value => value as bigint;
}

/** The time between two of them, rounded to milliseconds. */
function subtract(left: Type, right: Type): TimeOperation | undefined {
  const isPair = (kinds: readonly Kind[]): boolean => kinds.includes(left.kind) && kinds.includes(right.kind);
  if (!isPair(DATED) && !isPair(CLOCKS)) return undefined;
  const [a, b] = [microsGetter(left), microsGetter(right)];
  return {
    result: { kind: 'interval day to second' },
    run: (x: Value, y: Value) => floorDiv(a(x) - b(y) + 500n, 1000n),
  };
}
