/** Functions of dates and times: those that make one of a text or a number, move it to a zone, or write it. */

import { powerOfTen } from '../arithmetic.js';
import { invalidArgument, SqlError } from '../errors.js';
import { checkedDays, precisionOf } from '../time/arithmetic.js';
import { DAY_MICROS, floorDiv, lastOfMonth, microsOf, millisOf } from '../time/calendar.js';
import { parsedZone, parseIsoDate, parseIsoTime } from '../time/iso8601.js';
import { parseJavaTime } from '../time/java-parse.js';
import { dateText, parseTimeText, timestampText } from '../time/text.js';
import { isoOffset, localOf, packed } from '../time/zoned.js';
import { fromLocalLoosely, requireZone, UTC, zoneArgument, zoneOfMinutes } from '../time/zones.js';
import { DATE } from '../types.js';
import type { Zoned } from '../values.js';
import { type SqlFunction, scalar, typed } from './registry.js';

/** Java's rounding of a double to a long: a half goes up. */
function roundToLong(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-(2 ** 63), Math.min(2 ** 63, Math.floor(value + 0.5)));
}

function unixTime(seconds: number, zone: string): Zoned {
  const ms = roundToLong(seconds * 1000);
  return ms === 2 ** 63 ? invalidArgument('Millis overflow: 9223372036854775807') : packed(ms, zone);
}

/** A local time as one of a zone, as Joda has it. */
function withZone(local: bigint, name: string): Zoned {
  const zone = zoneArgument(name);
  if (zone === UTC) return { micros: local, zone };
  const ms = millisOf(local);
  return { micros: local - microsOf(ms) + microsOf(fromLocalLoosely(zone, ms)), zone };
}

/** The zone of an interval as an offset. */
function zoneOfInterval(millis: bigint): string {
  if (millis % 60_000n !== 0n)
    return invalidArgument('Invalid time zone offset interval: interval contains seconds');
  return zoneOfMinutes(Number(millis / 60_000n));
}

const localDays = (micros: bigint): number => Number(floorDiv(micros, DAY_MICROS));

const MAKING: readonly SqlFunction[] = [
  typed('now() -> timestamp(3) with time zone', 'The time at which the statement began.', ({ session }) => {
    const now = { micros: microsOf(millisOf(session.now)), zone: session.zone };
    return () => now;
  }),
  typed(
    'current_timezone() -> varchar',
    'The zone of the session.',
    ({ session }) =>
      () =>
        session.zone,
  ),
  scalar('date(varchar) -> date', 'The date that a text has.', (text: string) => {
    const days = parseTimeText(text, DATE);
    if (days === undefined)
      throw new SqlError('INVALID_CAST_ARGUMENT', `Value cannot be cast to date: ${text}`);
    return days;
  }),
  scalar('date(timestamp) -> date', 'The date of a timestamp.', localDays),
  scalar('date(timestamp with time zone) -> date', 'The date of a timestamp in its zone.', (value: Zoned) =>
    localDays(localOf(value)),
  ),
  scalar(
    'from_iso8601_timestamp(varchar) -> timestamp(3) with time zone',
    'The time that a text in ISO 8601 has; without an offset it is one of the session’s zone.',
    (text: string) => {
      const time = parseIsoTime(text);
      return packed(time.ms, time.offset === 0 ? UTC : parsedZone(time));
    },
  ),
  scalar(
    'from_iso8601_timestamp_nanos(varchar) -> timestamp(6) with time zone',
    'The time that a text in ISO 8601 has; digits of a second beyond the sixth are left out.',
    parseJavaTime,
  ),
  scalar('from_iso8601_date(varchar) -> date', 'The date that a text in ISO 8601 has.', (text: string) =>
    checkedDays(parseIsoDate(text)),
  ),
  scalar(
    'from_unixtime(double) -> timestamp(3) with time zone',
    'The time so many seconds after 1970-01-01 00:00 UTC.',
    (seconds: number) => unixTime(seconds, UTC),
  ),
  scalar(
    'from_unixtime(double, varchar) -> timestamp(3) with time zone',
    'The time so many seconds after 1970-01-01 00:00 UTC, in a zone.',
    (seconds: number, zone: string) => unixTime(seconds, requireZone(zone)),
  ),
  scalar(
    'from_unixtime(double, bigint, bigint) -> timestamp(3) with time zone',
    'The time so many seconds after 1970-01-01 00:00 UTC, at an offset of hours and minutes.',
    (seconds: number, hours: bigint, minutes: bigint) =>
      unixTime(seconds, zoneOfMinutes(Number(hours * 60n + minutes))),
  ),
  scalar(
    'from_unixtime_nanos(bigint) -> timestamp(6) with time zone',
    'The time so many nanoseconds after 1970-01-01 00:00 UTC, in whole microseconds.',
    (nanos: bigint) => ({ micros: floorDiv(nanos, 1000n), zone: UTC }),
  ),
  typed(
    'from_unixtime_nanos(D) -> timestamp(6) with time zone',
    'The time so many nanoseconds after 1970-01-01 00:00 UTC, in whole microseconds.',
    ({ args }) => {
      const unit = powerOfTen((args[0] as { scale: number }).scale);
      return (nanos: bigint) => ({ micros: floorDiv(nanos, unit * 1000n), zone: UTC });
    },
  ),
];

