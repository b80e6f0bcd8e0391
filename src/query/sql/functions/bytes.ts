/** Functions over bytes: cut, joined, and written as text. */

import { isUtf8 } from 'node:buffer';
import { decodeBase32, decodeBase64 } from '../bytes/base.js';
import { invalidArgument } from '../errors.js';
import { isFlat } from '../text/code-points.js';
import { type SqlFunction, scalar } from './registry.js';
import { padding } from './strings.js';

/** The bytes of a text or of bytes. */
const bytesOf = (value: string | Buffer): Buffer =>
  typeof value === 'string' ? Buffer.from(value, 'utf8') : value;

function fromHex(value: string | Buffer): Buffer {
  const text = typeof value === 'string' ? value : value.toString('latin1');
  if (text.length % 2 === 1) invalidArgument(`invalid input length ${text.length}`);
  const bytes = Buffer.from(text, 'hex');
  if (bytes.length * 2 !== text.length) notHex(text);
  return bytes;
}

function notHex(text: string): never {
  const character = /[^0-9A-Fa-f]/u.exec(text)![0];
  return invalidArgument(`not a hexadecimal digit: "${character}" = ${character.codePointAt(0)}`);
}

function fromUtf8(bytes: Buffer, replacement = '\ufffd'): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : withReplacement(bytes, replacement);
}

/** What is not UTF-8 replaced: a character cut short, too long or not a character is one. */
function withReplacement(bytes: Buffer, replacement: string): string {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(bytes.toString('utf8', start, at), replacement);
    at -= length;
    start = at;
  }
  parts.push(bytes.toString('utf8', start));
  return parts.join('');
}

/** Bytes of the character at a place; negative: that many bytes are none. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  // Ones in front of the first zero: how many bytes it says that it has.
  const said = Math.clz32(~(first << 24));
  if (said < 2 || said > 6) return -1;
  for (let i = 1; i < said; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return -i;
  return isUtf8(bytes.subarray(at, at + said)) ? said : -said;
}

function replacementOf(value: string | bigint): string {
  if (typeof value === 'string') {
    if ((isFlat(value) ? value.length : [...value].length) > 1)
      invalidArgument('Replacement character string must empty or a single character');
    return value;
  }
  if (value < 0n || value > 0x10ffffn || (value >= 0xd800n && value <= 0xdfffn))
    invalidArgument('Invalid replacement character');
  return String.fromCodePoint(Number(value));
}

function substring(bytes: Buffer, start: bigint, length?: bigint): Buffer {
  const size = BigInt(bytes.length);
  const from = start > 0n ? start - 1n : size + start;
  if (start === 0n || from < 0n || from >= size || (length !== undefined && length <= 0n))
    return Buffer.alloc(0);
  const end = length === undefined || from + length > size ? size : from + length;
  return bytes.subarray(Number(from), Number(end));
}

const filling = (missing: number, fill: Buffer): Buffer => Buffer.alloc(missing, fill);

function lpad(bytes: Buffer, target: bigint, fill: Buffer): Buffer {
  const missing = padding(bytes.length, target, fill);
  return missing === undefined
    ? bytes.subarray(0, Number(target))
    : Buffer.concat([filling(missing, fill), bytes]);
}

function rpad(bytes: Buffer, target: bigint, fill: Buffer): Buffer {
  const missing = padding(bytes.length, target, fill);
  return missing === undefined
    ? bytes.subarray(0, Number(target))
    : Buffer.concat([bytes, filling(missing, fill)]);
}

/** Writes a number into bytes. */
function bufferWith(size: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
}

function read<T>(size: number, get: (bytes: Buffer) => T, isFloat = false): (bytes: Buffer) => T {
  return bytes => {
    if (bytes.length === size) return get(bytes);
    return invalidArgument(
      isFloat
        ? `Input floating-point value must be exactly ${size} bytes long`
        : `expected ${size}-byte input, but got instead: ${bytes.length}`,
    );
  };
}

