/** Reads one log file into an encoder, whatever its compression, encoding and shape. */

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import { codeOf, messageOf } from '../errors.js';
import type { FileResult } from '../batch.js';
import { createDecoder } from './decode.js';
import { inflateWhole, isGzip } from './inflate.js';
import type { RecordEncoder } from './record.js';
import { createSplitter, type SplitResult } from './splitter.js';

/** Bounds on hostile or broken input; each can be set. */
export interface Limits {
  /** A longer record is rejected, in bytes. CloudTrail's own records stay below 1 MB. Default 16 MiB. */
  maxRecordBytes: number;
  /** Reading a file stops after this many inflated bytes. Default 16 GiB. */
  maxFileBytes: number;
}

export const DEFAULT_LIMITS: Limits = { maxRecordBytes: 16 << 20, maxFileBytes: 16 * 2 ** 30 };

/** Files up to these sizes are read whole; larger ones pass through in pieces. */
const WHOLE_FILE = 16 << 20;
const WHOLE_INFLATED = 32 << 20;
const PIECE = 256 << 10;

/**
 * Reads `path` and adds its records to `encoder`, then the file's own result. Never throws for a bad file.
 * @param handOver called between pieces of a long file, so that full batches can leave
 */
export async function readLogFile(
  path: string,
  file: number,
  encoder: RecordEncoder,
  limits: Limits,
  handOver: () => Promise<void>,
): Promise<void> {
  const result: FileResult = {
    file,
    state: 'indexed',
    reason: '',
    damage: '',
    shape: '',
    size: 0,
    mtimeNs: '0',
    sha256: '',
    inflatedBytes: 0,
    records: 0,
    rejected: 0,
  };
  try {
    const bytes = readWhole(path, result);
    const inflated = bytes && inflateWhole(bytes, WHOLE_INFLATED);
    const splitter = createSplitter({ file, encoder, maxRecordBytes: limits.maxRecordBytes });
    if (inflated) {
      result.inflatedBytes = inflated.bytes.length;
      result.sha256 = createHash('sha256').update(inflated.bytes).digest('hex');
      result.damage = inflated.damage;
      const decoder = createDecoder();
      const within = inflated.bytes.subarray(0, limits.maxFileBytes);
      if (within.length < inflated.bytes.length) result.damage = tooLarge(limits);
      splitter.push(decoder.decode(within, true), true);
      if (decoder.replaced) result.damage ||= BAD_UTF8;
    } else {
      await stream(path, splitter, result, limits, handOver);
    }
    conclude(result, splitter.result());
  } catch (error) {
    result.state = 'failed';
    result.reason = failure(error);
  }
  encoder.finish(result);
}

const tooLarge = (limits: Limits): string =>
  `inflates to more than the limit of ${limits.maxFileBytes} bytes`;
const BAD_UTF8 = 'bytes that are not UTF-8 were replaced by U+FFFD';

/** The file's bytes, or undefined where it is too long to be held. */
function readWhole(path: string, result: FileResult): Buffer | undefined {
  const fd = openSync(path, 'r');
  try {
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'NOT_A_FILE' });
    result.size = Number(stat.size);
    result.mtimeNs = String(stat.mtimeNs);
    if (result.size > WHOLE_FILE) return undefined;
    const bytes = Buffer.allocUnsafe(result.size);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(fd, bytes, filled, bytes.length - filled, null);
      if (got === 0) break;
      filled += got;
    }
    if (filled < bytes.length) result.damage = 'the file became shorter while it was read';
    return bytes.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}

async function stream(
  path: string,
  splitter: { push(bytes: Uint8Array, last: boolean): boolean },
  result: FileResult,
  limits: Limits,
  handOver: () => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256');
  const decoder = createDecoder();
  let complete = true;
  try {
    for await (const piece of pieces(path)) {
      result.inflatedBytes += piece.length;
      hash.update(piece);
      const wanted = splitter.push(decoder.decode(piece, false), false);
      if (!wanted || result.inflatedBytes > limits.maxFileBytes) {
        if (wanted) result.damage ||= tooLarge(limits);
        complete = false;
        break;
      }
      await handOver();
    }
  } catch (error) {
    // What came out before the damage is kept; a file that cannot be read at all has given nothing.
    if (result.inflatedBytes === 0) throw error;
    result.damage = `gzip stream is corrupt (${messageOf(error)})`;
  }
  splitter.push(decoder.decode(Buffer.alloc(0), true), true);
  if (decoder.replaced) result.damage ||= BAD_UTF8;
  if (complete) result.sha256 = hash.digest('hex');
}

/** The inflated bytes in pieces of about a quarter of a megabyte, through as many gzip layers as there are. */
async function* pieces(path: string): AsyncGenerator<Buffer> {
  let source: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: PIECE });
  for (let layer = 0; layer < 3; layer++) {
    const [head, all] = await peek(source);
    source = all;
    if (!head || !isGzip(head)) break;
    source = gunzipPieces(source);
  }
  yield* source;
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

async function* gunzipPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // With a sync flush at the end a cut stream gives all it has; the document then says that it is cut.
  const gunzip = createGunzip({ chunkSize: PIECE, finishFlush: constants.Z_SYNC_FLUSH });
  const { Readable } = await import('node:stream');
  const input = Readable.from(source);
  input.on('error', error => gunzip.destroy(error));
  try {
    yield* input.pipe(gunzip) as AsyncIterable<Buffer>;
  } finally {
    input.destroy();
    gunzip.destroy();
  }
}

function conclude(result: FileResult, split: SplitResult): void {
  result.shape = split.shape;
  result.records = split.records;
  result.rejected = split.rejected;
  if (split.skipped) {
    // Nothing of ours was found; in a damaged file that proves nothing.
    const unreadable = result.damage !== '' && result.damage !== BAD_UTF8;
    result.state = unreadable ? 'failed' : 'skipped';
    if (unreadable) result.reason = result.damage;
    else result.reason = result.inflatedBytes === 0 ? 'empty file' : split.skipped;
    result.damage = '';
    return;
  }
  result.damage ||= split.damage;
}

function failure(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'the file disappeared before it was read';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'NOT_A_FILE':
      return 'not a regular file';
    case 'EISDIR':
      return 'a folder';
    default:
      return messageOf(error);
  }
}
