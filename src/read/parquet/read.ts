/** The records of a Parquet file, row group by row group, each through what reads any other record. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ACCESS_LAKE_COLUMNS, lakeLine } from '../../access-logs/lake.js';
import type { Value } from '../../cloudtrail/row-value.js';
import { createLineReader } from '../access-file.js';
import type { RecordSink } from '../encoder.js';
import { ITEM_NAMES } from '../item-names.js';
import { Fault, lastScan, newMembers, scanMembers } from '../json-scan.js';
import { createTally, type SplitResult } from '../tally.js';
import { createInflate } from './codec.js';
import type { EventTable } from './event-table.js';
import { ParquetFault } from './fault.js';
import { type ByteSource, type Footer, isMagic, readFooter } from './footer.js';
import { readRows } from './rows.js';
import type { Meter } from './scalar.js';
import { eventTableOf, whatColumns } from './tables.js';

export interface ParquetReading {
  /** Number of the file within its task. */
  file: number;
  sink: RecordSink;
  /** A longer record is rejected, in bytes. */
  maxRecordBytes: number;
  /** Reading stops after so many bytes of inflated pages and of records. */
  maxFileBytes: number;
  /** Called when full batches can leave. */
  handOver: () => Promise<void>;
}

export interface ParquetResult extends SplitResult {
  /** True where a part of the file is damaged: any byte may be another than the one that was written. */
  isSuspect: boolean;
  /** True where `maxFileBytes` ended it. */
  isOverFileLimit: boolean;
  /** True where a text was not UTF-8. */
  isReplaced: boolean;
}

/** A row costs so many bytes of the limit at least: two billion rows of nothing must end, too. */
const ROW_COST = 256;
/** Rows without an event after which a file without any is no log. */
const GIVE_UP = 100_000;
/** Row groups whose damage is listed. */
const MAX_LISTED = 1000;

/** True where a file begins, or ends, as Parquet does. A broken beginning alone does not make it something else. */
export function isParquet({ size, read }: ByteSource): boolean {
  return size >= 4 && (isMagic(read(0, 4)) || (size > 12 && isMagic(read(size - 4, 4))));
}

/** Bytes at hand. */
export const sourceOfBytes = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  read(at, length) {
    if (at < 0 || length < 0 || at + length > bytes.length) throw new ParquetFault('a place beyond the file');
    return bytes.subarray(at, at + length);
  },
});

/** The bytes of a file, read where they are asked for; to be closed. */
export function sourceOfFile(path: string): ByteSource & { close(): void } {
  const fd = openSync(path, 'r');
  const { size } = fstatSync(fd);
  return {
    size,
    read(at, length) {
      if (at < 0 || length < 0 || at + length > size) throw new ParquetFault('a place beyond the file');
      const bytes = Buffer.allocUnsafe(length);
      for (let filled = 0; filled < length; ) {
        const got = readSync(fd, bytes, filled, length - filled, at + filled);
        if (got === 0) throw new ParquetFault('the file became shorter while it was read');
        filled += got;
      }
      return bytes;
    },
    close: () => closeSync(fd),
  };
}

/**
 * Reads the records of a Parquet file.
 * @throws ParquetFault where nothing of it can be read, and errors of the disk
 */
export async function readParquet(source: ByteSource, reading: ParquetReading): Promise<ParquetResult> {
  const footer = readFooter(source);
  const rows = receiverOf(footer, reading);
  const inflate = await createInflate();
  const meter: Meter = { inflated: 0, held: 0, isReplaced: false };
  const context = { source, inflate, meter };
  const lost: string[] = [];
  let isOverFileLimit = false;
  let taken = 0;
  for (const [number, group] of footer.rowGroups.entries()) {
    if (!rows.isWanted() || isOverFileLimit) break;
    let row = 0;
    try {
      for (const values of readRows(footer, group, context)) {
        taken += Math.max(ROW_COST, rows.take(values));
        row++;
        if (reading.sink.isFull?.()) await reading.handOver();
        isOverFileLimit = meter.inflated + taken > reading.maxFileBytes;
        if (isOverFileLimit || !rows.isWanted()) break;
      }
    } catch (error) {
      if (!(error instanceof ParquetFault)) throw error;
      // The other row groups have pages of their own.
      if (lost.length < MAX_LISTED)
        lost.push(
          `row group ${number + 1} of ${footer.rowGroups.length}, from row ${row + 1} of ${group.rows}: ${error.message}`,
        );
    }
  }
  await reading.handOver();
  return {
    ...rows.end(lost),
    isSuspect: lost.length > 0 || rows.hasSuspects(),
    isOverFileLimit,
    isReplaced: meter.isReplaced,
  };
}

/** What becomes of rows. */
interface Receiver {
  /** @returns bytes that were made of it */
  take(row: readonly Value[]): number;
  /** False where no further row can make a log of the file. */
  isWanted(): boolean;
  /** True where a row says that the record in it was suspect where it came from. */
  hasSuspects(): boolean;
  /** @param lost what is wrong with each row group that could not be read to its end */
  end(lost: readonly string[]): SplitResult;
}

