/** The characters of a document: byte order marks, UTF-16 from a PowerShell redirect, UTF-32, broken UTF-8. */

import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

/** What the first bytes say. `mark` is the length of the byte order mark. */
function detectEncoding(b: Uint8Array): { encoding: Encoding; mark: number } {
  if (b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (b.length >= 4) {
    // Before UTF-16: its little-endian mark begins with the same bytes.
    const isWide = (at: number, zeros: readonly number[]): boolean =>
      b[at] !== 0 && zeros.every(i => b[i] === 0);
    if (b[0] === 0xff && b[1] === 0xfe && b[2] === 0 && b[3] === 0) return { encoding: 'utf-32le', mark: 4 };
    if (b[0] === 0 && b[1] === 0 && b[2] === 0xfe && b[3] === 0xff) return { encoding: 'utf-32be', mark: 4 };
    if (isWide(0, [1, 2, 3])) return { encoding: 'utf-32le', mark: 0 };
    if (isWide(3, [0, 1, 2])) return { encoding: 'utf-32be', mark: 0 };
  }
  if (b[0] === 0xff && b[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (b[0] === 0xfe && b[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  if (b.length >= 4 && b[1] === 0 && b[3] === 0 && b[0] !== 0) return { encoding: 'utf-16le', mark: 0 };
  if (b.length >= 4 && b[0] === 0 && b[2] === 0 && b[1] !== 0) return { encoding: 'utf-16be', mark: 0 };
  return { encoding: 'utf-8', mark: 0 };
}

export interface Decoder {
  /** The next bytes as UTF-8. Invalid sequences become U+FFFD and set `replaced`. */
  decode(bytes: Buffer, last: boolean): Buffer;
  readonly replaced: boolean;
}

const NOTHING = Buffer.alloc(0);

/** Decodes a document that comes in pieces. Sound UTF-8, the ordinary case, passes through untouched. */
export function createDecoder(): Decoder {
  let first = true;
  let text: Pick<TextDecoder, 'decode'> | undefined;
  let held: Buffer = NOTHING;
  let replaced = false;

  return {
    decode(bytes, last) {
      let b = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
      held = NOTHING;
      if (first) {
        first = false;
        const { encoding, mark } = detectEncoding(b);
        b = b.subarray(mark);
        if (encoding.startsWith('utf-32')) text = wideDecoder(encoding === 'utf-32le');
        else if (encoding !== 'utf-8') text = new TextDecoder(encoding);
      }
      if (text) return Buffer.from(text.decode(b, { stream: !last }), 'utf8');
      if (!last) {
        const whole = wholeCharacters(b);
        held = b.subarray(whole);
        b = b.subarray(0, whole);
      }
      if (isUtf8(b)) return b;
      replaced = true;
      return Buffer.from(b.toString('utf8'), 'utf8');
    },
    get replaced() {
      return replaced;
    },
  };
}

/** UTF-32, which TextDecoder does not know. */
function wideDecoder(isLittleEndian: boolean): Pick<TextDecoder, 'decode'> {
  let held = Buffer.alloc(0);
  return {
    decode(input) {
      const b = Buffer.concat([held, input as Buffer]);
      const whole = b.length - (b.length % 4);
      held = b.subarray(whole);
      const characters: string[] = [];
      for (let at = 0; at < whole; at += 4) {
        const code = isLittleEndian ? b.readUInt32LE(at) : b.readUInt32BE(at);
        characters.push(code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');
      }
      return characters.join('');
    },
  };
}

/** Length of `b` without a character that is cut at its end. */
function wholeCharacters(b: Buffer): number {
  for (let back = 1; back <= Math.min(3, b.length); back++) {
    const c = b[b.length - back]!;
    if (c < 0x80) break;
    if (c >= 0xc0) {
      const length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
      return length > back ? b.length - back : b.length;
    }
  }
  return b.length;
}
