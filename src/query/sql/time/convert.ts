/** CAST among dates, times and timestamps. */

import type { Session } from '../functions/registry.js';
import type { Kind, Type } from '../types.js';
import type { Value, Zoned } from '../values.js';
import {
  DAY_MICROS,
  DAY_MS,
  floorDiv,
  MINUTE_MS,
  microsOf,
  microsOfDay,
  millisOf,
  roundMicros,
} from './calendar.js';
import { inZone, localOf, localOfTime, zonedTime } from './zoned.js';
import { offsetAt, UTC } from './zones.js';

const TIMES: ReadonlySet<Kind> = new Set([
  'date',
  'time',
  'time with time zone',
  'timestamp',
  'timestamp with time zone',
]);

/** Whether values of the type are dates or times. */
export const isTime = ({ kind }: Type): boolean => TIMES.has(kind);

/** Whether both are dates or times, with a CAST from one to the other: a date has no time of the day. */
export function canConvertTime(from: Type, to: Type): boolean {
  if (!isTime(from) || !isTime(to)) return false;
  const isClock = (type: Type): boolean => type.kind.startsWith('time') && !type.kind.startsWith('timestamp');
  return !(from.kind === 'date' && isClock(to)) && !(isClock(from) && to.kind === 'date');
}

/** The local date, in days, of the session's now. */
function today(session: Session): number {
  return Number(floorDiv(localOf({ micros: session.now, zone: session.zone }), DAY_MICROS));
}

const minutesAt = ({ micros, zone }: Zoned): number =>
  Math.trunc(offsetAt(zone, millisOf(micros)) / MINUTE_MS);

/** The value as a local timestamp in microseconds. */
function asLocal(value: Value, from: Type, session: Session): bigint {
  switch (from.kind) {
    case 'date':
      return microsOf((value as number) * DAY_MS);
    case 'time':
      return microsOf(today(session) * DAY_MS) + (value as bigint);
    case 'time with time zone':
      return microsOf(today(session) * DAY_MS) + localOfTime(value as Zoned);
    case 'timestamp':
      return value as bigint;
    default:
      return localOf(value as Zoned);
  }
}

/** A value of `from` as one of `to`, rounded half up to its precision. */
export function convertTime(value: Value, from: Type, to: Type, session: Session): Value {
  switch (to.kind) {
    case 'date':
      return from.kind === 'date' ? value : Number(floorDiv(asLocal(value, from, session), DAY_MICROS));
    case 'time':
      return roundMicros(microsOfDay(asLocal(value, from, session)), to.precision) % DAY_MICROS;
    case 'time with time zone': {
      const local = roundMicros(microsOfDay(asLocal(value, from, session)), to.precision) % DAY_MICROS;
      return zonedTime(local, offsetMinutes(value, from, session));
    }
    case 'timestamp':
      return roundMicros(asLocal(value, from, session), to.precision);
    case 'timestamp with time zone':
      return toZoned(value, from, to.precision, session);
    default:
      return value;
  }
}

function offsetMinutes(value: Value, from: Type, session: Session): number {
  if (from.kind === 'time with time zone') return Math.trunc(offsetAt((value as Zoned).zone, 0) / MINUTE_MS);
  if (from.kind === 'timestamp with time zone') return minutesAt(value as Zoned);
  return minutesAt({ micros: session.now, zone: session.zone });
}

function toZoned(value: Value, from: Type, precision: number, session: Session): Zoned {
  if (from.kind === 'timestamp with time zone') {
    const { micros, zone } = value as Zoned;
    return { micros: roundMicros(micros, precision), zone };
  }
  if (from.kind === 'time with time zone') {
    const { zone } = value as Zoned;
    const fixed = zone === '+00:00' ? UTC : zone;
    return inZone(roundMicros(asLocal(value, from, session), precision), fixed);
  }
  return inZone(roundMicros(asLocal(value, from, session), precision), session.zone);
}
