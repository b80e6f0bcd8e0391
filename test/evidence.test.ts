/** What was once read from a file outlives that file: cut, damaged, rewritten, swapped, or held by a better copy. */

import { copyFileSync, renameSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  count,
  cutGz,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  record,
  records,
  statusOf,
  type TestRecord,
  trail,
  trailGz,
} from './support.js';

interface Trail {
  Records: TestRecord[];
}

let later = 0;
/** Writes a file anew, with a modification time of its own. */
function rewrite(root: string, name: string, bytes: string | Uint8Array): void {
  const time = new Date(Date.now() + ++later * 2000);
  utimesSync(put(root, name, bytes), time, time);
}

const again = (root: string, db: string, ...more: string[]) =>
  offtrail(['ingest', root, '--db', db, ...more]);
const idsOf = (list: readonly TestRecord[]): unknown[] => list.map(r => r.eventID);
const removedIds = (db: string): unknown[] =>
  (
    JSON.parse(offtrail(['status', '--removed', '--db', db, '--format', 'json']).stdout) as Array<{
      eventID: string;
    }>
  ).map(r => r.eventID);
/** The sums that must hold whatever happened. */
function sums(db: string): unknown {
  return query(
    db,
    `SELECT (SELECT sum(stored) FROM file) = (SELECT count(*) FROM event) AS stored,
      (SELECT sum(duplicate) FROM file) = (SELECT count(*) FROM duplicate) AS duplicate,
      (SELECT coalesce(sum(rejected), 0) FROM file) = (SELECT coalesce(sum(count), 0) FROM rejected) AS rejected,
      NOT EXISTS (SELECT 1 FROM event AS e WHERE e.file_id NOT IN (SELECT id FROM file)) AS files,
      NOT EXISTS (SELECT 1 FROM file AS f WHERE stored <> (SELECT count(*) FROM event WHERE file_id = f.id)) AS each_file,
      NOT EXISTS (SELECT 1 FROM event WHERE id NOT IN (SELECT id FROM detail)) AS details`,
  )[0];
}
const SOUND = { stored: 1, duplicate: 1, rejected: 1, files: 1, each_file: 1, details: 1 };