const NUMBERS: readonly SqlFunction[] = [
  scalar(
    'to_big_endian_64(bigint) -> varbinary',
    'The number as eight bytes, the highest first.',
    (value: bigint) => bufferWith(8, bytes => bytes.writeBigInt64BE(value)),
  ),
  scalar(
    'to_big_endian_32(integer) -> varbinary',
    'The number as four bytes, the highest first.',
    (value: bigint) => bufferWith(4, bytes => bytes.writeInt32BE(Number(value))),
  ),
  scalar(
    'from_big_endian_64(varbinary) -> bigint',
    'The number of eight bytes, the highest first.',
    read(8, bytes => bytes.readBigInt64BE()),
  ),
  scalar(
    'from_big_endian_32(varbinary) -> integer',
    'The number of four bytes, the highest first.',
    read(4, bytes => BigInt(bytes.readInt32BE())),
  ),
  scalar('to_ieee754_64(double) -> varbinary', 'The number as eight bytes of IEEE 754.', (value: number) =>
    bufferWith(8, bytes => bytes.writeDoubleBE(value)),
  ),
  scalar('to_ieee754_32(real) -> varbinary', 'The number as four bytes of IEEE 754.', (value: number) =>
    bufferWith(4, bytes => bytes.writeFloatBE(value)),
  ),
  scalar(
    'from_ieee754_64(varbinary) -> double',
    'The number of eight bytes of IEEE 754.',
    read(8, bytes => bytes.readDoubleBE(), true),
  ),
  scalar(
    'from_ieee754_32(varbinary) -> real',
    'The number of four bytes of IEEE 754.',
    read(4, bytes => bytes.readFloatBE(), true),
  ),
];

const CODES: readonly SqlFunction[] = [
  scalar('to_hex(varbinary) -> varchar', 'The bytes as hexadecimal digits.', (bytes: Buffer) =>
    bytes.toString('hex').toUpperCase(),
  ),
  scalar('to_base64(varbinary) -> varchar', 'The bytes as Base64.', (bytes: Buffer) =>
    bytes.toString('base64'),
  ),
  scalar('to_base64url(varbinary) -> varchar', 'The bytes as Base64 for URLs.', (bytes: Buffer) =>
    bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  ),
  scalar('to_base32(varbinary) -> varchar', 'The bytes as Base32.', toBase32),
  ...['varchar', 'varbinary'].flatMap(type => [
    scalar(`from_hex(${type}) -> varbinary`, 'The bytes of hexadecimal digits.', fromHex),
    scalar(`from_base64(${type}) -> varbinary`, 'The bytes of Base64.', (value: string | Buffer) =>
      decodeBase64(bytesOf(value), 'basic'),
    ),
    scalar(
      `from_base64url(${type}) -> varbinary`,
      'The bytes of Base64 for URLs.',
      (value: string | Buffer) => decodeBase64(bytesOf(value), 'url'),
    ),
    scalar(`from_base32(${type}) -> varbinary`, 'The bytes of Base32.', (value: string | Buffer) =>
      decodeBase32(typeof value === 'string' ? value : value.toString('latin1')),
    ),
  ]),
];

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function toBase32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let buffer = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(buffer >> (bits - 5)) & 31];
  }
  if (bits > 0) text += BASE32[(buffer << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

export const BYTES: readonly SqlFunction[] = [
  scalar('to_utf8(varchar) -> varbinary', 'The text as UTF-8.', (text: string) => Buffer.from(text, 'utf8')),
  scalar(
    'from_utf8(varbinary) -> varchar',
    'The text of UTF-8; what is not UTF-8 becomes U+FFFD.',
    (bytes: Buffer) => fromUtf8(bytes),
  ),
  ...['varchar', 'bigint'].map(type =>
    scalar(
      `from_utf8(varbinary, ${type}) -> varchar`,
      'The text of UTF-8, with a character in place of what is not UTF-8.',
      (bytes: Buffer, replacement: string | bigint) => fromUtf8(bytes, replacementOf(replacement)),
    ),
  ),
  scalar('length(varbinary) -> bigint', 'Number of bytes.', (bytes: Buffer) => BigInt(bytes.length)),
  scalar('concat(varbinary...) -> varbinary', 'The bytes, one after the other.', (...parts: Buffer[]) => {
    if (parts.length < 2) invalidArgument('There must be two or more concatenation arguments');
    return Buffer.concat(parts);
  }),
  scalar(
    'substr(varbinary, bigint) -> varbinary',
    'The bytes from a position on.',
    (bytes: Buffer, start: bigint) => substring(bytes, start),
  ),
  scalar(
    'substr(varbinary, bigint, bigint) -> varbinary',
    'As many bytes as said from a position on.',
    substring,
  ),
  scalar(
    'lpad(varbinary, bigint, varbinary) -> varbinary',
    'The bytes filled up at their start, or cut, to a length.',
    lpad,
  ),
  scalar(
    'rpad(varbinary, bigint, varbinary) -> varbinary',
    'The bytes filled up at their end, or cut, to a length.',
    rpad,
  ),
  scalar('reverse(varbinary) -> varbinary', 'The bytes in reverse order.', (bytes: Buffer) =>
    Buffer.from(bytes).reverse(),
  ),
  ...CODES,
  ...NUMBERS,
];
