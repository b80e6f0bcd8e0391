/** What the tests share: the real command, folders to work in, and small records. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { MessageChannel, receiveMessageOnPort, setEnvironmentData, Worker } from 'node:worker_threads';
import { gunzipSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { inject } from 'vitest';
import { afterEvery } from './endings.js';

export const ROOT = resolve(import.meta.dirname, '..');
export const CLI = join(ROOT, 'dist', 'bin', 'offtrail.js');
/** The function behind it. */
const COMMAND = join(ROOT, 'dist', 'bin', 'command-line.js');
export const SAMPLES = join(ROOT, 'sample-logs');
/** Public logs that are not part of this repository; tests on them skip where they are not there. */
export const REAL_DATA = resolve(ROOT, '..', 'shared', 'data');

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Surroundings {
  cwd?: string;
  /** Added to the environment of the tests. */
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs the built command in a process of its own: for tests of what a process is (its terminal and pipes, signals, limits,
 * environment), and for some of every verb (`test/command-line.test.ts`).
 */
export function offtrailProcess(args: readonly string[], { cwd, env }: Surroundings = {}): Ran {
  const ran: SpawnSyncReturns<string> = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
  });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

/** What a thread is not: verbs and options that start processes, and variables that are read once a process. */
const needsProcess = (args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean =>
  args[0] === 'web' ||
  (args[0] === 'sql' && args.some(word => /^--(timeout|memory)\b/.test(word))) ||
  ['TZ', 'NO_COLOR', 'FORCE_COLOR'].some(name => name in env);

/**
 * Runs the built command in a thread that is kept, which is faster by the start of a process (`offtrailProcess`): the same
 * words, output and exit code. With OFFTRAIL_TESTS=all or =processes each has a process after all.
 */
export function offtrail(args: readonly string[], surroundings: Surroundings = {}): Ran {
  if (/^(all|processes)$/.test(process.env.OFFTRAIL_TESTS ?? '')) return offtrailProcess(args, surroundings);
  if (needsProcess(args, surroundings.env)) throw new Error(`offtrailProcess: ${args.join(' ')}`);
  thread ??= commandThread();
  const before = process.cwd();
  if (surroundings.cwd !== undefined) process.chdir(surroundings.cwd);
  try {
    const { isBroken, ...ran } = thread.run(args, surroundings.env);
    if (isBroken) endThread();
    return ran;
  } finally {
    process.chdir(before);
  }
}

interface CommandThread {
  worker: Worker;
  run: (args: readonly string[], env?: NodeJS.ProcessEnv) => Ran & { isBroken: boolean };
}
/** Kept from file to file. */
let thread: CommandThread | undefined;
function endThread(): void {
  void thread?.worker.terminate();
  thread = undefined;
}

/** Longer than any command takes, shorter than a test may. */
const COMMAND_MS = 100_000;

function commandThread(): CommandThread {
  setEnvironmentData('offtrail.threads-keep-descriptors', true);
  const signal = new SharedArrayBuffer(4);
  const bell = new Int32Array(signal);
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(join(import.meta.dirname, 'command-thread.js'), {
    workerData: { command: COMMAND, cli: CLI, signal, port: port2 },
    trackUnmanagedFds: false,
    transferList: [port2],
    // Its own streams, which nobody reads: those that a command writes to are made for each.
    stdout: true,
    stderr: true,
  });
  worker.unref();
  port1.unref();
  return {
    worker,
    run(args, env = {}) {
      Atomics.store(bell, 0, 0);
      port1.postMessage({ args, more: env });
      if (Atomics.wait(bell, 0, 0, COMMAND_MS) === 'timed-out') {
        endThread();
        throw new Error(`no answer after ${COMMAND_MS / 1000} s: offtrail ${args.join(' ')}`);
      }
      return receiveMessageOnPort(port1)!.message as Ran & { isBroken: boolean };
    },
  };
}

const made: string[] = [];
afterEvery('file', () => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, gone after the tests of the file. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'offtrail-test-'));
  made.push(path);
  return path;
}

