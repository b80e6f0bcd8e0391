/** Digits of numbers, rounded as Java's Formatter does. */

import type { Digits } from '../cast/number-text.js';

/** Rounds digits half up to so many after the point: `1.005` to two is `1.01`. */
export function fixed({ digits, exponent }: Digits, places: number): string {
  const count = exponent + 1 + places;
  let scaled = count < 0 ? 0n : BigInt(digits.slice(0, count).padEnd(count, '0') || '0');
  if (count >= 0 && Number(digits[count] ?? 0) >= 5) scaled += 1n;
  const text = String(scaled).padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** Rounds digits half up to so many after the first: `1.23e+01`. */
export function exponential({ digits, exponent }: Digits, places: number): string {
  let rounded = BigInt(digits.slice(0, places + 1).padEnd(places + 1, '0'));
  if (Number(digits[places + 1] ?? 0) >= 5) rounded += 1n;
  let text = String(rounded).padStart(places + 1, '0');
  let power = exponent;
  if (text.length > places + 1) {
    text = text.slice(0, -1);
    power++;
  }
  const mantissa = places === 0 ? text : `${text[0]}.${text.slice(1)}`;
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
