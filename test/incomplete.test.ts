/** An index that an ingest has not completed answers from what it has, and says so. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { VERBS } from '../src/commands/verbs.js';
import { CLI, folder, ingestInto, offtrail, put, ROOT, record, records, trail, trailGz } from './support.js';

const { openIndex } = (await import(join(ROOT, 'dist/index.js'))) as typeof import('../src/index.js');

/** Notes an ingest of `inputs` that found `files` files, of which `unchanged` were known, and was killed. */
function addKilledRun(db: string, inputs: string[], files: number, unchanged: number): void {
  const index = new Database(db);
  index
    .prepare(
      `INSERT INTO run (started, version, inputs, files, unchanged) VALUES ('2024-01-01T00:00:00Z', '0', ?, ?, ?)`,
    )
    .run(JSON.stringify(inputs), files, unchanged);
  index.close();
}

describe('after an ingest that did not finish', () => {
  const root = folder();
  const one = record();
  put(root, 'a.json', trail([one]));
  put(root, 'b.json', trail(records(2)));
  const { db } = ingestInto([root]);
  const whole = join(folder(), 'whole.db');
  copyFileSync(db, whole);
  addKilledRun(db, [root], 5, 2);
  const line = 'incomplete: the last ingest did not finish, 2 of 5 files are in the index; run it again\n';

  const asking = [
    ['search', 'GetObject', '--count'],
    ['search', 'nowhere'],
    ['s3', 'get-object', '--bucket', 'my-bucket'],
    ['s3-access', 'get-object'],
    ['sql', 'SELECT count(*) FROM cloudtrail_logs'],
    ['show', one.eventID as string],
    ['events'],
    ['lookup-events'],
    ['timeline'],
    ['coverage'],
    ['metrics'],
    ['top', 'event-name'],
    ['who', 'ana'],
    ['sessions', 'ana'],
    ['key-usage', 'arn:aws:iam::111122223333:user/ana'],
    ['export', join(folder(), 'x.jsonl'), '--force', '--quiet'],
    ['print-ddl', 'athena'],
    ['verify'],
    [
      'validate-logs',
      '--trail-arn',
      'arn:aws:cloudtrail:us-east-1:111122223333:trail/main',
      '--start-time',
      '2024-01-01',
      '--end-time',
      '2024-02-01',
    ],
  ];
  it('is asked of every command that answers from the index', () => {
    const others = new Set(['ingest', 'reindex', 'status', 'web', 'completion']);
    const verbs = VERBS.map(({ name }) => name).filter(name => !others.has(name));
    expect([...new Set(asking.map(([verb]) => verb))].sort()).toEqual(verbs.sort());
  });

  it.each(asking)('%s says so once on stderr, and nothing of it on stdout', (...args) => {
    const [said, complete] = [db, whole].map(index => offtrail([...args, '--db', index]));
    expect(said!.stderr.split(line)).toHaveLength(2);
    expect(said!.stderr.replace(line, '')).toBe(complete!.stderr);
    expect(said!.stdout).toBe(complete!.stdout);
    expect(said!.code).toBe(complete!.code);
  });

  it('status and the library say it as data', () => {
    const expected = {
      started: '2024-01-01T00:00:00Z',
      inputs: [root],
      files: 5,
      filesDone: 2,
      isRunning: false,
    };
    const index = openIndex(db);
    expect(index.incomplete()).toEqual(expected);
    expect(index.status().incomplete).toEqual(expected);
    index.close();
    const status = offtrail(['status', '--db', db]);
    expect(status.stdout).toContain(line.trim());
    expect(status.stderr).toBe('');
  });

  it('nothing is said once an ingest of the same files, or of a folder above them, finished', () => {
    const incompleteOf = (path: string): unknown => {
      const index = openIndex(path);
      const found = index.incomplete();
      index.close();
      return found;
    };
    expect(incompleteOf(whole)).toBeUndefined();
    // Another folder does not bring what is missing.
    offtrail(['ingest', put(folder(), 'c.json', trail(records(1))), '--db', db]);
    expect(incompleteOf(db)).toMatchObject({ files: 5, filesDone: 2 });
    offtrail(['ingest', join(root, '..', root.split('/').at(-1)!), '--db', db]);
    expect(incompleteOf(db)).toBeUndefined();
    addKilledRun(db, [join(root, 'a.json')], 1, 0);
    expect(incompleteOf(db)).toMatchObject({ inputs: [join(root, 'a.json')], files: 1, filesDone: 0 });
    offtrail(['ingest', root, '--db', db]);
    expect(incompleteOf(db)).toBeUndefined();
  });
});

it('an ingest that still runs is said to run, and one that was killed not to have finished', async () => {
  const root = folder();
  for (let f = 0; f < 300; f++) put(root, `${f}.json.gz`, trailGz(records(40)));
  let db = '';
  const planned = (): boolean => {
    if (!existsSync(db)) return false;
    try {
      const index = openIndex(db);
      const files = index.incomplete()?.files;
      index.close();
      return files === 300;
    } catch {
      // It is being made.
      return false;
    }
  };
  /** An ingest that is stopped between its plan and its end: on a busy machine it may have ended before that is seen. */
  async function stopped(): Promise<{ child: ChildProcess; ended: Promise<unknown> }> {
    for (;;) {
      db = join(folder(), 'running.db');
      const child = spawn(process.execPath, [CLI, 'ingest', root, '--db', db], { stdio: 'ignore' });
      const ended = once(child, 'close');
      while (child.exitCode === null && !planned()) await new Promise(resolve => setTimeout(resolve, 2));
      child.kill('SIGSTOP');
      if (child.exitCode === null && planned()) return { child, ended };
      child.kill('SIGKILL');
      await ended;
    }
  }
  const { child, ended } = await stopped();
  expect(offtrail(['search', 'x', '--count', '--db', db]).stderr).toContain(
    'incomplete: an ingest is running, 0 of 300 files are in the index\n',
  );
  child.kill('SIGKILL');
  await ended;
  expect(offtrail(['search', 'x', '--count', '--db', db]).stderr).toContain(
    'incomplete: the last ingest did not finish, 0 of 300 files are in the index; run it again\n',
  );
  expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
  expect(offtrail(['search', 'x', '--count', '--db', db]).stderr).not.toContain('incomplete');
});
