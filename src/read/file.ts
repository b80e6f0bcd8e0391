/** Reads the records of one log file, whatever its compression, encoding and shape. */

import { createHash, hash as hashAtOnce } from 'node:crypto';
import { isAccessLogLine } from '../access-logs/recognition.js';
import type { FileResult } from '../batch.js';
import { isTrailFileName } from '../cloudtrail/path-hints.js';
import { codeOf, messageOf } from '../errors.js';
import { createLineReader } from './access-file.js';
import type { SplitOptions } from './cursor.js';
import { BAD_UTF8, tooLarge } from './damage.js';
import { createDecoder } from './decode.js';
import type { RecordSink } from './encoder.js';
import { inflateWhole, isOnlyTrailing } from './inflate.js';
import { readTable } from './parquet/file.js';
import { isMagic } from './parquet/footer.js';
import { pieces, readWhole } from './source.js';
import { createSplitter, type Splitter } from './splitter.js';
import type { SplitResult } from './tally.js';

/** Bounds on hostile or broken input; each can be set. */
export interface Limits {
  /** A longer record is rejected, in bytes. CloudTrail's own records stay below 1 MB. Default 16 MiB. */
  maxRecordBytes: number;
  /** Reading a file stops after this many inflated bytes. Default 16 GiB. */
  maxFileBytes: number;
}

export const DEFAULT_LIMITS: Limits = { maxRecordBytes: 16 << 20, maxFileBytes: 16 * 2 ** 30 };

/** A file that inflates to no more than this is read whole; larger ones pass through in pieces. */
const WHOLE_INFLATED = 32 << 20;
const NOTHING = Buffer.alloc(0);

/**
 * Reads `path` and adds its records to `sink`, then the file's own result. Never throws for a bad file.
 * @param number which file of its task
 * @param handOver called between pieces of a long file, so that full batches can leave
 */
export async function readLogFile(
  path: string,
  number: number,
  sink: RecordSink,
  limits: Limits,
  handOver: () => Promise<void>,
): Promise<void> {
  const result = emptyResult(number);
  const reading = { file: number, path, sink, maxRecordBytes: limits.maxRecordBytes };
  let split: SplitResult | undefined;
  let reader: Reader | undefined;
  const readerOf = (head: Uint8Array): Reader => {
    reader ??= createReader(head, reading);
    return reader;
  };
  try {
    const file = whole(path, result);
    const inflated = file && inflateWhole(file, WHOLE_INFLATED);
    const table = await readTable(path, inflated, result, { file: number, sink, ...limits, handOver });
    if (table) {
      split = table;
    } else if (inflated) {
      result.inflatedBytes = inflated.bytes.length;
      result.sha256 = hashAtOnce('sha256', inflated.bytes, 'hex');
      result.damage = inflated.damage;
      result.isSuspect = inflated.isSuspect;
      const { splitter, decoder } = readerOf(inflated.bytes);
      const within = inflated.bytes.subarray(0, limits.maxFileBytes);
      if (within.length < inflated.bytes.length) result.damage = tooLarge(limits);
      const bytes = decoder.decode(within, true);
      await feed(splitter, bytes, true, handOver);
      if (decoder.replaced) result.damage ||= BAD_UTF8;
    } else {
      await stream(path, readerOf, result, limits, handOver);
    }
  } catch (error) {
    result.damage = failure(error);
  }
  split ??= readerOf(NOTHING).splitter.result();
  conclude(path, result, split);
  if (split.overLimit || result.damage === tooLarge(limits)) result.limits = JSON.stringify(limits);
  sink.finish(result);
}

/** What reads a file, and what makes UTF-8 of its bytes before. */
interface Reader {
  splitter: Splitter;
  decoder: ReturnType<typeof createDecoder>;
}

/** Lines of access logs are read as they are: clients write any bytes into them. */
const AS_IT_IS: Reader['decoder'] = { decode: bytes => bytes, replaced: false };

/** Bytes in which the first fields of a line stand. */
const HEAD = 8192;

function createReader(head: Uint8Array, options: SplitOptions): Reader {
  return isAccessLogLine(head.subarray(0, HEAD))
    ? { splitter: createLineReader(options), decoder: AS_IT_IS }
    : { splitter: createSplitter(options), decoder: createDecoder() };
}

function emptyResult(file: number): FileResult {
  return {
    file,
    state: 'indexed',
    reason: '',
    damage: '',
    isSuspect: false,
    limits: '',
    shape: '',
    size: 0,
    mtimeNs: '0',
    sha256: '',
    inflatedBytes: 0,
    records: 0,
    rejected: 0,
  };
}

