/** The pipeline: walk → what is new → read in workers → store in order → finish. */

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Batch, FileResult } from '../batch.js';
import { codeOf, IndexError, InputError } from '../errors.js';
import { DEFAULT_LIMITS, type Limits } from '../read/file.js';
import { pathHints } from '../read/path-hints.js';
import { type FoundFile, type Unreadable, walk } from '../read/walk.js';
import { beginRun, endRun, forgetFiles, type KnownFile, knownFiles } from '../store/ledger.js';
import { type Db, openForWriting } from '../store/open.js';
import { createWriter, type FileCounts, type LedgerFile, type Writer } from '../store/write.js';
import { VERSION } from '../version.js';
import type { ToWorker, WorkerSetup } from './messages.js';

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
  phase: 'walk' | 'read' | 'index';
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

/** A task ends at whichever comes first. Many files a message, because a message costs more than a small file. */
const TASK_FILES = 256;
const TASK_BYTES = 2 << 20;
/** A transaction ends at the first end of a task past this many bytes of records. */
const COMMIT_BYTES = 48 << 20;

interface Task {
  number: number;
  files: LedgerFile[];
  bytes: number;
}

/**
 * Indexes log files. Records land in the index together with their file's row of the ledger, so that a run that is
 * killed leaves every file either wholly in or not at all.
 * @throws IndexError `INDEX_BUSY`, `NOT_AN_INDEX`, `INDEX_TOO_NEW`, `INDEX_UNREADABLE`, `DISK_FULL`
 * @throws InputError `NO_SUCH_INPUT`, `BAD_JOBS`
 */
export async function ingest({
  inputs,
  db: dbPath,
  jobs = availableParallelism(),
  limits = {},
  onProgress = () => {},
  signal,
}: IngestOptions): Promise<IngestSummary> {
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new InputError('BAD_JOBS', `jobs must be a whole number from 1, not ${jobs}`);
  if (inputs.length === 0)
    throw new InputError('NO_INPUT', 'name at least one file, folder or glob to index');
  const began = performance.now();
  const summary = emptySummary();
  const index = resolve(dbPath);
  const { files, unreadable } = await walk(inputs, {
    exclude: ['', '-wal', '-shm', '-journal', '-ingest'].map(end => index + end),
  });
  summary.files = files.length;
  summary.unreadable = unreadable;

  const writerHandle = openForWriting(dbPath);
  try {
    const { db } = writerHandle;
    const runId = beginRun(db, VERSION, inputs);
    const { toRead, unchanged } = whatToRead(db, files);
    summary.unchanged = unchanged;
    if (toRead.length > 0) {
      const writer = createWriter(db, runId);
      const progress: Progress = {
        phase: 'read',
        files: toRead.length,
        filesDone: 0,
        bytes: toRead.reduce((sum, f) => sum + f.size, 0),
        bytesDone: 0,
        records: 0,
        seconds: 0,
      };
      const report = (): void => onProgress({ ...progress, seconds: (performance.now() - began) / 1000 });
      report();
      const onFile = (result: FileResult, counts: FileCounts): void => {
        count(summary, result, counts);
        progress.filesDone++;
        progress.bytesDone += result.size;
        progress.records += result.records;
      };
      const seed = db.prepare("SELECT value FROM setting WHERE name = 'hash_seed'").pluck().get() as number;
      const setup: WorkerSetup = { seed, limits: { ...DEFAULT_LIMITS, ...limits } };
      summary.interrupted = await readAll({
        tasks: makeTasks(toRead),
        jobs,
        setup,
        writer,
        onFile,
        report,
        signal,
      });
      if (!summary.interrupted) {
        progress.phase = 'index';
        report();
        writer.finish();
      }
    }
    writerHandle.settle();
    summary.seconds = (performance.now() - began) / 1000;
    endRun(db, runId, { ...summary, unreadable: unreadable.length });
    return summary;
  } catch (error) {
    if (codeOf(error) === 'SQLITE_FULL') {
      throw new IndexError(
        'DISK_FULL',
        `the disk of ${dbPath} is full`,
        'free some space and run the same command again: it goes on where it stopped',
        { cause: error },
      );
    }
    throw error;
  } finally {
    writerHandle.close();
  }
}

/** Compares the files found with the ledger. Files that failed before are tried again. */
function whatToRead(
  db: Db,
  files: FoundFile[],
): { toRead: Array<FoundFile & { id: number }>; unchanged: number } {
  const known = knownFiles(db);
  const changed: number[] = [];
  const isUnchanged = (file: FoundFile, before: KnownFile): boolean =>
    before.state !== 'failed' && before.size === file.size && before.mtimeNs === file.mtimeNs;
  const fresh: FoundFile[] = [];
  let unchanged = 0;
  for (const file of files) {
    const before = known.get(file.path);
    if (before && isUnchanged(file, before)) unchanged++;
    else {
      if (before) changed.push(before.id);
      fresh.push(file);
    }
  }
  forgetFiles(db, changed);
  let next = (db.prepare('SELECT coalesce(max(id), 0) FROM file').pluck().get() as number) + 1;
  return { toRead: fresh.map(file => ({ ...file, id: next++ })), unchanged };
}

