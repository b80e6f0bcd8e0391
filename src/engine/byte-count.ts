/** Numbers of bytes, as people write them and read them. Units are powers of ten, as Athena bills them. */

import { UsageError } from '../errors.js';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/**
 * The number of bytes that a text like `10GB` means.
 * @param name the option or key that has it, for the message
 * @throws UsageError `BAD_VALUE`
 */
export function byteCount(text: string, name: string): number {
  const [, digits, unit = 'B'] = /^(\d{1,15}(?:\.\d{1,6})?)\s*([KMGTP]?B)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(digits) * 1000 ** UNITS.indexOf(unit.toUpperCase()));
  if (bytes > 0) return bytes;
  throw new UsageError('BAD_VALUE', `${name} must be a number of bytes above 0`, '500MB, 10GB or 1.5TB');
}

/** `1.2 GB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}
