/** How the parts of a pattern are printed, in English. */

import { remember } from '../remember.js';
import {
  civilFromDays,
  DAY_MS,
  dayOfWeek,
  dayOfYear,
  modulo,
  padded as pad,
  weekOfYear,
  weekYear,
} from './calendar.js';
import { offsetZone, UTC } from './zones.js';

/** A local time with what is printed of it. */
export interface Printed {
  days: number;
  year: number;
  month: number;
  day: number;
  msOfDay: number;
  zone: string;
  offsetMs: number;
  localMs: number;
}

/** Prints one part. */
export type Printer = (at: Printed) => string;

/** What a pattern prints of a local time in milliseconds, `offsetMs` ahead of UTC. */
export function printed(localMs: number, zone: string, offsetMs: number): Printed {
  const days = Math.floor(localMs / DAY_MS);
  const { year, month, day } = civilFromDays(days);
  return { days, year, month, day, msOfDay: localMs - days * DAY_MS, zone, offsetMs, localMs };
}

const names = (text: string): { long: readonly string[]; short: readonly string[] } => {
  const long = text.split(' ');
  return { long, short: long.map(name => name.slice(0, 3)) };
};

/** Names of the months, from January on. */
export const monthNames = names(
  'January February March April May June July August September October November December',
);
/** Names of the days of the week, from Monday on. */
export const dayNames = names('Monday Tuesday Wednesday Thursday Friday Saturday Sunday');

const hourOf = (at: Printed): number => Math.floor(at.msOfDay / 3_600_000);
const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);

/** Short names of zones by their long names; others have none but `GMT+03:00`. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map(
  `EAT East Africa Time;GMT Greenwich Mean Time;WAT West Africa Time;CET Central European Standard Time;CAT Central Africa Time
EET Eastern European Standard Time;CEST Central European Summer Time;EEST Eastern European Summer Time
SAST South Africa Standard Time;AKST Alaska Standard Time;AKDT Alaska Daylight Time;HADT Hawaii-Aleutian Daylight Time
HST Hawaii-Aleutian Standard Time;AST Atlantic Standard Time;ADT Atlantic Daylight Time;EST Eastern Standard Time
EDT Eastern Daylight Time;CST Central Standard Time;CDT Central Daylight Time;MST Mountain Standard Time
MDT Mountain Daylight Time;MST Yukon Time;PST Pacific Standard Time;PDT Pacific Daylight Time;CST Cuba Standard Time
CDT Cuba Daylight Time;MST Mexican Pacific Standard Time;NST Newfoundland Standard Time;NDT Newfoundland Daylight Time
NZDT New Zealand Daylight Time;NZST New Zealand Standard Time;AWST Australian Western Standard Time
AEDT Australian Eastern Daylight Time;AEST Australian Eastern Standard Time;ACDT Australian Central Daylight Time
ACST Australian Central Standard Time;IST India Standard Time;CST China Standard Time;HKT Hong Kong Standard Time
PKT Pakistan Standard Time;IST Israel Standard Time;IDT Israel Daylight Time;WIT Eastern Indonesia Time
WIB Western Indonesia Time;WITA Central Indonesia Time;PST Philippine Standard Time;KST Korean Standard Time
CST Taiwan Standard Time;JST Japan Standard Time;WET Western European Standard Time;WEST Western European Summer Time
IST Irish Standard Time;BST British Summer Time;MSK Moscow Standard Time;ChST Chamorro Standard Time
SST American Samoa Standard Time;UTC Coordinated Universal Time;GMT Azores Summer Time`
    .split(/[;\n]/)
    .map(entry => [entry.slice(entry.indexOf(' ') + 1), entry.slice(0, entry.indexOf(' '))]),
);

const formatterOf = remember(
  (zone: string) => new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'long' }),
);

function longName({ zone, localMs, offsetMs }: Printed): string {
  if (zone === UTC) return 'Coordinated Universal Time';
  if (/^[+-]/.test(zone)) return zone;
  const parts = formatterOf(zone).formatToParts(localMs - offsetMs);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

function shortName(at: Printed): string {
  if (at.zone === UTC || /^[+-]/.test(at.zone)) return at.zone;
  const minutes = Math.trunc(at.offsetMs / 60_000);
  return SHORT_NAMES.get(longName(at)) ?? (minutes === 0 ? 'GMT' : `GMT${offsetZone(minutes)}`);
}

/** Printers of the parts of a pattern, and what they print of a time. */
export const printers = {
  padded: (value: (at: Printed) => number, digits: number): Printer =>
    digits <= 1 ? at => String(value(at)) : at => pad(value(at), digits),
  twoDigits:
    (value: (at: Printed) => number): Printer =>
    at =>
      pad(Math.abs(value(at)) % 100, 2),
  fraction:
    (digits: number): Printer =>
    at =>
      pad(at.msOfDay % 1000, 3)
        .slice(0, digits)
        .padEnd(digits, '0'),
  year: (at: Printed): number => at.year,
  yearOfEra: (at: Printed): number => (at.year <= 0 ? 1 - at.year : at.year),
  century: (at: Printed): number => Math.floor(Math.abs(at.year) / 100),
  weekYear: (at: Printed): number => weekYear(at.days),
  week: (at: Printed): number => weekOfYear(at.days),
  weekday: (at: Printed): number => dayOfWeek(at.days),
  dayOfYear: (at: Printed): number => dayOfYear(at.days),
  hour: hourOf,
  clockHour: (at: Printed): number => hourOf(at) || 24,
  halfHour: (at: Printed): number => hourOf(at) % 12,
  clockHalfHour: (at: Printed): number => twelve(hourOf(at)),
  minute: (at: Printed): number => modulo(Math.floor(at.msOfDay / 60_000), 60),
  second: (at: Printed): number => modulo(Math.floor(at.msOfDay / 1000), 60),
  era: (at: Printed): string => (at.year <= 0 ? 'BC' : 'AD'),
  month: (at: Printed): string => monthNames.long[at.month - 1]!,
  monthShort: (at: Printed): string => monthNames.short[at.month - 1]!,
  day: (at: Printed): string => dayNames.long[dayOfWeek(at.days) - 1]!,
  dayShort: (at: Printed): string => dayNames.short[dayOfWeek(at.days) - 1]!,
  halfday: (at: Printed): string => (hourOf(at) < 12 ? 'AM' : 'PM'),
  zoneId: (at: Printed): string => at.zone,
  zoneName: longName,
  zoneShortName: shortName,
  offset:
    (hasColon: boolean): Printer =>
    ({ offsetMs }) => {
      const text =
        offsetMs < 60_000 && offsetMs > -60_000 ? '+00:00' : offsetZone(Math.trunc(offsetMs / 60_000));
      return hasColon ? text : text.replace(':', '');
    },
};
