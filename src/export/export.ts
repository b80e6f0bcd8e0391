/** Writes events, or lines of access logs, into a file of one of several forms, or into a lake. */

import { resolve } from 'node:path';
import { UsageError } from '../errors.js';
import type { Spelling } from '../query/columns/spelling.js';
import type { LogSource } from '../query/log-source.js';
import { createMarks, type Mark } from '../query/marks.js';
import { beginReading } from '../query/snapshot.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { createRows } from './rows.js';
import { type SelectionOptions, selected } from './selection.js';
import { type ExportForm, type Target, targetOf } from './target.js';
import { linePieces, recordPieces, rowPieces } from './texts.js';
import { checkFree, writeWholeFile } from './whole-file.js';

export interface ExportOptions extends SelectionOptions {
  /** Columns of CSV, JSON lines and Parquet files. Default: all but the keys of the index. */
  columns?: readonly string[] | undefined;
  /** Whether a file of this name is replaced. Default false; a lake is added to in any case. */
  force?: boolean | undefined;
  /** Stops the export. A file is not there then; of a lake what was written stays. */
  signal?: AbortSignal | undefined;
  /** Told now and then how far it is. */
  onProgress?: ((progress: ExportProgress) => void) | undefined;
}

export interface ExportProgress {
  /** Events or lines so far. */
  rows: number;
  /** How many there will be; undefined where that is not known before they are read. */
  total: number | undefined;
  /** Bytes written so far; undefined for Parquet files. */
  bytes: number | undefined;
  /** Seconds since the export began. */
  seconds: number;
}

/** A file of an export. */
export interface ExportedFile {
  /** Of a lake, below its folder. */
  path: string;
  /** Events or lines in it. */
  rows: number;
  /** Its size. */
  bytes: number;
  /** Of the file's bytes, in hex. */
  sha256: string;
}

export interface Exported {
  /** What the name of the target says. */
  form: ExportForm;
  /** What was exported: events, or lines. */
  source: LogSource;
  /** Events or lines that were found. */
  rows: number;
  /** How many of them were written: of a lake, those that it did not have; 0 where a file was stopped. */
  added: number;
  /** How many of them the lake had already. */
  kept: number;
  /** The file; of a lake, all its files, and of one that was stopped none is named. None where nothing was found. */
  files: ExportedFile[];
  /** How many of them are marked. */
  marked: Record<Mark, number>;
  /** Records whose surroundings in their log file the form has no place for (column envelope). */
  withoutEnvelope: number;
  /** False where the index for text is incomplete or damaged. The export then reads more, and misses nothing. */
  isCovered: boolean;
  /** How filter values that no event has were understood. */
  spellings: readonly Spelling[];
  /** Whether it was stopped by the signal. */
  interrupted: boolean;
  /** Seconds that it took. */
  seconds: number;
}

/** Forms that are always in order of time: their statistics let engines pass over what they do not need. */
const IN_ORDER: readonly ExportForm[] = ['lake', 'parquet'];
/** Forms that have columns to choose. */
const WITH_COLUMNS: readonly ExportForm[] = ['parquet', 'csv', 'jsonl'];

/**
 * Exports what filters and texts select. Nothing is written where they select nothing.
 * @param to a file whose ending names the form, or a folder
 * @throws UsageError `BAD_VALUE`, `FILE_EXISTS`, `NO_SUCH_COLUMN`, and those of `events` and `search`; IndexError
 *   `DISK_FULL`, `FILE_UNWRITABLE`
 */
export async function exportTo(db: Db, to: string, options: ExportOptions, now: Date): Promise<Exported> {
  const { columns, force = false, signal, onProgress, ...selection } = options;
  const { source = 'cloudtrail' } = selection;
  const target = targetOf(to, source);
  checkForm(target, options);
  if (target.form !== 'lake') checkPlace(db, target.path, force);
  const write = await writerOf(db, target, source, columns, selection);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const end = beginReading(db);
  try {
    const { ids, spellings, total, isCovered } = selected(db, selection, now);
    const seen = watched(db, ids, target.form, source);
    const onWritten = (so: { rows?: number; bytes?: number }): void =>
      onProgress?.({ rows: so.rows ?? seen.rows, total, bytes: so.bytes, seconds: seconds() });
    const written = await untilStopped(signal, async () =>
      seen.isEmpty ? NOTHING : await write(seen.ids, { force, signal, onWritten }),
    );
    const { files, added = seen.rows, kept = 0 } = written ?? { ...NOTHING, added: 0 };
    return {
      ...{ form: target.form, source, rows: seen.rows, added, kept, marked: seen.marked, spellings },
      files: files.map(file => ({ rows: seen.rows, ...file })),
      withoutEnvelope: seen.enveloped,
      isCovered: isCovered(),
      interrupted: written === undefined,
      seconds: seconds(),
    };
  } finally {
    end();
  }
}

