import { beforeAll, expect, inject, it } from 'vitest';
import { type EventIndex, openIndex, UsageError } from '../src/index.js';
import { folder, ingestInto, offtrail, put, record, trail } from './support.js';

const COLUMNS = ['eventName', 'user', 'bucket', 'service', 'role', 'requestID', 'accessKey'];

let index: EventIndex;
beforeAll(() => {
  index = openIndex(inject('sampleIndex'));
  return () => index.close();
});

it.each([
  {},
  { service: 's3' },
  { eventName: ['!GetObject', '!Put*'], from: '2019-07-05' },
  { errorsOnly: true },
  { user: 'nobody' },
])('counts each column as the question for it alone does: %j', filters => {
  const { facets, events } = index.facets({ ...filters, columns: COLUMNS, limit: 5 });
  const alone = COLUMNS.map(column => index.top({ ...filters, columns: [column], limit: 5 }));
  expect(facets).toEqual(
    alone.map(({ columns, rows, groups }) => ({
      column: columns[0],
      rows: rows.map(({ values, events }) => ({ value: values[0], events })),
      values: groups,
    })),
  );
  expect(events).toBe(alone[0]!.events);
});

it('gives all values without a limit, and says what filters were taken for', () => {
  const { facets, spellings } = index.facets({ columns: ['eventName'], service: 'S3' });
  expect(facets[0]!.rows.length).toBe(facets[0]!.values);
  expect(spellings).toMatchObject([{ given: 'S3', used: [{ value: 's3.amazonaws.com' }] }]);
});

it('refuses no column, one that there is not, and a limit that is none', () => {
  for (const options of [{ columns: [] }, { columns: ['nosuch'] }, { columns: ['user'], limit: -1 }])
    expect(() => index.facets(options)).toThrow(UsageError);
});

it('knows values that came while the index was open, beside those it knew', async () => {
  const root = folder();
  put(root, 'a.json', trail([record({ eventName: 'First' }), record({ eventName: 'First' })]));
  const { db } = ingestInto([root]);
  const grown = openIndex(db);
  const names = () => grown.facets({ columns: ['eventName'] }).facets[0]!.rows;
  expect(names()).toEqual([{ value: 'First', events: 2 }]);
  put(root, 'b.json', trail([record({ eventName: 'Second' }), record({ eventName: 'First' })]));
  await offtrail(['ingest', root, '--db', db]);
  expect(names()).toEqual([
    { value: 'First', events: 3 },
    { value: 'Second', events: 1 },
  ]);
  grown.close();
});
