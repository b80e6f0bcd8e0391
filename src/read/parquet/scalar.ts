/** What a stored value stands for: text and numbers as JSON has them, times and dates in their ISO form. */

import { isUtf8 } from 'node:buffer';
import type { Scalar } from '../../cloudtrail/row-value.js';
import { ParquetFault } from './fault.js';
import { type Node, PHYSICAL } from './schema.js';

/** As it is stored. */
export type Raw = number | bigint | boolean | Uint8Array;

export interface Meter {
  /** Bytes that pages inflated to, so far. */
  inflated: number;
  /** Bytes of the pages and dictionaries at hand. */
  held: number;
  /** True where a text was not UTF-8. */
  isReplaced: boolean;
}

/** Makes of a leaf's stored values what they stand for. */
export function scalarOf(leaf: Node, meter: Meter): (raw: Raw) => Scalar {
  const { meaning, type, scale } = leaf;
  if (meaning === 'decimal')
    return raw => decimal(raw instanceof Uint8Array ? signed(raw) : BigInt(raw as number), scale);
  if (type === PHYSICAL.int96) return raw => int96(raw as Uint8Array);
  if (meaning === 'date') return raw => dateOf(Number(raw) * 86_400_000).slice(0, 10);
  if (meaning.startsWith('timestamp-')) return raw => timestamp(BigInt(raw as number), unitsOf(meaning));
  if (meaning.startsWith('time-'))
    return raw => timestamp(BigInt(raw as number), unitsOf(meaning)).slice(11, -1);
  if (meaning === 'uuid') return raw => uuid(raw as Uint8Array);
  if (meaning === 'unsigned')
    return raw => plain(BigInt.asUintN(type === PHYSICAL.int32 ? 32 : 64, BigInt(raw as number)));
  if (meaning === 'float16') throw new ParquetFault('numbers of 16 bits');
  return raw => {
    if (raw instanceof Uint8Array) return leaf.isText || isUtf8(raw) ? textOf(raw, meter) : raw;
    return typeof raw === 'bigint' ? plain(raw) : raw;
  };
}

/** A text, with U+FFFD for bytes that are not UTF-8. */
function textOf(bytes: Uint8Array, meter: Meter): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  if (!meter.isReplaced && text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(buffer))
    meter.isReplaced = true;
  return text;
}

const plain = (value: bigint): number | bigint =>
  value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER ? Number(value) : value;

function signed(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}

/** As text: its digits are what was written. */
function decimal(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const sign = value < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const unitsOf = (meaning: string): bigint =>
  meaning.endsWith('-ms') ? 1_000n : meaning.endsWith('-us') ? 1_000_000n : 1_000_000_000n;

/** `2024-03-01T00:00:00Z`, with a fraction where there is one. */
function timestamp(value: bigint, perSecond: bigint): string {
  let seconds = value / perSecond;
  let rest = value % perSecond;
  if (rest < 0n) {
    seconds--;
    rest += perSecond;
  }
  const digits = String(perSecond).length - 1;
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(digits, '0').replace(/0+$/, '')}`;
  return dateOf(Number(seconds) * 1000).replace(/\.\d+Z$/, `${fraction}Z`);
}

function dateOf(ms: number): string {
  // What a Date can hold: beyond it a time is no time.
  if (!(Math.abs(ms) <= 8.64e15)) throw new ParquetFault('a time beyond the calendar');
  return new Date(ms).toISOString();
}

/** Impala's and Athena's older form: nanoseconds of the day, then the Julian day. */
function int96(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  const days = BigInt(view.getUint32(8, true)) - 2_440_588n;
  return timestamp(days * 86_400_000_000_000n + view.getBigInt64(0, true), 1_000_000_000n);
}

function uuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
