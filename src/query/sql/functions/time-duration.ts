/** Functions of durations: intervals as milliseconds and as text. */

import { invalidArgument } from '../errors.js';
import { type SqlFunction, scalar } from './registry.js';

const DURATION_TEXT = /^[ \t\n\v\f\r]*(\d+(?:\.\d+)?)[ \t\n\v\f\r]*([a-zA-Z]+)[ \t\n\v\f\r]*$/;

/** Milliseconds of a unit and Java's name for it. */
const UNITS: ReadonlyMap<string, readonly [millis: number, name: string]> = new Map([
  ['ns', [1e-6, 'NANOSECONDS']],
  ['us', [1e-3, 'MICROSECONDS']],
  ['ms', [1, 'MILLISECONDS']],
  ['s', [1000, 'SECONDS']],
  ['m', [60_000, 'MINUTES']],
  ['h', [3_600_000, 'HOURS']],
  ['d', [86_400_000, 'DAYS']],
]);

/** A double as Java writes it. */
function javaDouble(value: number): string {
  if (value < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e+');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent}`;
}

function parseDuration(text: string): bigint {
  if (text === '') return invalidArgument('duration is empty');
  const [, number, unit] = DURATION_TEXT.exec(text) ?? [];
  if (number === undefined) return invalidArgument(`duration is not a valid data duration string: ${text}`);
  const entry = UNITS.get(unit!);
  if (!entry) return invalidArgument(`Unknown time unit: ${unit}`);
  const value = Number(number);
  const millis = Math.floor(value * entry[0] + 0.5);
  if (millis >= 2 ** 63)
    return invalidArgument(
      `value ${javaDouble(value)} ${entry[1]} is too large to be represented in requested unit MILLISECONDS as a long`,
    );
  return BigInt(millis);
}

const PARTS: ReadonlyArray<readonly [seconds: bigint, name: string]> = [
  [604_800n, 'week'],
  [86_400n, 'day'],
  [3600n, 'hour'],
  [60n, 'minute'],
  [1n, 'second'],
];
const MAX_LONG = 2n ** 63n - 1n;

function humanReadable(seconds: number): string {
  if (!Number.isFinite(seconds)) return invalidArgument(`Invalid argument found: ${seconds}`);
  const rounded = Math.floor(Math.abs(seconds) + 0.5);
  let rest = rounded >= 2 ** 63 ? MAX_LONG : BigInt(rounded);
  const parts: string[] = [];
  for (const [size, name] of PARTS) {
    const count = rest / size;
    rest %= size;
    if (count > 0n || (name === 'second' && parts.length === 0))
      parts.push(`${count} ${name}${count === 1n ? '' : 's'}`);
  }
  return parts.join(', ');
}

export const DURATION: readonly SqlFunction[] = [
  scalar(
    'parse_duration(varchar) -> interval day to second',
    'The duration that a number and a unit say: ns, us, ms, s, m, h or d.',
    parseDuration,
  ),
  scalar(
    'human_readable_seconds(double) -> varchar',
    'Seconds as weeks, days, hours, minutes and seconds in English.',
    humanReadable,
  ),
  scalar(
    'to_milliseconds(interval day to second) -> bigint',
    'An interval in milliseconds.',
    (millis: bigint) => millis,
  ),
];
