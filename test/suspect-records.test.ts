/** Records of a file whose checksum does not hold are stored, and belong to a sound file where one holds them. */

import { expect, it } from 'vitest';
import { built, count, folder, ingestInto, put, query, record, records, statusOf, trail } from './support.js';

const { byDimension } = (await built('dimensions.js')) as typeof import('../src/dimensions.js');
const { createDictionary } = (await built(
  'bytes/dictionary.js',
)) as typeof import('../src/bytes/dictionary.js');
const { DEFAULT_LIMITS, readLogFile } = (await built('read/file.js')) as typeof import('../src/read/file.js');
const { createRecordEncoder } = (await built('read/encoder.js')) as typeof import('../src/read/encoder.js');
const { openForWriting } = (await built('store/open.js')) as typeof import('../src/store/open.js');
const { createWriter } = (await built('store/write.js')) as typeof import('../src/store/write.js');

/** Stores files in one task, as an ingest does; those in `suspect` count as files whose checksum does not hold. */
async function store(db: string, paths: readonly string[], suspect: readonly string[]): Promise<void> {
  const dictionaries = byDimension(() => createDictionary());
  const writing = openForWriting(db);
  const nextId = (writing.db.prepare('SELECT max(id) FROM file').pluck().get() as number) + 1;
  const seed = writing.db
    .prepare("SELECT value FROM setting WHERE name = 'hash_seed'")
    .pluck()
    .get() as number;
  const encoder = createRecordEncoder(seed, dictionaries, 0, []);
  for (const [file, path] of paths.entries())
    await readLogFile(path, file, encoder, DEFAULT_LIMITS, async () => {});
  const none = {
    account: null,
    region: null,
    year: null,
    month: null,
    day: null,
    current: null,
    earlier: [],
  };
  const files = paths.map((path, i) => ({ id: nextId + i, path, ...none }));
  const writer = createWriter(writing.db, 2);
  for (const batch of encoder.take(true)) {
    for (const result of batch.finished) result.isSuspect = suspect.includes(paths[result.file]!);
    writer.write(batch, files, 0, () => {});
  }
  writer.commit();
  writing.settle();
  writing.close();
}

it('the sound file has the event, whichever came first, in one batch or in several', async () => {
  const root = folder();
  const [early, shared, late, alone] = [record(), record(), record(), record()];
  const first = put(root, '0-first.json', trail([early, ...records(1)]));
  const { db } = ingestInto([first]);
  const bad = put(root, '1-bad.json', trail([early, shared, late, alone]));
  const good = put(root, '2-good.json', trail([shared]));
  await store(db, [bad, good], [bad]);
  const owners = (): unknown =>
    query(db, 'SELECT eventid, file_path, is_suspect FROM cloudtrail_logs ORDER BY eventid');
  const expected = (lateIn: string) =>
    [
      { eventid: early.eventID, file_path: first, is_suspect: 0 },
      { eventid: shared.eventID, file_path: good, is_suspect: 0 },
      { eventid: late.eventID, file_path: lateIn, is_suspect: lateIn === bad ? 1 : 0 },
      { eventid: alone.eventID, file_path: bad, is_suspect: 1 },
    ].sort((a, b) => (String(a.eventid) < String(b.eventid) ? -1 : 1));
  const ours = (rows: unknown): unknown =>
    (rows as Array<{ eventid: string }>).filter(({ eventid }) =>
      [early, shared, late, alone].some(one => one.eventID === eventid),
    );
  expect(ours(owners())).toEqual(expected(bad));
  expect(statusOf(db).records).toMatchObject({ stored: 5, duplicate: 2, suspect: 2 });
  const later = put(root, '3-later.json', trail([late, early]));
  await store(db, [later], []);
  expect(ours(owners())).toEqual(expected(later));
  expect(statusOf(db).records).toMatchObject({ stored: 5, duplicate: 4, suspect: 1 });
  expect(count(db, 'SELECT count(*) FROM duplicate')).toBe(4);
});