function receiverOf(footer: Footer, reading: ParquetReading): Receiver {
  const names = footer.root.children.map(({ name }) => name);
  const isLines = ['form', 'line', ACCESS_LAKE_COLUMNS[0]!.name].every(name => names.includes(name));
  if (isLines) return createLineReceiver(names, reading);
  const table = eventTableOf(footer);
  return table ? createEventReceiver(table, footer.rows, reading) : noTable(whatColumns(footer));
}

const noTable = (skipped: string): Receiver => ({
  take: () => 0,
  isWanted: () => false,
  hasSuspects: () => false,
  end: () => ({ ...NO_RECORDS, shape: '', skipped }),
});

/** Of a file in which nothing was found. */
export const NO_RECORDS: SplitResult = {
  shape: '',
  records: 0,
  rejected: 0,
  skipped: '',
  isLike: false,
  isJson: false,
  damage: '',
  overLimit: false,
};

/** Long: its functions share the counts of one file. */
function createEventReceiver(
  table: EventTable,
  rows: number,
  { file, sink, maxRecordBytes }: ParquetReading,
): Receiver {
  const tally = createTally(file, sink, 0);
  const members = newMembers(ITEM_NAMES);
  let suspects = 0;
  let isUnused = true;
  let seen = 0;
  tally.noteShape(table.shape);
  if (rows === 0) tally.noteContainer();

  function takeRecord(bytes: Buffer, envelope: string | undefined): void {
    const end = scanMembers(bytes, 0, bytes.length, ITEM_NAMES, members);
    if (bytes.length > maxRecordBytes) {
      tally.noteOverLimit();
      reject(bytes, `longer than the limit of ${maxRecordBytes} bytes for one record`);
    } else if (end !== bytes.length)
      reject(bytes, end < 0 && lastScan.fault === Fault.TooDeep ? 'nested too deep' : 'broken JSON');
    else {
      const record = { bytes, start: 0, end, members };
      sink.add(
        record,
        { file, ordinal: tally.nextOrdinal() },
        envelope === undefined ? undefined : Buffer.from(envelope),
      );
      tally.stored();
    }
    isUnused = false;
  }

  const reject = (bytes: Buffer, reason: string): void => {
    tally.reject(-1, bytes, bytes.length, reason);
    isUnused = false;
  };

  return {
    take(row) {
      const verdict = table.judge(row);
      seen++;
      if ('foreign' in verdict) {
        tally.setAside(-1, NO_BYTES, verdict.foreign);
        return 0;
      }
      const bytes = Buffer.from('json' in verdict ? verdict.json : verdict.text, 'utf8');
      if ('broken' in verdict) reject(bytes, verdict.broken);
      else {
        if (verdict.isSuspect) suspects++;
        takeRecord(bytes, verdict.envelope);
      }
      return bytes.length;
    },
    isWanted: () => !isUnused || seen < GIVE_UP,
    hasSuspects: () => suspects > 0,
    end(lost) {
      const [first] = lost;
      if (isUnused && first !== undefined)
        return { ...NO_RECORDS, shape: table.shape, skipped: first, damage: first };
      for (const reason of lost) tally.reject(-1, NO_BYTES, 0, `rows that cannot be read: ${reason}`);
      if (first !== undefined)
        tally.noteDamage(`${first}${lost.length > 1 ? `, and ${lost.length - 1} more` : ''}`);
      else if (suspects > 0)
        tally.noteDamage(
          `${suspects} of its rows were suspect (is_suspect) in the index they were exported from`,
        );
      return tally.result();
    },
  };
}

const NO_BYTES = Buffer.alloc(0);
const LINE_FEED = 0x0a;

/** Lines of access logs: a lake gives each back as it was. */
function createLineReceiver(
  names: readonly string[],
  { file, sink, maxRecordBytes }: ParquetReading,
): Receiver {
  const reader = createLineReader({ file, sink, maxRecordBytes });
  let suspects = 0;
  let foreign = 0;
  return {
    take(row) {
      const values = Object.fromEntries(names.map((name, i) => [name, row[i]]));
      if (values.is_suspect === true) suspects++;
      // Text where its bytes are text.
      const line = typeof values.line === 'string' ? Buffer.from(values.line) : lakeLine(values);
      if (!line || line.includes(LINE_FEED)) {
        foreign++;
        return 0;
      }
      reader.push(Buffer.concat([line, LINE_END]), false);
      return line.length;
    },
    isWanted: () => true,
    hasSuspects: () => suspects > 0,
    end(lost) {
      reader.push(NO_BYTES, true);
      const result = reader.result();
      const wrong = [
        ...lost.map(reason => `rows that cannot be read: ${reason}`),
        ...(foreign > 0 ? [`${foreign} rows without a line of an access log`] : []),
      ];
      for (const [i, reason] of wrong.entries())
        sink.reject({ file, ordinal: result.records + i, offset: -1, reason, raw: '', bytes: 0, count: 1 });
      const damage =
        wrong[0] ??
        (suspects > 0
          ? `${suspects} of its rows were suspect (is_suspect) in the index they were exported from`
          : '');
      return {
        ...result,
        shape: `Parquet, ${result.shape}`,
        records: result.records + wrong.length,
        rejected: result.rejected + wrong.length,
        damage,
        skipped: '',
      };
    },
  };
}

const LINE_END = Buffer.of(LINE_FEED);
