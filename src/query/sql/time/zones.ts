/**
 * Time zones: which names there are, the offset of one at an instant, and the instant of a local time. Offsets are in
 * milliseconds and come from the runtime's tz database, two weeks at a time.
 */

import { SqlError } from '../errors.js';
import { remember } from '../remember.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './calendar.js';
import { ZONE_NAMES } from './zone-names.js';

/** The name of UTC; every other name of it becomes this one. */
export const UTC = 'UTC';

/** Other names of UTC, as they are written. */
const UTC_NAMES: ReadonlySet<string> = new Set(
  'UTC Z UT UCT GMT GMT0 GMT+0 GMT-0 Greenwich Universal Zulu Etc/UTC Etc/UCT Etc/GMT Etc/GMT0 Etc/GMT+0 Etc/GMT-0 Etc/Universal'.split(
    ' ',
  ),
);
const OFFSET_ZONE = /^(?:UTC|GMT|UT)?([+-])(\d{1,2}|\d\d:?\d\d|\d\d:\d\d:00)$/;
const ETC_ZONE = /^Etc\/GMT([+-])(\d{1,2})$/;
const MAX_OFFSET_MINUTES = 14 * 60;

/** Two weeks: no zone changed its offset twice in so short a time since there is daylight saving. */
const SPAN_MS = 14 * DAY_MS;
const MAX_SPANS = 4000;
const MAX_ZONES = 1000;
/** No zone has a longer name. */
const MAX_NAME = 40;

/** What holds for two weeks: an offset, and another from an instant on. */
interface Span {
  before: number;
  after: number;
  from: number;
}

interface Rules {
  /** The offset of a zone that has one alone. */
  fixed: number | undefined;
  formatter: Intl.DateTimeFormat | undefined;
  spans: Map<number, Span>;
  lastIndex: number;
  last: Span | undefined;
}

