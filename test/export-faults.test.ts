/** An export that is stopped, killed or has no room leaves no partial file under a name that anybody reads. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeWholeFile } from '../src/export/whole-file.js';
import type { EventIndex } from '../src/index.js';
import { built, CLI, filesBelow, folder, put, records, trail } from './support.js';

const { ingest, openIndex } = (await built('index.js')) as typeof import('../src/index.js');

let db: string;
let index: EventIndex;
beforeAll(async () => {
  db = join(folder(), 'x.db');
  // Enough that a run can be stopped in the middle of it.
  const list = records(3000).map(one => ({ ...one, userAgent: `agent ${one.eventID} ${'x'.repeat(2000)}` }));
  await ingest({ inputs: [put(folder(), 'a.json', trail(list))], db });
  index = openIndex(db);
});

const target = (name = 'a.jsonl'): string => join(folder(), name);
const beside = (path: string): string[] => readdirSync(dirname(path));

/** Fails the methods of file handles that the test names. */
let restore: () => void = () => {};
afterEach(() => restore());
async function failing(method: 'write' | 'sync', code: string, after: number): Promise<void> {
  const probe = await open(put(folder(), 'probe', ''), 'r');
  const prototype = Object.getPrototypeOf(probe) as Record<string, (...args: unknown[]) => Promise<unknown>>;
  await probe.close();
  const real = prototype[method]!;
  let calls = 0;
  prototype[method] = function (this: FileHandle, ...args: unknown[]) {
    if (calls++ < after) return real.apply(this, args);
    return Promise.reject(
      Object.assign(new Error(`${code}: injected, ${method}`), { code, syscall: method }),
    );
  };
  restore = () => {
    prototype[method] = real;
    restore = () => {};
  };
}

const failure = (work: Promise<unknown>): Promise<{ code: string; message: string; hint: string }> =>
  work.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: { code: string; message: string; hint: string }) => error,
  );

describe('a disk that fills', () => {
  it.each(['a.jsonl', 'a.csv', 'a.json', 'a.json.gz'])(
    'leaves no %s, says so, and the next run writes it',
    async name => {
      const to = target(name);
      await failing('write', 'ENOSPC', name.endsWith('.gz') ? 1 : 3);
      const error = await failure(index.export(to));
      expect(error).toMatchObject({
        code: 'DISK_FULL',
        hint: 'free some space and run the same command again',
      });
      expect(error.message).toContain(to);
      expect(beside(to)).toEqual([]);
      restore();
      expect((await index.export(to)).rows).toBe(3000);
      expect(beside(to)).toEqual([name]);
    },
  );

  it('is noticed when the disk is waited for, too', async () => {
    const to = target();
    await failing('sync', 'EIO', 0);
    const error = await failure(index.export(to));
    expect(error.code).toBe('FILE_UNWRITABLE');
    expect(error.message).toContain('EIO');
    expect(beside(to)).toEqual([]);
  });

  it('leaves the file that was to be replaced', async () => {
    const to = put(folder(), 'a.jsonl', 'mine');
    await failing('write', 'ENOSPC', 2);
    await failure(index.export(to, { force: true }));
    expect(beside(to)).toEqual(['a.jsonl']);
    expect(readFileSync(to, 'utf8')).toBe('mine');
  });

  it.skipIf(process.platform === 'win32')('is one where the system says so: a limit of bytes', () => {
    const to = target();
    const ran = spawnSync(
      'bash',
      ['-c', `trap '' XFSZ; ulimit -f 2000; exec "$0" "$@"`, process.execPath, CLI, 'export', to, '--db', db],
      { encoding: 'utf8' },
    );
    expect(ran.stderr).toContain('cannot be written');
    expect(ran.status).toBe(2);
    expect(beside(to)).toEqual([]);
  });
});

