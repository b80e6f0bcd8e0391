/** Functions that give one field of a date, a time or an interval: `year`, `hour`, and what EXTRACT is made of. */

import {
  civilFromDays,
  DAY_MS,
  dayOfWeek,
  dayOfYear,
  millisOf,
  modulo,
  weekOfYear,
  weekYear,
} from '../time/calendar.js';
import { localMillisOf, localOfTime } from '../time/zoned.js';
import { offsetAt } from '../time/zones.js';
import type { Zoned } from '../values.js';
import { type SqlFunction, scalar } from './registry.js';

/** Fields of a day, with their other names and what they mean. */
const DAY_FIELDS: ReadonlyArray<
  readonly [names: readonly string[], meaning: string, of: (days: number) => number]
> = [
  [['year'], 'The year', days => civilFromDays(days).year],
  [['quarter'], 'The quarter of the year, 1 to 4,', days => Math.ceil(civilFromDays(days).month / 3)],
  [['month'], 'The month of the year, 1 to 12,', days => civilFromDays(days).month],
  [['week', 'week_of_year'], 'The ISO week of the year, 1 to 53,', weekOfYear],
  [['day', 'day_of_month'], 'The day of the month, 1 to 31,', days => civilFromDays(days).day],
  [['day_of_week', 'dow'], 'The day of the week, 1 for Monday to 7,', dayOfWeek],
  [['day_of_year', 'doy'], 'The day of the year, 1 to 366,', dayOfYear],
  [['year_of_week', 'yow'], 'The year that the ISO week belongs to', weekYear],
];

/** Fields of a time of day, in milliseconds. */
const CLOCK_FIELDS: ReadonlyArray<readonly [name: string, meaning: string, of: (ms: number) => number]> = [
  ['hour', 'The hour of the day, 0 to 23,', ms => Math.floor(modulo(ms, DAY_MS) / 3_600_000)],
  ['minute', 'The minute of the hour, 0 to 59,', ms => Math.floor(modulo(ms, 3_600_000) / 60_000)],
  ['second', 'The second of the minute, 0 to 59,', ms => Math.floor(modulo(ms, 60_000) / 1000)],
  ['millisecond', 'The millisecond of the second, 0 to 999,', ms => modulo(ms, 1000)],
];

function dayFunctions(name: string, meaning: string, of: (days: number) => number): SqlFunction[] {
  return [
    scalar(`${name}(date) -> bigint`, `${meaning} of a date.`, (days: number) => BigInt(of(days))),
    scalar(`${name}(timestamp) -> bigint`, `${meaning} of a timestamp.`, (micros: bigint) =>
      BigInt(of(Math.floor(millisOf(micros) / DAY_MS))),
    ),
    scalar(
      `${name}(timestamp with time zone) -> bigint`,
      `${meaning} of a timestamp in its zone.`,
      (value: Zoned) => BigInt(of(Math.floor(localMillisOf(value) / DAY_MS))),
    ),
  ];
}

function clockFunctions(name: string, meaning: string, of: (ms: number) => number): SqlFunction[] {
  return [
    scalar(`${name}(time) -> bigint`, `${meaning} of a time.`, (micros: bigint) =>
      BigInt(of(millisOf(micros))),
    ),
    scalar(`${name}(time with time zone) -> bigint`, `${meaning} of a time in its zone.`, (value: Zoned) =>
      BigInt(of(millisOf(localOfTime(value)))),
    ),
    scalar(`${name}(timestamp) -> bigint`, `${meaning} of a timestamp.`, (micros: bigint) =>
      BigInt(of(millisOf(micros))),
    ),
    scalar(
      `${name}(timestamp with time zone) -> bigint`,
      `${meaning} of a timestamp in its zone.`,
      (value: Zoned) => BigInt(of(localMillisOf(value))),
    ),
  ];
}

/** A field of an interval: how many of a unit there are in what the next longer leaves. */
const intervalFunction = (
  name: string,
  type: 'interval day to second' | 'interval year to month',
  unit: bigint,
  longer?: bigint,
): SqlFunction =>
  scalar(
    `${name}(${type}) -> bigint`,
    `The ${name.replace('day_of_month', 'day')} field of an interval.`,
    (value: bigint) => (longer === undefined ? value : value % longer) / unit,
  );

const DAY_TO_SECOND = 'interval day to second';
const YEAR_TO_MONTH = 'interval year to month';

const INTERVAL_FIELDS: readonly SqlFunction[] = [
  intervalFunction('day', DAY_TO_SECOND, 86_400_000n),
  intervalFunction('day_of_month', DAY_TO_SECOND, 86_400_000n),
  intervalFunction('hour', DAY_TO_SECOND, 3_600_000n, 86_400_000n),
  intervalFunction('minute', DAY_TO_SECOND, 60_000n, 3_600_000n),
  intervalFunction('second', DAY_TO_SECOND, 1000n, 60_000n),
  intervalFunction('millisecond', DAY_TO_SECOND, 1n, 1000n),
  intervalFunction('year', YEAR_TO_MONTH, 12n),
  intervalFunction('month', YEAR_TO_MONTH, 1n, 12n),
];

const offsetMinutes = ({ micros, zone }: Zoned): number =>
  Math.trunc(offsetAt(zone, millisOf(micros)) / 60_000);

const zoneField = (
  name: string,
  meaning: string,
  of: (minutes: number) => number,
): readonly SqlFunction[] => [
  scalar(`${name}(timestamp with time zone) -> bigint`, `${meaning} of a timestamp.`, (value: Zoned) =>
    BigInt(of(offsetMinutes(value))),
  ),
  scalar(`${name}(time with time zone) -> bigint`, `${meaning} of a time.`, (value: Zoned) =>
    BigInt(of(offsetMinutes(value))),
  ),
];

export const TIME_FIELDS: readonly SqlFunction[] = [
  ...DAY_FIELDS.flatMap(([names, meaning, of]) => names.flatMap(name => dayFunctions(name, meaning, of))),
  ...CLOCK_FIELDS.flatMap(([name, meaning, of]) => clockFunctions(name, meaning, of)),
  ...INTERVAL_FIELDS,
  ...zoneField('timezone_hour', 'The hours of the offset', minutes => Math.trunc(minutes / 60)),
  ...zoneField('timezone_minute', 'The minutes of the offset', minutes => minutes % 60),
];
