/** Functions that count in units: `date_trunc`, `date_add` and `date_diff`. */

import { invalidArgument } from '../errors.js';
import { checkedDays, outOfRange, precisionOf } from '../time/arithmetic.js';
import { DAY_MS, microsOf, microsOfDay, millisOf, roundMicros } from '../time/calendar.js';
import { addUnits, between, isShort, lengthOf, truncate, type Unit, unitOf } from '../time/units.js';
import { isPackable, localOfTime } from '../time/zoned.js';
import { fromLocalNear, offsetAt, UTC } from '../time/zones.js';
import type { Zoned } from '../values.js';
import { type SqlFunction, scalar, typed } from './registry.js';

const MAX_INT = 2n ** 31n - 1n;
const MAX_LONG = 2n ** 63n;

/** A number of units as an integer. */
function countOf(count: bigint): number {
  if (count > MAX_INT || count < -MAX_INT - 1n) return invalidArgument('integer overflow');
  return Number(count);
}

/** Microseconds of a unit shorter than a day. */
const microsOfUnit = (unit: Unit): bigint => BigInt(lengthOf(unit)) * 1000n;

function truncateZoned(unit: Unit, { micros, zone }: Zoned): Zoned {
  const ms = millisOf(micros);
  if (zone === UTC) return { micros: microsOf(truncate(unit, ms)), zone };
  const offset = offsetAt(zone, ms);
  const local = truncate(unit, ms + offset);
  return { micros: microsOf(isShort(unit) ? local - offset : fromLocalNear(zone, local, ms)), zone };
}

function truncateTime(unit: Unit, micros: bigint): bigint {
  const length = microsOfUnit(unit);
  return micros - (micros % length);
}

function checkedMicros(micros: bigint): bigint {
  return micros < MAX_LONG && micros >= -MAX_LONG ? micros : invalidArgument('long overflow');
}

function addToTimestamp(unit: Unit, count: bigint, micros: bigint): bigint {
  const ms = millisOf(micros);
  return checkedMicros(micros - microsOf(ms) + microsOf(addUnits(unit, countOf(count), ms)));
}

function addToZoned(unit: Unit, count: bigint, { micros, zone }: Zoned): Zoned {
  const ms = millisOf(micros);
  const units = countOf(count);
  const local = addUnits(unit, units, isShort(unit) ? ms : ms + offsetAt(zone, ms));
  const to = isShort(unit) ? local : fromLocalNear(zone, local, ms);
  if (!isPackable(to)) return invalidArgument(`Millis overflow: ${to}`);
  return { micros: micros - microsOf(ms) + microsOf(to), zone };
}

function addToDate(unit: Unit, count: bigint, days: number): number {
  if (count > MAX_INT || count < -MAX_INT - 1n) return outOfRange(count, 'date');
  return checkedDays(addUnits(unit, Number(count), days * DAY_MS) / DAY_MS);
}

function diffZoned(unit: Unit, a: Zoned, b: Zoned): number {
  const [from, to] = [millisOf(a.micros), millisOf(b.micros)];
  if (isShort(unit) || a.zone === UTC) return between(unit, from, to);
  return between(unit, from + offsetAt(a.zone, from), to + offsetAt(a.zone, to));
}

const TRUNCATING: readonly SqlFunction[] = [
  scalar(
    'date_trunc(varchar, date) -> date',
    'The start of the day, week, month, quarter or year of a date.',
    (unit: string, days: number) => truncate(unitOf(unit, 'DATE'), days * DAY_MS) / DAY_MS,
  ),
  scalar(
    'date_trunc(varchar, timestamp) -> timestamp',
    'The start of the unit, millisecond to year, that a timestamp is in.',
    (unit: string, micros: bigint) => microsOf(truncate(unitOf(unit, 'TIMESTAMP'), millisOf(micros))),
  ),
  scalar(
    'date_trunc(varchar, timestamp with time zone) -> timestamp with time zone',
    'The start of the unit, millisecond to year, that a timestamp is in in its zone.',
    (unit: string, value: Zoned) => truncateZoned(unitOf(unit, 'TIMESTAMP'), value),
  ),
  scalar(
    'date_trunc(varchar, time) -> time',
    'The start of the millisecond, second, minute or hour of a time.',
    (unit: string, micros: bigint) => truncateTime(unitOf(unit, 'TIME'), micros),
  ),
  scalar(
    'date_trunc(varchar, time with time zone) -> time with time zone',
    'The start of the millisecond, second, minute or hour of a time in its zone.',
    (unit: string, value: Zoned) => {
      const local = localOfTime(value);
      return {
        micros: microsOfDay(value.micros - local + truncateTime(unitOf(unit, 'TIME'), local)),
        zone: value.zone,
      };
    },
  ),
];