/** @throws UsageError `BAD_VALUE` for options that the form does not have */
function checkForm({ path, form }: Target, { columns, order }: ExportOptions): void {
  if (columns !== undefined && !WITH_COLUMNS.includes(form))
    throw new UsageError(
      'BAD_VALUE',
      `${path} is to hold whole ${form === 'lines' ? 'lines' : 'records'}: there are no \`columns\` to choose`,
      'leave them out, or name a file that ends in .csv, .jsonl or .parquet',
    );
  if (order === 'newest' && IN_ORDER.includes(form))
    throw new UsageError(
      'BAD_VALUE',
      'Parquet files are in order of time, oldest first',
      'leave out `order`, or name a file that ends in .csv, .jsonl or .json.gz',
    );
}

/** @throws UsageError `FILE_EXISTS`, also for what must not be replaced at all: evidence */
function checkPlace(db: Db, path: string, force: boolean): void {
  checkFree(path, force);
  const isLogFile = prepared(db, 'SELECT 1 FROM file WHERE path = ?').get(resolve(path)) !== undefined;
  if (force && isLogFile)
    throw new UsageError('FILE_EXISTS', `${path} is one of the log files of the index`, 'name another file');
}

interface Watched {
  /** Those that are left to write; `rows` and the rest count them. */
  ids: Iterable<number>;
  isEmpty: boolean;
  rows: number;
  marked: Record<Mark, number>;
  enveloped: number;
}

/** Counts what passes, and knows at once whether anything does. */
function watched(db: Db, ids: Iterable<number>, form: ExportForm, source: LogSource): Watched {
  const marksOf = createMarks(db, source);
  const hasEnvelope = prepared(db, 'SELECT envelope IS NOT NULL FROM detail WHERE id = ?').pluck();
  const iterator = ids[Symbol.iterator]();
  const first = iterator.next();
  const seen: Watched = {
    ids: passing(),
    isEmpty: first.done === true,
    rows: 0,
    marked: { suspect: 0, removed: 0 },
    enveloped: 0,
  };
  function* passing(): Generator<number> {
    try {
      for (let next = first; !next.done; next = iterator.next()) {
        const id = next.value;
        seen.rows++;
        for (const mark of marksOf(id)) seen.marked[mark]++;
        if (form === 'records' && hasEnvelope.get(id) === 1) seen.enveloped++;
        yield id;
      }
    } finally {
      iterator.return?.();
    }
  }
  return seen;
}

/** What the work gives; undefined where the signal stopped it. */
async function untilStopped<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

type Pieces = Iterable<string | Uint8Array>;

interface WriteOptions {
  force: boolean;
  signal: AbortSignal | undefined;
  onWritten(so: { rows?: number; bytes?: number }): void;
}

/** What was written; without `added` everything that was found. */
interface Written {
  files: Array<Omit<ExportedFile, 'rows'> & { rows?: number }>;
  added?: number;
  kept?: number;
}
const NOTHING: Written = { files: [] };

type Writer = (ids: Iterable<number>, options: WriteOptions) => Promise<Written>;

/** What writes a form. Throws on bad columns now, not when the first event is written; loads what the form needs alone. */
async function writerOf(
  db: Db,
  { path, form, isGzip }: Target,
  source: LogSource,
  columns: readonly string[] | undefined,
  selection: SelectionOptions,
): Promise<Writer> {
  const text =
    (piecesOf: (ids: Iterable<number>) => Pieces | Promise<Pieces>): Writer =>
    async (ids, { onWritten, ...options }) => {
      const onBytes = (bytes: number): void => onWritten({ bytes });
      return { files: [await writeWholeFile(path, await piecesOf(ids), { isGzip, onBytes, ...options })] };
    };
  switch (form) {
    case 'csv':
    case 'jsonl': {
      const rows = createRows(db, source, columns);
      return text(ids => rowPieces(form, ids, rows));
    }
    case 'records':
      return text(ids => recordPieces(db, ids));
    case 'lines':
      return text(ids => linePieces(db, ids));
    case 'parquet': {
      const [{ writeParquetFile }, { fileColumns }] = await Promise.all([
        import('./parquet-file.js'),
        import('./encoder.js'),
      ]);
      fileColumns(source, columns, true);
      return async (ids, { onWritten, ...options }) => {
        const onProgress = (rows: number): void => onWritten({ rows });
        return {
          files: [
            { path, ...(await writeParquetFile(db, ids, path, { source, columns, onProgress, ...options })) },
          ],
        };
      };
    }
    case 'lake': {
      const { writeLake } = await import('./lake.js');
      const madeFrom = [madeFromText(db, selection)];
      return (ids, { onWritten, signal }) =>
        writeLake(db, ids, path, { source, signal, madeFrom, onProgress: rows => onWritten({ rows }) });
    }
  }
}

/** What was asked for, as the README of a lake says it: the index and the filters. */
function madeFromText(db: Db, { source, order, ...selection }: SelectionOptions): string {
  const asked = Object.entries(selection).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [`${name} ${JSON.stringify(value)}`],
  );
  return `${resolve(db.name)}: ${asked.length > 0 ? asked.join(', ') : 'everything'}`;
}
