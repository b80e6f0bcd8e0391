/** The lines of an S3 server access log, which come in pieces: each is read and handed on, or rejected with its text. */

import { type AccessLine, createLine } from '../access-logs/layout.js';
import { parseLine } from '../access-logs/line.js';
import { MAX_REJECTED_TEXT } from '../batch.js';
import { CARRIAGE_RETURN, LINE_FEED, SPACE } from '../bytes/ascii.js';
import type { RecordSink } from './encoder.js';
import type { Splitter } from './splitter.js';

/** Container form, for the ledger. */
export const ACCESS_LOG_SHAPE = 'S3 server access log';

export interface LineOptions {
  /** Number of the file within its task. */
  file: number;
  sink: RecordSink;
  /** A longer line is rejected, in bytes. */
  maxRecordBytes: number;
}

/** Long: its functions share the bytes at hand. */
export function createLineReader({ file, sink, maxRecordBytes }: LineOptions): Splitter {
  const line: AccessLine = createLine();
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  /** Offset of `bytes[0]` in the file. */
  let base = 0;
  let ordinal = 0;
  let rejected = 0;
  let overLimit = false;
  /** Bytes of a line that is too long and was given up; 0 where there is none. */
  let lost = 0;

  function reject(from: number, to: number, reason: string, length: number): void {
    const raw = bytes.toString('utf8', from, Math.min(to, from + MAX_REJECTED_TEXT));
    sink.reject({ file, ordinal: ordinal++, offset: base + from, reason, raw, bytes: length, count: 1 });
    rejected++;
  }

  /** The line in `[from, to)`. */
  function take(from: number, to: number): void {
    if (isBlank(bytes, from, to)) return;
    if (to - from > maxRecordBytes) giveUp(from, to, to - from);
    else if (parseLine(bytes, from, to, line))
      sink.addLine?.(bytes, from, to, line, { file, ordinal: ordinal++ });
    else
      reject(
        from,
        to,
        `not a line of an S3 server access log: ${line.problem} (byte ${line.problemAt - from + 1} of the line)`,
        to - from,
      );
  }

  function giveUp(from: number, to: number, length: number): void {
    reject(from, to, `the line is longer than the limit of ${maxRecordBytes} bytes`, length);
    overLimit = true;
  }

  /** Passes over what is left of a line that was given up; false where it does not end here. */
  function passLost(): boolean {
    if (lost === 0) return true;
    const end = bytes.indexOf(LINE_FEED, at);
    at = end < 0 ? bytes.length : end + 1;
    if (end >= 0) lost = 0;
    return end >= 0;
  }

  function readLines(isLast: boolean): 'paused' | 'done' {
    if (base === 0 && at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
    if (!passLost()) return 'done';
    for (;;) {
      if (sink.isFull?.()) return 'paused';
      const end = bytes.indexOf(LINE_FEED, at);
      if (end < 0) break;
      take(at, end);
      at = end + 1;
    }
    if (isLast) take(at, bytes.length);
    else if (bytes.length - at > maxRecordBytes) {
      giveUp(at, bytes.length, bytes.length - at);
      lost = bytes.length - at;
    } else return 'done';
    at = bytes.length;
    return 'done';
  }

  return {
    push(piece, last) {
      if (piece.length > 0 || at > 0) {
        const added = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
        base += at;
        bytes = at === bytes.length ? added : Buffer.concat([bytes.subarray(at), added]);
        at = 0;
      }
      return readLines(last) === 'paused' ? 'paused' : last ? 'enough' : 'more';
    },
    result: () => ({
      shape: ACCESS_LOG_SHAPE,
      records: ordinal,
      rejected,
      skipped: '',
      isLike: false,
      isJson: false,
      damage: '',
      overLimit,
    }),
  };
}

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== SPACE && bytes[i] !== CARRIAGE_RETURN) return false;
  return true;
}