/**
 * Hashes the inflated bytes of `path` as `readLogFile` does, and looks at nothing else.
 * @param number which file of its task
 * @returns a result of the state `unchanged`, with the damage of the compressed stream; its hash is empty where the
 *   file cannot be read, and its damage says why
 */
export async function hashLogFile(path: string, number: number): Promise<FileResult> {
  const result: FileResult = { ...emptyResult(number), state: 'unchanged' };
  try {
    const file = whole(path, result);
    const inflated = file && inflateWhole(file, WHOLE_INFLATED);
    const hash = createHash('sha256');
    if (inflated) {
      hash.update(inflated.bytes);
      result.damage = inflated.damage;
    } else {
      const source = pieces(path);
      let next = await source.next();
      for (; !next.done; next = await source.next()) hash.update(next.value);
      result.damage = next.value;
    }
    result.sha256 = hash.digest('hex');
  } catch (error) {
    result.damage = failure(error);
  }
  return result;
}

/** The file's bytes, or undefined where it is too long to be held; notes what the ledger says of it. */
function whole(path: string, result: FileResult): Buffer | undefined {
  const { size, mtimeNs, bytes, isCut } = readWhole(path);
  result.size = size;
  result.mtimeNs = mtimeNs;
  if (isCut) result.damage = 'the file became shorter while it was read';
  return bytes;
}

/** Gives bytes to the splitter and full batches away; false where it needs no more. */
async function feed(
  splitter: Splitter,
  bytes: Uint8Array,
  last: boolean,
  handOver: () => Promise<void>,
): Promise<boolean> {
  let state = splitter.push(bytes, last);
  await handOver();
  while (state === 'paused') {
    state = splitter.push(NOTHING, last);
    await handOver();
  }
  return state === 'more';
}

async function stream(
  path: string,
  readerOf: (head: Uint8Array) => Reader,
  result: FileResult,
  limits: Limits,
  handOver: () => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256');
  const source = pieces(path);
  let complete = true;
  for (;;) {
    let next: IteratorResult<Buffer, string>;
    try {
      next = await source.next();
    } catch (error) {
      // The disk, not the file's content: what came before is kept.
      result.damage = failure(error);
      complete = false;
      break;
    }
    if (next.done) {
      result.damage = next.value;
      // Without its checksum nothing says that the bytes are those that were written.
      result.isSuspect = next.value !== '' && !isOnlyTrailing(next.value);
      break;
    }
    result.inflatedBytes += next.value.length;
    hash.update(next.value);
    if (result.inflatedBytes === next.value.length && isMagic(next.value.subarray(0, 4))) {
      result.damage = 'Parquet in a gzip stream too long to be held: decompress the file first';
      complete = false;
      await source.return('');
      break;
    }
    const { splitter, decoder } = readerOf(next.value);
    const wanted = await feed(splitter, decoder.decode(next.value, false), false, handOver);
    if (wanted && result.inflatedBytes > limits.maxFileBytes) result.damage = tooLarge(limits);
    if (!wanted || result.damage) {
      complete = false;
      await source.return('');
      break;
    }
  }
  const { splitter, decoder } = readerOf(NOTHING);
  await feed(splitter, decoder.decode(NOTHING, true), true, handOver);
  if (decoder.replaced) result.damage ||= BAD_UTF8;
  if (complete) result.sha256 = hash.digest('hex');
}

function conclude(path: string, result: FileResult, split: SplitResult): void {
  result.shape = split.shape;
  result.records = split.records;
  result.rejected = split.rejected;
  if (split.skipped) {
    // Nothing of ours was found; in a damaged file that proves nothing.
    const why = whyFailed(path, result, split);
    result.state = why ? 'failed' : 'skipped';
    const skipped = result.inflatedBytes === 0 ? 'empty file' : split.skipped;
    result.reason =
      why || (split.isLike ? `${skipped}; it only contains the words of CloudTrail records` : skipped);
    result.damage = '';
    result.isSuspect = false;
    return;
  }
  result.damage ||= split.damage;
}

/** Why a file in which nothing of ours was found counts as one that could not be read; empty where it does not. */
function whyFailed(path: string, { damage, inflatedBytes }: FileResult, split: SplitResult): string {
  if (damage !== '' && damage !== BAD_UTF8) return damage;
  if (isTrailFileName(path))
    return `has the name of a trail file, but is ${inflatedBytes === 0 ? 'empty' : `no such file: ${split.skipped}`}`;
  // A text may speak of records; JSON with their fields is a form we do not know.
  return split.isLike && split.isJson
    ? `has the fields of CloudTrail records in a form that is not read: ${split.skipped}`
    : '';
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