it('what is thrown while rows are made leaves nothing, and is told as it is', async () => {
  const to = target();
  function* pieces(): Generator<string> {
    yield 'x'.repeat(1 << 20);
    throw new TypeError('a mistake');
  }
  const error = await failure(writeWholeFile(to, pieces(), { isGzip: false, force: false }));
  expect(error).toBeInstanceOf(TypeError);
  expect(beside(to)).toEqual([]);
});

describe('an export that is stopped', () => {
  it('by its signal writes nothing, wherever it is', async () => {
    for (const after of [0, 1, 5]) {
      const to = target('a.jsonl.gz');
      const stop = new AbortController();
      let told = 0;
      if (after === 0) stop.abort();
      const done = await index.export(to, {
        signal: stop.signal,
        onProgress: () => {
          if (++told === after) stop.abort();
        },
      });
      expect(done).toMatchObject({ interrupted: true, files: [] });
      expect(beside(to)).toEqual([]);
    }
  });

  it('of a lake leaves whole files, and the next run completes it', async () => {
    const whole = target('whole');
    await index.export(whole);
    const lake = target('lake');
    const stop = new AbortController();
    const done = await index.export(lake, { signal: stop.signal, onProgress: () => stop.abort() });
    expect(done).toMatchObject({ interrupted: true, added: 0 });
    const { added, kept, rows } = await index.export(lake);
    expect(added + kept).toBe(rows);
    const sums = (folder: string) =>
      filesBelow(folder)
        .filter(path => path.endsWith('.parquet'))
        .map(path => basename(path));
    expect(sums(lake)).toEqual(sums(whole));
  });

  it('by Ctrl-C or SIGTERM says so and exits with 2; by kill -9 leaves what the next run removes', async () => {
    const root = folder();
    const to = join(root, 'a.csv.gz');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
      const child = spawn(process.execPath, [CLI, 'export', to, '--db', db], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (text: Buffer) => {
        stderr += text.toString();
      });
      const ended = once(child, 'close');
      while (child.exitCode === null && readdirSync(root).length === 0)
        await new Promise(resolve => setTimeout(resolve, 1));
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      expect(existsSync(to), signal).toBe(false);
      if (signal === 'SIGKILL') {
        expect(code).toBeNull();
        expect(readdirSync(root)).toHaveLength(1);
      } else {
        expect(stderr).toContain('stopped; nothing was written');
        expect(code).toBe(2);
        expect(readdirSync(root)).toEqual([]);
      }
    }
    await index.export(to, { columns: ['eventid'] });
    expect(readdirSync(root)).toEqual(['a.csv.gz']);
    expect(gunzipSync(readFileSync(to)).toString().trimEnd().split('\r\n')).toHaveLength(3001);
  });
});

it('two exports to one place at a time give one whole file, and one is told that it is there', async () => {
  const to = target();
  const both = await Promise.allSettled([index.export(to), index.export(to)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const { reason } = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  expect((reason as { code: string }).code).toBe('FILE_EXISTS');
  expect(beside(to)).toEqual(['a.jsonl']);
  expect(readFileSync(to, 'utf8').trimEnd().split('\n')).toHaveLength(3000);
});

it('what is left of an export that runs, or of another name, is not touched', async () => {
  const to = target();
  await index.export(to, { limit: 1 });
  rmSync(to);
  const other = put(dirname(to), '.offtrail-export-0123456789abcdef-1-1.partial', 'x');
  writeFileSync(join(dirname(to), `.offtrail-export-${'0'.repeat(16)}-x.partial`), '');
  await index.export(to, { limit: 1 });
  expect(existsSync(other)).toBe(true);
  expect(beside(to)).toHaveLength(3);
});

it('a folder that is not there, or cannot be written, is said with what to do', async () => {
  const missing = await failure(index.export(join(folder(), 'no', 'a.csv')));
  expect(missing).toMatchObject({ code: 'FILE_UNWRITABLE', hint: 'make the folder, or name another place' });
  await failing('write', 'EROFS', 0);
  expect(await failure(index.export(target()))).toMatchObject({
    code: 'FILE_UNWRITABLE',
    hint: 'name a place on a disk that you can write to',
  });
});