describe('a file that got worse', () => {
  it('keeps its events, marked, counted and listed, however it got worse', () => {
    const root = folder();
    const worsened: Record<string, (gz: Buffer) => Uint8Array> = {
      'a-empty.json.gz': () => Buffer.alloc(0),
      'b-garbage.json.gz': () => Buffer.from('no log at all\n'.repeat(40)),
      'c-cut.json.gz': gz => gz.subarray(0, gz.length - 30),
      'd-failed.json.gz': gz => gz.subarray(0, 15),
      'e-broken.json.gz': gz =>
        gzipSync(gunzipSync(gz).toString().replace('"eventName":"GetObject"', '"eventName":GetObject')),
      'f-fewer.json.gz': gz => trailGz((JSON.parse(gunzipSync(gz).toString()) as Trail).Records.slice(10)),
    };
    const originals = new Map(Object.keys(worsened).map(name => [name, trailGz(records(30))]));
    for (const [name, gz] of originals) put(root, name, gz);
    const { db } = ingestInto([root]);
    const events = () => query(db, 'SELECT event_rowid, eventid FROM cloudtrail_logs ORDER BY 1');
    const before = events();
    for (const [name, gz] of originals) rewrite(root, name, worsened[name]!(gz));
    const { code, stderr } = again(root, db);
    expect(code).toBe(1);
    expect(events()).toEqual(before);
    const lost = removedIds(db);
    expect(stderr).toContain(
      `${lost.length} events are no longer in their files; they are kept (is_removed): see offtrail status --removed`,
    );
    const perFile = query(
      db,
      'SELECT file_path, count(*) AS n FROM cloudtrail_logs WHERE is_removed GROUP BY 1 ORDER BY 1',
    ).map(({ n }) => n as number);
    expect(perFile.map(n => (n > 1 && n < 30 && n !== 10 ? 'some' : n))).toEqual([30, 30, 'some', 30, 1, 10]);
    expect(lost).toHaveLength(perFile.reduce((sum, n) => sum + n, 0));
    const { files, records: sum } = statusOf(db);
    expect(files.total).toBe(6);
    expect(sum).toMatchObject({ stored: 180 - lost.length, removed: lost.length });
    expect(offtrail(['status', '--db', db]).stdout).toContain(
      `${lost.length} more events are no longer in their files: offtrail status --removed`,
    );
    expect(sums(db)).toEqual(SOUND);
    // The next run says so again; the one after the return of the files has nothing to say.
    expect(again(root, db).code).toBe(1);
    for (const [name, gz] of originals) rewrite(root, name, gz);
    expect(again(root, db)).toMatchObject({ code: 0 });
    expect(statusOf(db).records).toMatchObject({ total: 180, stored: 180, duplicate: 0, removed: 0 });
    expect(events()).toEqual(before);
    expect(count(db, 'SELECT count(*) FROM file')).toBe(6);
    expect(sums(db)).toEqual(SOUND);
  });

  it('loses its events with --replace, in the run that reads it or in a later one', () => {
    const root = folder();
    const [kept, changed, gone] = records(3);
    put(root, 'a.json', trail([kept!, changed!, gone!]));
    const { db } = ingestInto([root]);
    const other = join(folder(), 'other.db');
    copyFileSync(db, other);
    rewrite(root, 'a.json', trail([kept!, { ...changed!, eventName: 'PutObject' }]));
    expect(again(root, db, '--replace')).toMatchObject({ code: 0 });
    expect(again(root, other).code).toBe(1);
    // Both contents of one id are there, and only the old one is removed.
    expect(
      query(
        other,
        'SELECT eventid, eventname, is_removed, is_conflicting FROM cloudtrail_logs ORDER BY event_rowid',
      ),
    ).toEqual([
      { eventid: kept!.eventID, eventname: 'GetObject', is_removed: 0, is_conflicting: 0 },
      { eventid: changed!.eventID, eventname: 'GetObject', is_removed: 1, is_conflicting: 1 },
      { eventid: gone!.eventID, eventname: 'GetObject', is_removed: 1, is_conflicting: 0 },
      { eventid: changed!.eventID, eventname: 'PutObject', is_removed: 0, is_conflicting: 1 },
    ]);
    expect(again(root, other, '--replace')).toMatchObject({ code: 0 });
    for (const index of [db, other]) {
      expect(
        query(index, 'SELECT eventid, is_conflicting FROM cloudtrail_logs ORDER BY event_rowid'),
      ).toEqual([
        { eventid: kept!.eventID, is_conflicting: 0 },
        { eventid: changed!.eventID, is_conflicting: 0 },
      ]);
      expect(statusOf(index).records).toMatchObject({ total: 2, stored: 2, removed: 0, conflicting: 0 });
      expect(sums(index)).toEqual(SOUND);
      expect(offtrail(['top', 'event-name', '--db', index, '--format', 'csv']).stdout).toMatch(
        /GetObject,1,.*PutObject,1,/s,
      );
    }
  });

  it('gives its events to a file that holds them, now or later', () => {
    const root = folder();
    const list = records(4);
    put(root, 'a.json', trail(list));
    put(root, 'b.json', trail([list[0]!, list[1]!]));
    const { db } = ingestInto([root]);
    rewrite(root, 'a.json', trail([list[3]!]));
    expect(again(root, db).code).toBe(1);
    expect(removedIds(db)).toEqual(idsOf([list[2]!]));
    expect(offtrail(['show', list[0]!.eventID as string, '--db', db]).stderr).toMatch(
      /^from .*b\.json, record 1$/m,
    );
    put(root, 'c.json', trail([list[2]!]));
    expect(again(root, db)).toMatchObject({ code: 0 });
    expect(removedIds(db)).toEqual([]);
    expect(query(db, 'SELECT file_path FROM cloudtrail_logs ORDER BY event_rowid')).toEqual(
      ['b', 'b', 'c', 'a'].map(name => ({ file_path: join(root, `${name}.json`) })),
    );
    expect(sums(db)).toEqual(SOUND);
  });

  it('keeps what was rejected of it while its new version cannot be read', () => {
    const root = folder();
    put(root, 'a.json', trail([record(), { eventName: 'no record' }]));
    const { db } = ingestInto([root]);
    rewrite(root, 'a.json', '');
    again(root, db);
    expect(statusOf(db).records).toMatchObject({ rejected: 0, rejectedBefore: 1, removed: 1 });
    expect(offtrail(['status', '--rejected', '--db', db]).stdout).toContain('no record');
    rewrite(root, 'a.json', trail([record()]));
    again(root, db);
    expect(statusOf(db).records).toMatchObject({ rejected: 0, rejectedBefore: 0, removed: 1 });
    expect(sums(db)).toEqual(SOUND);
  });
});

