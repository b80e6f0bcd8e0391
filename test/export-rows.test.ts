import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { fillFromJson } from '../src/export/json-lists.js';
import { createDirectLeaf, directData } from '../src/export/parquet/leaf-data.js';
import { schemaOf } from '../src/export/parquet/schema.js';
import { createRowReader } from '../src/export/row-reader.js';
import { slicesOf, sliceText } from '../src/export/slices.js';
import { idsInTime } from '../src/query/columns/in-time.js';
import { select } from '../src/query/columns/selection.js';
import { events } from '../src/query/events.js';
import { openForQueries } from '../src/store/open.js';
import { sampleIndex } from './support.js';

const now = new Date('2026-01-01T00:00:00Z');

describe('rows of an export', () => {
  test('come in the order of the event history, whether they are sorted at once or page by page', () => {
    const db = openForQueries(sampleIndex());
    for (const filters of [{}, { service: ['s3'] }, { errorCode: ['*'] }]) {
      const selection = select(db, filters, now);
      const total = selection.segments.reduce((sum, of) => sum + selection.passing(of).length, 0);
      const listed = [...events(db, { ...filters, order: 'oldest' }, now, id => id)];
      expect(total).toBeGreaterThan(1);
      expect(Array.from(idsInTime(selection, total) ?? [])).toEqual(listed);
      expect([...events(db, { ...filters, order: 'newest' }, now, id => id)]).toEqual(listed.reverse());
    }
    db.close();
  });

  const reader = (rows: Array<[a: Buffer | string | null, b: Buffer | string | null, c?: string | null]>) => {
    const db = new Database(':memory:');
    db.exec(`CREATE TABLE setting (name, value); CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c)`);
    for (const [a, b, c] of rows)
      db.prepare('INSERT INTO t (a, b, c) VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?)').run(a, b, c ?? null);
    const read = createRowReader(db, {
      ...{ what: 'event', id: 't.id', keys: ['t.id * 2'], texts: ['t.a', 't.b'], rare: ['t.c'], from: 't' },
    });
    return (ids: number[]) =>
      [...read(ids)].flatMap(({ rows, keys, texts }) =>
        Array.from({ length: rows }, (_, row) => [keys[0]![row], ...texts.map(of => sliceText(of, row))]),
      );
  };

  test('keep NULL, an empty text and NUL apart, and stand as they were asked for', () => {
    const read = reader([
      [null, ''],
      ['', null, 'rare'],
      ['a\0b', '1,2;3'],
      [null, null, ''],
    ]);
    expect(read([3, 1, 4, 2])).toEqual([
      [6, 'a\0b', '1,2;3', null],
      [2, null, '', null],
      [8, null, null, ''],
      [4, '', null, 'rare'],
    ]);
    expect(() => read([2, 9])).toThrow(/event 9 went from the index/);
  });

  test('are UTF-8, also where two texts that are not would make a character together', () => {
    const read = reader([
      [Buffer.from([0x61, 0xc3]), Buffer.from([0xa9, 0x62])],
      ['é', 'x'],
    ]);
    expect(read([1, 2])).toEqual([
      [2, 'a�', '�b', null],
      [4, 'é', 'x', null],
    ]);
  });

  test('of lists keep their order where some are written with escapes, which stand nowhere in the record', () => {
    const type = { array: { struct: [{ name: 'arn', type: 'string' as const }] } };
    const { leaves, nodes } = schemaOf([{ name: 'resources', type }]);
    const json = slicesOf([
      '[{"ARN":"plain"},{"ARN":"last"}]',
      String.raw`[{"ARN":"an \"escape\""},{"ARN":"line\nbreak"}]`,
      null,
      '[{"ARN":"é"}]',
      String.raw`[{"ARN":"\u00e8"}]`,
    ]);
    const leaf = createDirectLeaf(leaves[0]!, 5, json);
    fillFromJson(nodes[0]!, type, json, 5, { first: 0, leaves: [leaf] });
    const { values, valueCount, definitions, count } = directData(leaf);
    expect(Array.from({ length: valueCount }, (_, i) => sliceText(values, i))).toEqual([
      'plain',
      'last',
      'an "escape"',
      'line\nbreak',
      'é',
      'è',
    ]);
    expect(Array.from(definitions.subarray(0, count))).toEqual([4, 4, 4, 4, 0, 4, 4]);
  });
});
