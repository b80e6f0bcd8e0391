/** The pipeline: walk → what is new → read in workers → store in order → finish. */

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { FileResult } from '../batch.js';
import { UsageError } from '../errors.js';
import { checkOptions, type OptionKinds } from '../option-kinds.js';
import { DEFAULT_LIMITS, type Limits } from '../read/file.js';

export type { Limits, Timings, Unreadable };

import { updateEvidence } from '../integrity/evidence.js';
import { type Unreadable, type Walk, walk } from '../read/walk.js';
import { columnBuilds } from '../store/columns/segments.js';
import { analyze, eventIndexBuilds, isWorthAnalyzing, lacksEventIndexes } from '../store/event-indexes.js';
import { writingFailed } from '../store/failure.js';
import { INDEX_FILES } from '../store/index-file.js';
import { beginRun, endRun, type FileCounts, planRun, sealLedger, unsealLedger } from '../store/ledger.js';
import { type Db, openForWriting, type WriterHandle } from '../store/open.js';
import { updateRequests } from '../store/request-rows.js';
import { deleteReplaced } from '../store/versions.js';
import { VERSION } from '../version.js';
import { type Flaws, flawsOf, NO_FLAWS } from './flaws.js';
import { createIngestWriter, LOAD_LIMITS, type LoadLimits } from './loading.js';
import { plan } from './plan.js';
import { jobsFor, readAll } from './readers.js';
import { type TextIndexOptions, updateTextIndex } from './text-threads.js';
import { createStopwatch, type Stopwatch, type Timings } from './timings.js';

export interface IngestOptions {
  /** Files, folders and globs. */
  inputs: readonly string[];
  /** The index, made when it does not exist. */
  db: string;
  /** Reading threads. Default: the cores; none where there is little to read. */
  jobs?: number | undefined;
  /** Bounds on hostile or broken input. Default: `maxRecordBytes` 16 MiB, `maxFileBytes` 16 GiB. */
  limits?: Partial<Limits> | undefined;
  /**
   * Also reads files whose size and modification time are those of the last time, and compares their SHA-256; those that
   * differ are indexed again. Default false.
   */
  check?: boolean | undefined;
  /**
   * Deletes the events that earlier versions of these files held and the files, as they are now, hold no longer: cut or
   * unreadable files included. Default false: such events stay, marked as removed.
   */
  replace?: boolean | undefined;
  /** Called a few times a second. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the run; what has been stored so far stays, and the next run goes on from there. */
  signal?: AbortSignal | undefined;
}

const OPTIONS = {
  ...{ inputs: 'list', db: 'text', check: 'flag', replace: 'flag', onProgress: 'function', signal: 'signal' },
  // Checked below.
  jobs: 'any',
  limits: { maxRecordBytes: 'bytes', maxFileBytes: 'bytes' } satisfies OptionKinds<Limits>,
} as const satisfies OptionKinds<IngestOptions>;

export interface Progress {
  /** `read` while files are read, `index` while indexes are built. */
  phase: 'read' | 'index';
  /** Files to read in this run. */
  files: number;
  /** Those of them that were read. */
  filesDone: number;
  /** Bytes on disk of those files. */
  bytes: number;
  /** Those of them that were read. */
  bytesDone: number;
  /** Records read so far. */
  records: number;
  /** Seconds since the run began. */
  seconds: number;
}

/**
 * What a run did. files = indexed + unchanged + skipped + failed; records = stored + duplicate + rejected. The flaws at
 * this level are those of the files that the run read.
 */