describe('two files that swap their records in one run', () => {
  it('lose and mark nothing', () => {
    const root = folder();
    const [one, two] = [records(3), records(3)];
    put(root, 'a.json', trail(one));
    put(root, 'b.json', trail(two));
    const { db } = ingestInto([root]);
    rewrite(root, 'a.json', trail(two));
    rewrite(root, 'b.json', trail(one));
    expect(again(root, db)).toMatchObject({ code: 0 });
    expect(statusOf(db).records).toMatchObject({ total: 6, stored: 6, duplicate: 0, removed: 0 });
    expect(sums(db)).toEqual(SOUND);
  });
});

describe('ingest --check', () => {
  it('finds files whose content changed under the same size and time, and reads only those', () => {
    const root = folder();
    const [one, two, same] = [records(3), records(3), records(3)];
    const time = new Date('2024-01-01T00:00:00Z');
    for (const [name, list] of Object.entries({ 'a.json': one, 'b.json': two, 'c.json': same }))
      utimesSync(put(root, name, trail(list)), time, time);
    put(root, 'cut.json.gz', cutGz(records(50)));
    const { db } = ingestInto([root]);
    expect(statSync(join(root, 'a.json')).size).toBe(statSync(join(root, 'b.json')).size);
    const before = query(db, 'SELECT event_rowid, eventid FROM cloudtrail_logs ORDER BY 1');
    renameSync(join(root, 'a.json'), join(root, 'x'));
    renameSync(join(root, 'b.json'), join(root, 'a.json'));
    renameSync(join(root, 'x'), join(root, 'b.json'));
    expect(again(root, db).stderr).toContain('4 files = 0 indexed + 4 unchanged');
    expect(again(root, db, '--check').stderr).toContain('4 files = 2 indexed + 2 unchanged');
    expect(query(db, 'SELECT event_rowid, eventid FROM cloudtrail_logs ORDER BY 1')).toEqual(before);
    expect(offtrail(['show', one[0]!.eventID as string, '--db', db]).stderr).toMatch(
      /^from .*b\.json, record 1$/m,
    );
    // Edited in place, with size and time as they were.
    utimesSync(put(root, 'c.json', trail(same).replaceAll('ana', 'eve')), time, time);
    const checked = again(root, db, '--check');
    expect(checked.code).toBe(1);
    expect(checked.stderr).toContain('4 files = 1 indexed + 3 unchanged');
    expect(removedIds(db)).toEqual(idsOf(same));
    expect(sums(db)).toEqual(SOUND);
  });
});

describe('a second run over files with flaws', () => {
  it('says so again and exits 1, but not with --only-new', () => {
    const root = folder();
    put(root, 'cut.json.gz', cutGz(records(50)));
    put(root, 'b.json', trail([record(), { eventName: 'no record' }]));
    const lines = trail(records(3));
    put(root, 'c.json', lines);
    const first = ingestInto([root]);
    rewrite(root, 'c.json', trail(records(1)));
    expect(again(root, first.db).code).toBe(1);
    const second = again(root, first.db);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^1 of the unchanged files is damaged: see offtrail status --failed$/m);
    expect(second.stderr).toMatch(/^\d+ records? of the unchanged files could not be stored/m);
    expect(second.stderr).toMatch(/^3 events are no longer in the unchanged files; they are kept/m);
    const onlyNew = again(root, first.db, '--only-new');
    expect(onlyNew.code).toBe(0);
    expect(onlyNew.stderr).not.toContain('unchanged files');
    // A run over other files has nothing to say of these.
    expect(again(put(folder(), 'd.json', trail(records(1))), first.db).code).toBe(0);
    put(root, 'new.json.gz', cutGz(records(50)));
    expect(again(root, first.db, '--only-new').code).toBe(1);
  });
});