/** Consecutive files are read together: many small ones, or one large. */
function makeTasks(files: ReadonlyArray<FoundFile & { id: number }>): Task[] {
  const tasks: Task[] = [];
  let task: Task | undefined;
  for (const file of files) {
    if (!task || task.files.length >= TASK_FILES || task.bytes + file.size > TASK_BYTES) {
      task = { number: tasks.length, files: [], bytes: 0 };
      tasks.push(task);
    }
    task.files.push({ id: file.id, path: file.path, ...pathHints(file.path) });
    task.bytes += file.size;
  }
  return tasks;
}

interface ReadAll {
  tasks: Task[];
  jobs: number;
  setup: WorkerSetup;
  writer: Writer;
  onFile: (result: FileResult, counts: FileCounts) => void;
  report: () => void;
  signal: AbortSignal | undefined;
}

/**
 * Reads the tasks in workers and stores their batches in the order of the tasks, whichever worker is ahead: the
 * same tree gives the same index, and no file is half written when a transaction ends.
 * @returns true where the signal stopped it
 */
async function readAll({ tasks, jobs, setup, writer, onFile, report, signal }: ReadAll): Promise<boolean> {
  const workers = Array.from({ length: Math.min(jobs, tasks.length) }, () => startWorker(setup));
  const waiting = new Map<number, Array<{ batch: Batch; worker: number }>>();
  let nextToSend = 0;
  let nextToStore = 0;
  let uncommitted = 0;
  let open = false;

  const send = (worker: number): void => {
    const task = tasks[nextToSend];
    if (!task) return;
    nextToSend++;
    workers[worker]!.postMessage({
      type: 'task',
      task: task.number,
      paths: task.files.map(f => f.path),
    } satisfies ToWorker);
  };

  function store(batch: Batch, worker: number): void {
    if (!open) writer.begin();
    open = true;
    writer.write(batch, tasks[batch.task]!.files, worker, onFile);
    uncommitted += batch.payload.byteLength;
    const { buffer } = batch.payload;
    workers[worker]!.postMessage({ type: 'stored', buffer } satisfies ToWorker, [buffer]);
    if (!batch.last) return;
    nextToStore++;
    if (uncommitted < COMMIT_BYTES) return;
    writer.commit();
    open = false;
    uncommitted = 0;
  }

  try {
    return await new Promise<boolean>((done, fail) => {
      let storing = false;
      let lastReport = 0;
      // One batch a turn, so that signals and other workers' messages get theirs.
      const turn = (): void => {
        storing = false;
        if (signal?.aborted) {
          done(true);
          return;
        }
        const next = waiting.get(nextToStore)?.shift();
        if (!next) return;
        const task = nextToStore;
        try {
          store(next.batch, next.worker);
        } catch (error) {
          fail(error);
          return;
        }
        if (nextToStore > task) waiting.delete(task);
        if (performance.now() - lastReport > 100) {
          lastReport = performance.now();
          report();
        }
        if (nextToStore === tasks.length) done(false);
        else schedule();
      };
      const schedule = (): void => {
        if (storing) return;
        storing = true;
        setImmediate(turn);
      };
      signal?.addEventListener('abort', schedule, { once: true });
      workers.forEach((worker, number) => {
        worker.on('message', (batch: Batch) => {
          const list = waiting.get(batch.task);
          if (list) list.push({ batch, worker: number });
          else waiting.set(batch.task, [{ batch, worker: number }]);
          if (batch.last) send(number);
          schedule();
        });
        worker.on('error', fail);
        // One task ahead, so that no worker waits for the main thread.
        send(number);
      });
      workers.forEach((_, number) => {
        send(number);
      });
    });
  } catch (error) {
    writer.rollback();
    open = false;
    throw error;
  } finally {
    // What a stopped run has in its open transaction may end inside a file.
    if (open && nextToStore === tasks.length) writer.commit();
    else if (open) writer.rollback();
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

function startWorker(setup: WorkerSetup): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { workerData: setup });
}

function emptySummary(): IngestSummary {
  return {
    files: 0,
    indexed: 0,
    damaged: 0,
    unchanged: 0,
    skipped: 0,
    failed: 0,
    records: 0,
    stored: 0,
    duplicate: 0,
    rejected: 0,
    conflicting: 0,
    unreadable: [],
    interrupted: false,
    seconds: 0,
  };
}

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
