/** The bytes of a log file: whole, or inflated in pieces, with what damaged ones still hold. */

import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { codeOf, messageOf } from '../errors.js';
import { CUT_OFF, isGzip, salvage } from './inflate.js';

/** Files up to this size are read whole. */
const WHOLE_FILE = 16 << 20;
const PIECE = 256 << 10;

/** A file's bytes, with what the system says of it. */
export interface WholeFile {
  size: number;
  /** Modification time in nanoseconds since 1970, as decimal text. */
  mtimeNs: string;
  /** Undefined where the file is too long to be held. */
  bytes: Buffer | undefined;
  /** True where the file became shorter while it was read. */
  isCut: boolean;
}

/**
 * Reads a file as a whole, unless it is too long.
 * @throws an error with the code `NOT_A_FILE`, and those of the system
 */
export function readWhole(path: string): WholeFile {
  const fd = openSync(path, 'r');
  try {
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'NOT_A_FILE' });
    const file = { size: Number(stat.size), mtimeNs: String(stat.mtimeNs), bytes: undefined, isCut: false };
    if (file.size > WHOLE_FILE) return file;
    const bytes = Buffer.allocUnsafe(file.size);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(fd, bytes, filled, bytes.length - filled, null);
      if (got === 0) break;
      filled += got;
    }
    return { ...file, bytes: bytes.subarray(0, filled), isCut: filled < bytes.length };
  } finally {
    closeSync(fd);
  }
}

/**
 * The inflated bytes in pieces of about a quarter of a megabyte, through as many gzip layers as there are.
 * @returns empty, or what is wrong with the compressed stream
 */
export async function* pieces(path: string): AsyncGenerator<Buffer, string> {
  let source: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: PIECE });
  let layers = 0;
  for (; layers < 3; layers++) {
    const [head, all] = await peek(source);
    source = all;
    if (!head || !isGzip(head)) break;
    source = gunzipPieces(source);
  }
  let given = 0;
  try {
    for await (const piece of source) {
      given += piece.length;
      yield piece;
    }
    return '';
  } catch (error) {
    if (!codeOf(error).startsWith('Z_')) throw error;
    if (codeOf(error) === 'Z_BUF_ERROR') return yield* cutPieces(path, layers, given);
    if (layers > 1) return `gzip stream is corrupt (${messageOf(error)})`;
    return yield* salvaged(path, given, messageOf(error));
  }
}

/** What a file that is cut off still holds after the first `given` bytes: the inflater drops its last output with its error. */
async function* cutPieces(path: string, layers: number, given: number): AsyncGenerator<Buffer, string> {
  let source: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: PIECE });
  for (let layer = 0; layer < layers; layer++) source = gunzipPieces(source, constants.Z_SYNC_FLUSH);
  let passed = 0;
  for await (const piece of source) {
    const fresh = piece.subarray(Math.max(0, given - passed));
    passed += piece.length;
    if (fresh.length > 0) yield fresh;
  }
  return CUT_OFF;
}

/** What a damaged file still holds after the first `given` bytes, which have been read. */
async function* salvaged(path: string, given: number, reason: string): AsyncGenerator<Buffer, string> {
  const fd = openSync(path, 'r');
  try {
    const read = (at: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, at));
    };
    const rest = salvage(read, fstatSync(fd).size, reason);
    for (let passed = 0; ; ) {
      const next = rest.next();
      if (next.done) return next.value;
      const fresh = next.value.subarray(Math.max(0, given - passed));
      passed += next.value.length;
      if (fresh.length > 0) yield fresh;
    }
  } finally {
    closeSync(fd);
  }
}

async function peek(source: AsyncIterable<Buffer>): Promise<[Buffer | undefined, AsyncIterable<Buffer>]> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (first.done) return;
      yield first.value;
      for (;;) {
        const next = await iterator.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return [first.done ? undefined : first.value, all()];
}

async function* gunzipPieces(
  source: AsyncIterable<Buffer>,
  finishFlush = constants.Z_FINISH,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: PIECE, finishFlush });
  const input = Readable.from(source);
  input.on('error', error => gunzip.destroy(error));
  try {
    yield* input.pipe(gunzip) as AsyncIterable<Buffer>;
  } finally {
    input.destroy();
    gunzip.destroy();
  }
}