export interface IngestSummary extends Flaws {
  /** Number of this run in the index's table `run`. */
  run: number;
  /** Files found below the inputs. */
  files: number;
  /** Files whose records are in the index now. */
  indexed: number;
  /** Files that the index has as they are; they were not read. */
  unchanged: number;
  /** Files that are not logs, with the reason in the ledger. */
  skipped: number;
  /** Files that could not be read, with the reason in the ledger. */
  failed: number;
  /** Items that claimed to be records, in the files that were read. */
  records: number;
  /** Those that are events of the index now; of a file that was read again, also those that were before. */
  stored: number;
  /** Records that the index had already. */
  duplicate: number;
  /** Stored records whose eventID stands for other content, too. */
  conflicting: number;
  /**
   * Parts of the index for text and of the columns that were damaged or of an older form: they were built again, or will be
   * by the next ingest where this one was interrupted.
   */
  repaired: number;
  /** Flaws of the files that were not read, because they are unchanged. */
  known: Flaws;
  /** Entries in the tree that are not files or could not be reached. */
  unreadable: Unreadable[];
  /** True where `signal` stopped the run. */
  interrupted: boolean;
  /** Seconds that it took. */
  seconds: number;
  /** Where they went. */
  timings: Timings;
}

/**
 * Indexes log files. Records land in the index together with their file's row of the ledger, so that a run that is
 * killed leaves every file either wholly in or not at all.
 * @throws IndexError `INDEX_BUSY`, `INDEX_DAMAGED`, `NOT_AN_INDEX`, `INDEX_TOO_OLD`, `INDEX_TOO_NEW`, `INDEX_UNREADABLE`,
 *   `INDEX_UNWRITABLE`, `DISK_FULL`
 * @throws UsageError `UNKNOWN_OPTION`, `BAD_VALUE`, `NO_INPUT`, `NO_SUCH_INPUT`, `BAD_JOBS`
 * @example
 * const { stored, duplicate, rejected } = await ingest({ inputs: ['./AWSLogs'], db: 'offtrail.db' });
 */
export function ingest(options: IngestOptions): Promise<IngestSummary> {
  return ingestTree(options, LOAD_LIMITS);
}

/** The same with other limits for when it is loaded. */
export async function ingestTree(options: IngestOptions, load: LoadLimits): Promise<IngestSummary> {
  checkOptions(options, OPTIONS, ['inputs', 'db']);
  const { inputs, db: path, jobs } = options;
  if (jobs !== undefined && (!Number.isInteger(jobs) || jobs < 1))
    throw new UsageError('BAD_JOBS', `\`jobs\` must be a whole number from 1, not ${jobs}`);
  if (inputs.length === 0)
    throw new UsageError('NO_INPUT', 'name at least one file, folder or glob to index');
  const began = performance.now();
  const watch = createStopwatch();
  const index = resolve(path);
  const found = await walk(inputs, {
    exclude: INDEX_FILES.map(end => index + end),
  });
  watch.lap('walk');
  try {
    return await withWriting(path, async writing => {
      const summary = await ingestFiles(writing, found, { ...options, load, watch }, began);
      writing.settle();
      watch.lap('settle');
      summary.seconds = (performance.now() - began) / 1000;
      endRun(writing.db, summary.run, summary);
      sealLedger(writing.db);
      return summary;
    });
  } catch (error) {
    throw writingFailed(path, error);
  }
}

async function withWriting<T>(path: string, work: (writing: WriterHandle) => Promise<T>): Promise<T> {
  const writing = openForWriting(path);
  try {
    return await work(writing);
  } finally {
    writing.close();
  }
}

