/** Dates and times that Trino reads by Java's own parser, with its sentences about those that there are not. */

import { invalidArgument } from '../errors.js';
import type { Zoned } from '../values.js';
import { DAY_MS, daysFromCivil, daysInMonth, isLeap, microsOf } from './calendar.js';
import { monthNames } from './printers.js';
import { offsetAt, requireZone, UTC } from './zones.js';

/** Why Java has no such date; undefined where it has. */
function wrongDate(year: number, month: number, day: number): string | undefined {
  if (month < 1 || month > 12) return `Invalid value for MonthOfYear (valid values 1 - 12): ${month}`;
  if (day < 1 || day > 31) return `Invalid value for DayOfMonth (valid values 1 - 28/31): ${day}`;
  if (day <= daysInMonth(year, month)) return undefined;
  return day === 29 && !isLeap(year)
    ? `Invalid date 'February 29' as '${year}' is not a leap year`
    : `Invalid date '${monthNames.long[month - 1]!.toUpperCase()} ${day}'`;
}

/** Days of `2024-01-02`; undefined for a text of another form. Throws for a date that there is not. */
export function javaDate(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const wrong = wrongDate(Number(year), Number(month), Number(day));
  if (wrong !== undefined) return invalidArgument(wrong);
  return daysFromCivil(Number(year), Number(month), Number(day));
}

const MAX_LENGTH = 200;
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{0,9}))?)?(?:(Z|[+-]\d\d:\d\d(?::\d\d)?)(?:\[([^\]]+)\])?)?/i;
/** The parts of a time, one after the other: where one is missing Java stops. */
const PARTS = ['\\d{4}', '-', '\\d\\d', '-', '\\d\\d', 'T', '\\d\\d', ':', '\\d\\d'].map(
  part => new RegExp(part, 'iy'),
);

/** Where Java stops in a text without a whole date and time. */
function stop(text: string): number {
  let at = 0;
  for (const part of PARTS) {
    part.lastIndex = at;
    if (!part.test(text)) return at;
    at = part.lastIndex;
  }
  return at;
}

function wrongClock(hour: number, minute: number, second: number): string | undefined {
  if (hour > 23) return `Invalid value for HourOfDay (valid values 0 - 23): ${hour}`;
  if (minute > 59) return `Invalid value for MinuteOfHour (valid values 0 - 59): ${minute}`;
  return second > 59 ? `Invalid value for SecondOfMinute (valid values 0 - 59): ${second}` : undefined;
}

/** Reads `2024-01-02T03:04:05.123456Z` and the like; a text without a zone is one of UTC. */
export function parseJavaTime(text: string): Zoned {
  const match = text.length <= MAX_LENGTH ? DATE_TIME.exec(text) : null;
  if (!match) return invalidArgument(`Text '${shortened(text)}' could not be parsed at index ${stop(text)}`);
  if (match[0].length < text.length)
    return invalidArgument(
      `Text '${text}' could not be parsed, unparsed text found at index ${match[0].length}`,
    );
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const wrong = wrongClock(hour, minute, second) ?? wrongDate(year, month, day);
  if (wrong !== undefined) return invalidArgument(`Text '${text}' could not be parsed: ${wrong}`);
  const local = daysFromCivil(year, month, day) * DAY_MS + (hour * 3600 + minute * 60 + second) * 1000;
  const micros = BigInt((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  const [, , , , , , , , offset = UTC, region] = match;
  const zone = requireZone(offset.toUpperCase());
  const instant = zone === UTC ? local : local - offsetAt(zone, 0);
  return { micros: microsOf(instant) + micros, zone: region === undefined ? zone : requireZone(region) };
}

/** A text as messages show it. */
const shortened = (text: string): string => (text.length <= 64 ? text : `${text.slice(0, 64)}...`);
