/** Times with a zone: the local time of one, and one of a local time. */

import { invalidArgument, SqlError } from '../errors.js';
import type { Zoned } from '../values.js';
import { MINUTE_MS, microsOf, microsOfDay, millisOf } from './calendar.js';
import { fromLocal, offsetAt, offsetZone, UTC } from './zones.js';

/** A time of day of a place, minutes ahead of UTC. */
export function zonedTime(localMicros: bigint, minutes: number): Zoned {
  return {
    micros: microsOfDay(localMicros - BigInt(minutes) * 60_000_000n),
    zone: minutes === 0 ? '+00:00' : offsetZone(minutes),
  };
}

/** The local microsecond of the day of a time with a zone. */
export const localOfTime = ({ micros, zone }: Zoned): bigint =>
  microsOfDay(micros + microsOf(offsetAt(zone, 0)));

/** The local microseconds of a timestamp with a zone. */
export function localOf({ micros, zone }: Zoned): bigint {
  return zone === UTC ? micros : micros + microsOf(offsetAt(zone, millisOf(micros)));
}

/** The local milliseconds of a timestamp with a zone, rounded down. */
export function localMillisOf({ micros, zone }: Zoned): number {
  const ms = millisOf(micros);
  return zone === UTC ? ms : ms + offsetAt(zone, ms);
}

/** The timestamp with a zone that a local one is there. */
export function inZone(local: bigint, zone: string): Zoned {
  if (zone === UTC) return { micros: local, zone };
  const ms = millisOf(local);
  return { micros: local - microsOf(ms) + microsOf(fromLocal(zone, ms).ms), zone };
}

/** Trino keeps milliseconds of an instant with a zone in 52 bits. */
export const isPackable = (ms: number): boolean => ms < 2 ** 51 && ms >= -(2 ** 51);

/** An instant in a zone; throws `Millis overflow` where Trino has no room for it. */
export function packed(ms: number, zone: string): Zoned {
  if (!isPackable(ms)) return invalidArgument(`Millis overflow: ${BigInt(ms)}`);
  return { micros: microsOf(ms), zone };
}

/** `+02:00`, or `Z`: the offset of a timestamp in ISO 8601. */
export function isoOffset({ micros, zone }: Zoned): string {
  const offset = offsetAt(zone, millisOf(micros));
  if (offset % MINUTE_MS !== 0) {
    const seconds = String((Math.abs(offset) / 1000) % 60).padStart(2, '0');
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `Timezone with non-zero seconds offset cannot be rendered as ISO8601: ${offsetZone(Math.trunc(offset / MINUTE_MS))}:${seconds}`,
    );
  }
  return offset === 0 ? 'Z' : offsetZone(offset / MINUTE_MS);
}
