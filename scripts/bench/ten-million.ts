/**
 * `npm run bench -- ten-million`: an index of ten million events beside one of a million, made in the same run. Not part
 * of the other figures: its tree takes 2.3 GB and some ten minutes to make. Writes docs/benchmarks-ten-million.md.
 */

import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRowReader, DEFAULT_COLUMNS, events, openForQueries, search, top, who } from './built.js';
import { best, command, DATA, fresh, mb, ms, ROOT, ratio, s } from './measure.js';
import { row, table } from './report.js';
import { type TreeName, tree } from './trees.js';

const NAMES = ['large', 'tenfold'] as const satisfies TreeName[];

/** Milliseconds of a question, by what it asks. */
type Times = Map<string, number>;

export function tenMillion(): void {
  const [million, ten] = NAMES.map(name => {
    const { folder, records, gzip } = tree(name);
    const db = join(DATA, `${name}.db`);
    const { wall, memory } = command(['ingest', folder, '--db', fresh(db)]);
    return { records, gzip, wall, memory, size: statSync(db).size, times: questions(db) };
  }) as [One, One];
  const each = (one: One): number => (one.wall * 1000) / one.records;
  row(
    `ingest: ${ten.records.toLocaleString('en-US')} records, ${s(ten.wall)}`,
    `${each(ten).toFixed(1)} µs a record`,
    `${each(million).toFixed(1)} µs`,
    ratio(each(ten), each(million)),
    '≤ 1.3 ×',
    each(ten) <= 1.3 * each(million),
  );
  row('ingest: peak memory', mb(ten.memory), mb(million.memory), '', '≤ 500 MB', ten.memory <= 500e6);
  row('index ÷ gzip', ratio(ten.size, ten.gzip), ratio(million.size, million.gzip), '', '');
  for (const [question, time] of ten.times)
    row(question, ms(time), ms(million.times.get(question)!), ratio(time, million.times.get(question)!), '');
  const title = `# Ten million events

<!-- Written by \`npm run bench -- ten-million\`. -->

${new Date().toISOString().slice(0, 10)}, Node ${process.version}, both in one run on the same machine; questions in the process, the best of three.
`;
  writeFileSync(
    join(ROOT, 'docs', 'benchmarks-ten-million.md'),
    `${title}\n${table('ten million', 'a million')}`,
  );
}

interface One {
  records: number;
  gzip: number;
  wall: number;
  memory: number;
  size: number;
  times: Times;
}

function questions(db: string): Times {
  const index = openForQueries(db);
  const now = new Date();
  const one = (sql: string): string => index.prepare(sql).pluck().get() as string;
  const middle = '(SELECT max(id) / 2 FROM event)';
  const requestId = one(
    `SELECT requestid FROM detail WHERE id >= ${middle} AND length(requestid) = 36 LIMIT 1`,
  );
  const address = one('SELECT sourceipaddress FROM address WHERE ip IS NOT NULL ORDER BY id DESC LIMIT 1');
  const session = one(
    "SELECT accesskeyid FROM identity WHERE accesskeyid GLOB 'ASIA*' ORDER BY id DESC LIMIT 1",
  );
  const read = createRowReader(index, DEFAULT_COLUMNS).rowOf;
  const count = (text: string) => () => search(index, { text }, now).count();
  const asked: Record<string, () => unknown> = {
    'search, a text that is nowhere': count('NoSuchTextAnywhere'),
    'search, a request id': count(requestId),
    'search, an address': count(address),
    'search, 6 characters, nowhere': count('zq9x1k'),
    'search, a text in half of all events, counted': count('GetObject'),
    'search, a text in half of all events, first 50': () => [
      ...search(index, { text: 'GetObject', limit: 50 }, now).hits(),
    ],
    'events, first page': () => [...events(index, { limit: 50 }, now, read)],
    'events of an event name, first page': () => [
      ...events(index, { eventName: 'AssumeRole', limit: 50 }, now, read),
    ],
    'top eventName': () => top(index, { columns: ['eventName'], limit: 20 }, now),
    'top useridentity_arn': () => top(index, { columns: ['useridentity_arn'], limit: 20 }, now),
    'who, a session': () => who(index, session, {}, now),
  };
  const times = new Map(
    Object.entries(asked).map(([question, ask]) => [
      question,
      best(3, () => {
        const began = performance.now();
        ask();
        return performance.now() - began;
      }),
    ]),
  );
  index.close();
  return times;
}
