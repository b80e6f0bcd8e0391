/** Reads Base64 and Base32 as strictly as Java does, with its sentences. */

import { invalidArgument } from '../errors.js';

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const table = (signs: string): Int8Array => {
  const values = new Int8Array(256).fill(-1);
  for (let i = 0; i < signs.length; i++) values[signs.charCodeAt(i)] = i;
  return values;
};
const BASE64 = { basic: table(`${SIGNS}+/`), url: table(`${SIGNS}-_`) };
const BASE32 = table('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
const EQUALS = 0x3d;

/**
 * The bytes of Base64; the `=` at its end may be missing.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT`
 */
export function decodeBase64(text: Buffer, kind: 'basic' | 'url'): Buffer {
  if (text.length === 0) return text;
  if (text.length < 2) invalidArgument('Input byte[] should at least have 2 bytes for base64 bytes');
  const values = BASE64[kind];
  const bytes: number[] = [];
  let buffer = 0;
  let shift = 18;
  let at = 0;
  for (; at < text.length; at++) {
    const byte = text[at]!;
    const value = values[byte]!;
    if (value < 0) {
      if (byte !== EQUALS) invalidArgument(`Illegal base64 character ${byte.toString(16)}`);
      // `xx==`, `xxx=`
      if ((shift === 6 && (++at === text.length || text[at] !== EQUALS)) || shift === 18)
        invalidArgument('Input byte array has wrong 4-byte ending unit');
      at++;
      break;
    }
    buffer |= value << shift;
    shift -= 6;
    if (shift < 0) {
      bytes.push((buffer >> 16) & 255, (buffer >> 8) & 255, buffer & 255);
      buffer = 0;
      shift = 18;
    }
  }
  if (shift === 12) invalidArgument('Last unit does not have enough valid bits');
  if (shift <= 6) bytes.push((buffer >> 16) & 255);
  if (shift === 0) bytes.push((buffer >> 8) & 255);
  if (at < text.length) invalidArgument(`Input byte array has incorrect ending byte at ${at}`);
  return Buffer.from(bytes);
}

/**
 * The bytes of Base32; the `=` at its end may be missing.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT`
 */
export function decodeBase32(text: string): Buffer {
  let end = text.length;
  while (end > 0 && text[end - 1] === '=') end--;
  if ([1, 3, 6].includes(end % 8)) invalidArgument(`Invalid input length ${end}`);
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (let at = 0; at < end; at++) {
    const value = BASE32[text.charCodeAt(at)] ?? -1;
    if (value < 0) invalidArgument(`Unrecognized character: ${text[at]}`);
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((buffer >> bits) & 255);
  }
  return Buffer.from(bytes);
}