const ZONES: readonly SqlFunction[] = [
  scalar(
    'at_timezone(timestamp with time zone, varchar) -> timestamp with time zone',
    'The same instant in another zone.',
    ({ micros }: Zoned, zone: string) => ({ micros, zone: zoneArgument(zone) }),
  ),
  scalar(
    'at_timezone(timestamp with time zone, interval day to second) -> timestamp with time zone',
    'The same instant at another offset.',
    ({ micros }: Zoned, offset: bigint) => ({ micros, zone: zoneOfInterval(offset) }),
  ),
  scalar(
    'with_timezone(timestamp, varchar) -> timestamp with time zone',
    'A local time as one of a zone.',
    withZone,
  ),
  scalar('timezone(timestamp with time zone) -> varchar', 'The zone of a time.', ({ zone }: Zoned) => zone),
  scalar('timezone(time with time zone) -> varchar', 'The offset of a time.', ({ zone }: Zoned) => zone),
];

const WRITING: readonly SqlFunction[] = [
  scalar('to_iso8601(date) -> varchar', 'A date in ISO 8601.', dateText),
  typed('to_iso8601(timestamp) -> varchar', 'A timestamp in ISO 8601.', ({ args }) => {
    const precision = precisionOf(args[0]!);
    return (micros: bigint) => timestampText(micros, precision, 'T');
  }),
  typed(
    'to_iso8601(timestamp with time zone) -> varchar',
    'A timestamp in ISO 8601, with its offset.',
    ({ args }) => {
      const precision = precisionOf(args[0]!);
      return (value: Zoned) => `${timestampText(localOf(value), precision, 'T')}${isoOffset(value)}`;
    },
  ),
  scalar(
    'to_unixtime(timestamp with time zone) -> double',
    'Seconds since 1970-01-01 00:00 UTC.',
    ({ micros }: Zoned) => {
      // Milliseconds first, as Trino does: the last digits of the number are those of this sum.
      const ms = millisOf(micros);
      return ms / 1000 + (Number(micros - microsOf(ms)) * 1e6) / 1e12;
    },
  ),
  scalar('last_day_of_month(date) -> date', 'The last day of the date’s month.', lastOfMonth),
  scalar('last_day_of_month(timestamp) -> date', 'The last day of the timestamp’s month.', (micros: bigint) =>
    lastOfMonth(localDays(micros)),
  ),
  scalar(
    'last_day_of_month(timestamp with time zone) -> date',
    'The last day of the timestamp’s month in its zone.',
    (value: Zoned) => lastOfMonth(localDays(localOf(value))),
  ),
];

/** The functions of this file; those with a field, a format, a unit or a duration have files of their own. */
export const TIME: readonly SqlFunction[] = [...MAKING, ...ZONES, ...WRITING];
