/** Functions that read and print times by a pattern: MySQL's and Joda's. */

import { invalidArgument } from '../errors.js';
import { DAY_MS, microsOf, millisOf, roundMicros } from '../time/calendar.js';
import { parsedZone } from '../time/iso8601.js';
import { javaDate } from '../time/java-parse.js';
import { jodaPattern, mysqlPattern, type Pattern } from '../time/pattern.js';
import { packed } from '../time/zoned.js';
import { fromLocal, offsetAt, UTC } from '../time/zones.js';
import type { Zoned } from '../values.js';
import { type SqlFunction, scalar, typed } from './registry.js';

/** Patterns print milliseconds, to which the time is rounded. */
const rounded = (micros: bigint): number => millisOf(micros % 1000n === 0n ? micros : roundMicros(micros, 3));

const printLocal = (micros: bigint, pattern: Pattern): string => pattern.print(rounded(micros), UTC, 0);

function printZoned({ micros, zone }: Zoned, pattern: Pattern): string {
  const ms = rounded(micros);
  const offset = offsetAt(zone, ms);
  return pattern.print(ms + offset, zone, offset);
}

const ISO_DATE = '%Y-%m-%d';

function parseDate(text: string, format: string): bigint {
  if (format === ISO_DATE && text.length === 10) {
    const days = javaDate(text);
    if (days !== undefined) return microsOf(days * DAY_MS);
  }
  // This pattern has a way of its own in Trino, on which a year may have more digits.
  const pattern = format === ISO_DATE ? jodaPattern('yyyy-MM-dd') : mysqlPattern(format);
  return microsOf(pattern.parse(text).ms);
}

export const TIME_FORMATS: readonly SqlFunction[] = [
  scalar(
    'date_format(timestamp, varchar) -> varchar',
    'A timestamp as a pattern with % prints it.',
    (micros: bigint, format: string) => printLocal(micros, mysqlPattern(format)),
  ),
  scalar(
    'date_format(timestamp with time zone, varchar) -> varchar',
    'A timestamp in its zone as a pattern with % prints it.',
    (value: Zoned, format: string) => printZoned(value, mysqlPattern(format)),
  ),
  scalar(
    'date_parse(varchar, varchar) -> timestamp(3)',
    'The timestamp of a text that a pattern with % describes.',
    parseDate,
  ),
  scalar(
    'format_datetime(timestamp, varchar) -> varchar',
    'A timestamp as a pattern of letters prints it.',
    (micros: bigint, format: string) => {
      const pattern = jodaPattern(format);
      if (pattern.hasZone)
        return invalidArgument(
          "format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ information",
        );
      return printLocal(micros, pattern);
    },
  ),
  scalar(
    'format_datetime(timestamp with time zone, varchar) -> varchar',
    'A timestamp in its zone as a pattern of letters prints it.',
    (value: Zoned, format: string) => printZoned(value, jodaPattern(format)),
  ),
  typed(
    'parse_datetime(varchar, varchar) -> timestamp(3) with time zone',
    'The time of a text that a pattern of letters describes; without a zone it is one of the session’s.',
    ({ session }) =>
      (text: string, format: string) => {
        const time = jodaPattern(format).parse(text);
        if (time.offset === undefined && time.zone === undefined)
          return packed(fromLocal(session.zone, time.ms).ms, session.zone);
        return packed(time.ms, parsedZone(time));
      },
  ),
];