async function ingestFiles(
  writing: WriterHandle,
  { files, unreadable }: Walk,
  options: IngestOptions & { load: LoadLimits; watch: Stopwatch },
  began: number,
): Promise<IngestSummary> {
  const { db } = writing;
  const { inputs, db: path, jobs = availableParallelism(), onProgress = () => {}, signal } = options;
  const { check = false, replace = false, load, watch } = options;
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const absolute = inputs.map(input => resolve(input));
  const run = beginRun(db, VERSION, absolute);
  const { tasks, unchanged, alike, ...toRead } = plan(db, files, limits, check);
  planRun(db, run, { files: files.length, unchanged: alike });
  watch.lap('compare');
  const { timings } = watch;
  const summary: IngestSummary = { ...NOTHING, run, files: files.length, unchanged, unreadable, timings };
  const progress: Progress = { phase: 'read', ...toRead, filesDone: 0, bytesDone: 0, records: 0, seconds: 0 };
  const report = (): void => onProgress({ ...progress, seconds: (performance.now() - began) / 1000 });

  /** A function of its own: what the writer remembers of ids must not outlive it. */
  async function readFiles(): Promise<void> {
    const writer = createIngestWriter(writing, run, toRead.bytes, load, watch);
    const seed = db.prepare("SELECT value FROM setting WHERE name = 'hash_seed'").pluck().get() as number;
    let stored: Array<() => void> = [];
    const reading = readAll({
      tasks,
      jobs: options.jobs ?? jobsFor(toRead.bytes, jobs),
      setup: { seed, limits },
      writer,
      report,
      signal,
      onFile(result, counts) {
        progress.filesDone++;
        progress.bytesDone += result.size;
        progress.records += result.records;
        stored.push(() => count(summary, result, counts));
      },
      onCommit() {
        for (const add of stored) add();
        stored = [];
      },
    });
    summary.interrupted = await writer.closeAfter(reading);
    writing.finishLoad();
  }

  if (tasks.length > 0) {
    report();
    await readFiles();
    watch.lap('link');
  }
  const paths = new Set(files.map(({ path }) => path));
  if (replace && !summary.interrupted) {
    unsealLedger(db);
    deleteReplaced(db, paths);
  }
  Object.assign(summary, flawsOf(db, run, paths));
  if (!summary.interrupted) updateEvidence(db);
  // A run that was killed may have left this undone.
  if (!summary.interrupted) {
    const lacksIndexes = tasks.length > 0 || lacksEventIndexes(db);
    const onBegin = (): void => {
      progress.phase = 'index';
      report();
    };
    if (lacksIndexes) onBegin();
    const building = { db, path, jobs, signal, ...(lacksIndexes ? {} : { onBegin }) };
    summary.repaired = await buildIndexes(building, lacksIndexes, summary.stored);
    summary.interrupted = signal?.aborted === true;
    watch.lap('index');
  }
  return summary;
}

/**
 * Builds what of the indexes is missing or damaged.
 * @param added events of this run
 * @returns how many parts were damaged
 */
async function buildIndexes(
  options: TextIndexOptions,
  lacksIndexes: boolean,
  added: number,
): Promise<number> {
  const { db } = options;
  let damaged = 0;
  function* meanwhile(): Generator<() => void> {
    yield* derivedBuilds(db, lacksIndexes, () => damaged++);
    if (lacksIndexes && isWorthAnalyzing(db, added)) yield () => analyze(db);
  }
  const ofText = await updateTextIndex({ ...options, meanwhile: meanwhile() });
  return ofText + damaged;
}

/** What this thread builds while others build the index for text. */
export function* derivedBuilds(db: Db, lacksIndexes: boolean, onDamaged?: () => void): Generator<() => void> {
  if (lacksIndexes) yield* eventIndexBuilds(db);
  yield* columnBuilds(db, onDamaged);
  yield () => updateRequests(db);
}

const NOTHING = {
  ...NO_FLAWS,
  known: NO_FLAWS,
  ...{ indexed: 0, skipped: 0, failed: 0 },
  records: 0,
  stored: 0,
  duplicate: 0,
  conflicting: 0,
  repaired: 0,
  interrupted: false,
  seconds: 0,
};

function count(
  summary: IngestSummary,
  result: FileResult,
  { stored, duplicate, conflicting }: FileCounts,
): void {
  summary[result.state]++;
  if (result.state === 'unchanged') return;
  summary.records += result.records;
  summary.stored += stored;
  summary.duplicate += duplicate;
  summary.conflicting += conflicting;
}