const ADDING: readonly SqlFunction[] = [
  scalar(
    'date_add(varchar, bigint, date) -> date',
    'A date some days, weeks, months, quarters or years later.',
    (unit: string, count: bigint, days: number) => addToDate(unitOf(unit, 'DATE'), count, days),
  ),
  typed('date_add(varchar, bigint, timestamp) -> timestamp', 'A timestamp some units later.', ({ args }) => {
    const precision = precisionOf(args[2]!);
    return (unit: string, count: bigint, micros: bigint) =>
      roundMicros(addToTimestamp(unitOf(unit, 'TIMESTAMP'), count, micros), precision);
  }),
  typed(
    'date_add(varchar, bigint, timestamp with time zone) -> timestamp with time zone',
    'A timestamp some units later; days and longer are those of its zone.',
    ({ args }) => {
      const precision = precisionOf(args[2]!);
      return (unit: string, count: bigint, value: Zoned) => {
        const { micros, zone } = addToZoned(unitOf(unit, 'TIMESTAMP'), count, value);
        return { micros: roundMicros(micros, precision), zone };
      };
    },
  ),
  typed('date_add(varchar, bigint, time) -> time', 'A time some units later, on the clock.', ({ args }) => {
    const precision = precisionOf(args[2]!);
    return (unit: string, count: bigint, micros: bigint) =>
      microsOfDay(roundMicros(micros + count * microsOfUnit(unitOf(unit, 'TIME')), precision));
  }),
  typed(
    'date_add(varchar, bigint, time with time zone) -> time with time zone',
    'A time some units later, on the clock.',
    ({ args }) => {
      const precision = precisionOf(args[2]!);
      return (unit: string, count: bigint, { micros, zone }: Zoned) => ({
        micros: microsOfDay(roundMicros(micros + count * microsOfUnit(unitOf(unit, 'TIME')), precision)),
        zone,
      });
    },
  ),
];

const COMPARING: readonly SqlFunction[] = [
  scalar(
    'date_diff(varchar, date, date) -> bigint',
    'The whole units from one date to another.',
    (unit: string, from: number, to: number) =>
      BigInt(between(unitOf(unit, 'DATE'), from * DAY_MS, to * DAY_MS)),
  ),
  scalar(
    'date_diff(varchar, timestamp, timestamp) -> bigint',
    'The whole units from one timestamp to another.',
    (unit: string, from: bigint, to: bigint) =>
      BigInt(between(unitOf(unit, 'TIMESTAMP'), millisOf(from), millisOf(to))),
  ),
  scalar(
    'date_diff(varchar, timestamp with time zone, timestamp with time zone) -> bigint',
    'The whole units from one timestamp to another, in the zone of the first.',
    (unit: string, from: Zoned, to: Zoned) => BigInt(diffZoned(unitOf(unit, 'TIMESTAMP'), from, to)),
  ),
  scalar(
    'date_diff(varchar, time, time) -> bigint',
    'The whole units from one time to another.',
    (unit: string, from: bigint, to: bigint) => (to - from) / microsOfUnit(unitOf(unit, 'TIME')),
  ),
  scalar(
    'date_diff(varchar, time with time zone, time with time zone) -> bigint',
    'The whole units from one time to another, both in UTC.',
    (unit: string, from: Zoned, to: Zoned) => (to.micros - from.micros) / microsOfUnit(unitOf(unit, 'TIME')),
  ),
];

export const TIME_UNITS: readonly SqlFunction[] = [...TRUNCATING, ...ADDING, ...COMPARING];