/** A folder for what several files of tests use, gone after the run. */
export const sharedFolder = (): string => mkdtempSync(join(dirname(inject('sampleIndex')), 'shared-'));

/** Writes a file below `root`, with its folders. */
export function put(root: string, path: string, bytes: string | Uint8Array): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
  return full;
}

export type TestRecord = Record<string, unknown>;

let next = 0;
/** A small record; each has an id of its own. */
export function record(more: TestRecord = {}): TestRecord {
  next++;
  return {
    eventVersion: '1.08',
    userIdentity: {
      type: 'IAMUser',
      arn: 'arn:aws:iam::111122223333:user/ana',
      accountId: '111122223333',
      userName: 'ana',
    },
    eventTime: `2024-03-01T00:00:${String(next % 60).padStart(2, '0')}Z`,
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: '[aws-cli/2.15]',
    requestParameters: { bucketName: 'my-bucket', key: `data/${next}.csv` },
    responseElements: null,
    eventID: `00000000-0000-4000-8000-${String(next).padStart(12, '0')}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    eventCategory: 'Data',
    ...more,
  };
}

export const records = (count: number): TestRecord[] => Array.from({ length: count }, () => record());
export const trail = (list: readonly TestRecord[]): string => JSON.stringify({ Records: list });
export const trailGz = (list: readonly TestRecord[]): Buffer => gzipSync(trail(list));
/** The first half of such a file. */
export function cutGz(list: readonly TestRecord[]): Buffer {
  const whole = trailGz(list);
  return whole.subarray(0, whole.length / 2);
}

/** A module as it is built. */
export const built = (path: string): Promise<unknown> => import(join(ROOT, 'dist', path));

/** Ingests `inputs` into an index in a folder of its own. */
export function ingestInto(inputs: readonly string[], more: readonly string[] = []): Ran & { db: string } {
  const db = join(folder(), 'test.db');
  return { db, ...offtrail(['ingest', ...inputs, '--db', db, ...more]) };
}

/**
 * Rows of a statement, as objects. Read in this process, with plain SQLite, as any other client reads an index:
 * what `offtrail sql` prints has tests of its own, and starting it costs a tenth of a second.
 */
export function query(db: string, sql: string): Array<Record<string, unknown>> {
  const index = new Database(db, { readonly: true });
  try {
    return index.prepare(sql).all() as Array<Record<string, unknown>>;
  } finally {
    index.close();
  }
}

/** An index of the sample tree, which is ingested once a run (`test/sample-index.ts`): a copy of the caller's own. */
export function sampleIndex(): string {
  const db = join(folder(), 'sample.db');
  copyFileSync(inject('sampleIndex'), db);
  return db;
}

/**
 * Some of many cases that take long together: every `step`-th, or all with OFFTRAIL_TESTS=all. Which ones does not change
 * from run to run.
 */
export const someOf = <T>(cases: readonly T[], step: number): T[] =>
  cases.filter((_, i) => process.env.OFFTRAIL_TESTS === 'all' || i % step === 0);

/** One number. */
export function count(db: string, sql: string): number {
  return Object.values(query(db, sql)[0]!)[0] as number;
}

export interface StatusJson {
  files: { total: number; indexed: number; damaged: number; skipped: number; failed: number };
  reasons: Array<{ state: string; reason: string; files: number }>;
  records: { total: number; stored: number; duplicate: number; rejected: number; conflicting: number };
}

export function statusOf(db: string): StatusJson {
  return JSON.parse(offtrail(['status', '--db', db, '--format', 'json']).stdout) as StatusJson;
}

/** All files below a folder. */
export function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
}

/** Every record of the sample tree's whole files, read without offtrail; events delivered twice come once. */
export function sampleRecords(): TestRecord[] {
  const byId = new Map<unknown, TestRecord>();
  for (const path of filesBelow(SAMPLES).filter(p => p.endsWith('.gz'))) {
    try {
      const { Records } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { Records?: TestRecord[] };
      for (const one of Records ?? []) byId.set(one.eventID, one);
    } catch {
      // The damaged file.
    }
  }
  return [...byId.values()];
}
