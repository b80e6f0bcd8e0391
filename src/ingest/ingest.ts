/** The pipeline: walk → what is new → read in workers → store in order → finish. */

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { FileResult } from '../batch.js';
import { codeOf, IndexError, InputError } from '../errors.js';
import { DEFAULT_LIMITS, type Limits } from '../read/file.js';
import { type Unreadable, type Walk, walk } from '../read/walk.js';
import { eventColumnBuilds } from '../store/event-columns.js';
import { analyze, eventIndexBuilds, lacksEventIndexes } from '../store/event-indexes.js';
import { INDEX_FILES } from '../store/index-file.js';
import { beginRun, endRun, type FileCounts, sealLedger } from '../store/ledger.js';
import { type Db, openForWriting } from '../store/open.js';
import { createWriter } from '../store/write.js';
import { VERSION } from '../version.js';
import { plan } from './plan.js';
import { readAll } from './readers.js';
import { updateTextIndex } from './text-threads.js';

export interface IngestOptions {
  /** Files, folders and globs. */
  inputs: readonly string[];
  /** The index, made when it does not exist. */
  db: string;
  /** Reading threads. Default: the cores. */
  jobs?: number;
  limits?: Partial<Limits>;
  /** Called a few times a second. */
  onProgress?: (progress: Progress) => void;
  /** Stops the run; what has been stored so far stays, and the next run goes on from there. */
  signal?: AbortSignal;
}

export interface Progress {
  phase: 'read' | 'index';
  /** Files to read in this run. */
  files: number;
  filesDone: number;
  /** Bytes on disk of those files. */
  bytes: number;
  bytesDone: number;
  records: number;
  seconds: number;
}

/** What a run did. files = indexed + unchanged + skipped + failed; records = stored + duplicate + rejected. */
export interface IngestSummary {
  /** Number of this run in the index's table `run`. */
  run: number;
  files: number;
  indexed: number;
  /** Those of the indexed files in which something was broken. */
  damaged: number;
  unchanged: number;
  skipped: number;
  failed: number;
  records: number;
  stored: number;
  duplicate: number;
  rejected: number;
  /** Stored records whose eventID stands for other content, too. */
  conflicting: number;
  /** Things in the tree that are no files or could not be reached. */
  unreadable: Unreadable[];
  interrupted: boolean;
  seconds: number;
}

/**
 * Indexes log files. Records land in the index together with their file's row of the ledger, so that a run that is
 * killed leaves every file either wholly in or not at all.
 * @throws IndexError `INDEX_BUSY`, `INDEX_DAMAGED`, `NOT_AN_INDEX`, `INDEX_TOO_NEW`, `INDEX_UNREADABLE`, `DISK_FULL`
 * @throws InputError `NO_INPUT`, `NO_SUCH_INPUT`, `BAD_JOBS`
 */
export async function ingest(options: IngestOptions): Promise<IngestSummary> {
  const { inputs, db: path, jobs = availableParallelism() } = options;
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new InputError('BAD_JOBS', `jobs must be a whole number from 1, not ${jobs}`);
  if (inputs.length === 0)
    throw new InputError('NO_INPUT', 'name at least one file, folder or glob to index');
  const began = performance.now();
  const index = resolve(path);
  const found = await walk(inputs, {
    exclude: INDEX_FILES.map(end => index + end),
  });
  const writing = openForWriting(path);
  try {
    const summary = await ingestFiles(writing.db, found, { ...options, jobs }, began);
    writing.settle();
    summary.seconds = (performance.now() - began) / 1000;
    endRun(writing.db, summary.run, summary);
    sealLedger(writing.db);
    return summary;
  } catch (error) {
    if (codeOf(error) !== 'SQLITE_FULL') throw error;
    throw diskFull(path, error);
  } finally {
    writing.close();
  }
}

/** The error for a disk without room: everything that was committed is sound. */
export function diskFull(path: string, cause: unknown): IndexError {
  const hint = 'free some space and run the same command again: it goes on where it stopped';
  return new IndexError('DISK_FULL', `the disk of ${path} is full`, hint, { cause });
}

async function ingestFiles(
  db: Db,
  { files, unreadable }: Walk,
  { inputs, db: path, jobs, limits, onProgress = () => {}, signal }: IngestOptions & { jobs: number },
  began: number,
): Promise<IngestSummary> {
  const bounds: Limits = { ...DEFAULT_LIMITS, ...limits };
  const run = beginRun(db, VERSION, inputs);
  const { tasks, unchanged, ...toRead } = plan(db, files, bounds);
  const summary: IngestSummary = { ...NOTHING, run, files: files.length, unchanged, unreadable };
  const progress: Progress = { phase: 'read', ...toRead, filesDone: 0, bytesDone: 0, records: 0, seconds: 0 };
  const report = (): void => onProgress({ ...progress, seconds: (performance.now() - began) / 1000 });

  if (tasks.length > 0) {
    report();
    const writer = createWriter(db, run);
    const seed = db.prepare("SELECT value FROM setting WHERE name = 'hash_seed'").pluck().get() as number;
    let stored: Array<() => void> = [];
    summary.interrupted = await readAll({
      tasks,
      jobs,
      setup: { seed, limits: bounds },
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
  }
  // A run that was killed may have left this undone.
  if (!summary.interrupted) {
    const lacksIndexes = tasks.length > 0 || lacksEventIndexes(db);
    const onBegin = (): void => {
      progress.phase = 'index';
      report();
    };
    if (lacksIndexes) onBegin();
    const meanwhile = derivedBuilds(db, lacksIndexes);
    await updateTextIndex({ db, path, jobs, meanwhile, signal, ...(lacksIndexes ? {} : { onBegin }) });
    summary.interrupted = signal?.aborted === true;
    if (lacksIndexes) analyze(db);
  }
  return summary;
}

/** What this thread builds while others build the index for text. */
export function* derivedBuilds(db: Db, lacksIndexes: boolean): Generator<() => void> {
  if (lacksIndexes) yield* eventIndexBuilds(db);
  yield* eventColumnBuilds(db);
}

const NOTHING = {
  indexed: 0,
  damaged: 0,
  skipped: 0,
  failed: 0,
  records: 0,
  stored: 0,
  duplicate: 0,
  rejected: 0,
  conflicting: 0,
  interrupted: false,
  seconds: 0,
};

function count(
  summary: IngestSummary,
  result: FileResult,
  { stored, duplicate, conflicting }: FileCounts,
): void {
  summary[result.state]++;
  if (result.damage) summary.damaged++;
  summary.records += result.records;
  summary.stored += stored;
  summary.duplicate += duplicate;
  summary.rejected += result.rejected;
  summary.conflicting += conflicting;
}