/** `+02:00`, or `UTC` for none. */
export function offsetZone(minutes: number): string {
  if (minutes === 0) return UTC;
  const size = Math.abs(minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
}

const canonical = new Map<string, string | undefined>();

/** The zone as Trino names it: `Z` is `UTC`, `GMT+2` is `+02:00`; undefined for a name that there is not. */
export function zoneNamed(name: string): string | undefined {
  if (name === UTC) return UTC;
  if (name.length > MAX_NAME) return undefined;
  if (canonical.has(name)) return canonical.get(name);
  const zone = readZone(name);
  if (canonical.size >= MAX_ZONES) canonical.clear();
  canonical.set(name, zone);
  return zone;
}

function readZone(name: string): string | undefined {
  if (UTC_NAMES.has(name)) return UTC;
  if (ZONE_NAMES.has(name)) return rulesOf(name) && name;
  const etc = ETC_ZONE.exec(name);
  // The sign of these says what is added to get UTC.
  if (etc) return zoneOfOffset(etc[1] === '+' ? -1 : 1, Number(etc[2]), 0);
  const offset = OFFSET_ZONE.exec(name);
  if (!offset) return undefined;
  const digits = offset[2]!.replaceAll(':', '').slice(0, 4);
  const hasMinutes = digits.length === 4;
  return zoneOfOffset(
    offset[1] === '-' ? -1 : 1,
    Number(hasMinutes ? digits.slice(0, 2) : digits),
    hasMinutes ? Number(digits.slice(2)) : 0,
  );
}

function zoneOfOffset(sign: 1 | -1, hours: number, minutes: number): string | undefined {
  const total = hours * 60 + minutes;
  return minutes < 60 && total <= MAX_OFFSET_MINUTES ? offsetZone(sign * total) : undefined;
}

/** The zone of a name; throws `Time zone not supported: X`. */
export function requireZone(name: string): string {
  const zone = zoneNamed(name);
  if (zone === undefined) throw new SqlError('NOT_SUPPORTED', `Time zone not supported: ${name}`);
  return zone;
}

/** The zone of an argument; throws `'X' is not a valid time zone`. */
export function zoneArgument(name: string): string {
  const zone = zoneNamed(name);
  if (zone === undefined)
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${name}' is not a valid time zone`);
  return zone;
}

/** The zone of an offset in minutes; throws beyond 14 hours. */
export function zoneOfMinutes(minutes: number): string {
  if (Math.abs(minutes) > MAX_OFFSET_MINUTES)
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Invalid offset minutes ${minutes}`);
  return offsetZone(minutes);
}

const rulesOf = remember((zone: string): Rules | undefined => {
  const empty = { spans: new Map<number, Span>(), lastIndex: Number.NaN, last: undefined };
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (fixed) {
    const size = Number(fixed[2]) * HOUR_MS + Number(fixed[3]) * MINUTE_MS;
    return { ...empty, fixed: fixed[1] === '-' ? -size : size, formatter: undefined };
  }
  try {
    const formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    return { ...empty, fixed: undefined, formatter };
  } catch {
    return undefined;
  }
});

const GMT_OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;
/** The last instant that the runtime formats. */
const LAST_MS = 8.64e15;

function askOffset(formatter: Intl.DateTimeFormat, ms: number): number {
  const [, sign, hours, minutes, seconds] =
    GMT_OFFSET.exec(formatter.format(Math.max(-LAST_MS, Math.min(LAST_MS, ms)))) ?? [];
  if (!sign) return 0;
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds ?? 0) * SECOND_MS;
  return sign === '-' ? -size : size;
}

function makeSpan(formatter: Intl.DateTimeFormat, index: number): Span {
  let low = index * SPAN_MS;
  let high = low + SPAN_MS;
  const before = askOffset(formatter, low);
  const after = askOffset(formatter, high);
  if (before === after) return { before, after, from: low };
  while (high - low > SECOND_MS) {
    const middle = low + Math.floor((high - low) / 2 / SECOND_MS) * SECOND_MS;
    if (askOffset(formatter, middle) === before) low = middle;
    else high = middle;
  }
  return { before, after, from: high };
}

/** What is added to UTC in the zone at the instant, in milliseconds. */
export function offsetAt(zone: string, ms: number): number {
  if (zone === UTC) return 0;
  const of = rulesOf(zone);
  if (!of) throw new SqlError('NOT_SUPPORTED', `Time zone not supported: ${zone}`);
  if (of.fixed !== undefined) return of.fixed;
  const index = Math.floor(ms / SPAN_MS);
  let span = of.last;
  if (!span || index !== of.lastIndex) {
    span = of.spans.get(index);
    if (!span) {
      span = makeSpan(of.formatter!, index);
      if (of.spans.size >= MAX_SPANS) of.spans.clear();
      of.spans.set(index, span);
    }
    of.last = span;
    of.lastIndex = index;
  }
  return ms < span.from ? span.before : span.after;
}

/**
 * The instant of a local time, as Java has it: of two the earlier; where the clock was put forward, later by as much.
 * @returns isGap whether there is no such local time
 */
export function fromLocal(zone: string, local: number): { ms: number; isGap: boolean } {
  if (zone === UTC) return { ms: local, isGap: false };
  const before = offsetAt(zone, local - DAY_MS);
  const after = offsetAt(zone, local + DAY_MS);
  if (before === after || offsetAt(zone, local - before) === before)
    return { ms: local - before, isGap: false };
  if (offsetAt(zone, local - after) === after) return { ms: local - after, isGap: false };
  return { ms: local - before, isGap: true };
}

/**
 * The instant of a local time, as Joda has it, which Trino's functions use: of two the earlier west of Greenwich, the
 * later east of it.
 */
export function fromLocalLoosely(zone: string, local: number): number {
  if (zone === UTC) return local;
  const first = offsetAt(zone, local);
  const offset = offsetAt(zone, local - first);
  return local - (offset !== first && first < 0 ? first : offset);
}

/** The instant of a local time near another instant, whose offset is kept where it can be. */
export function fromLocalNear(zone: string, local: number, near: number): number {
  if (zone === UTC) return local;
  const offset = offsetAt(zone, near);
  return offsetAt(zone, local - offset) === offset ? local - offset : fromLocalLoosely(zone, local);
}
