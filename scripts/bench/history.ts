/** What the Event history's commands take on a large index, beside DuckDB on its own table of the same events. */

import type { Filters } from '../../src/query/filter/filter.js';
import type { Db } from '../../src/store/open.js';
import {
  createRowReader,
  DEFAULT_COLUMNS,
  events as list,
  lookupEvents,
  sessions,
  timeline,
  top,
  who,
} from './built.js';
import { type Peer, RUNS } from './duckdb.js';

export interface Result {
  work: string;
  ours: number;
  /** Milliseconds of the peer and what it is. */
  peer?: { ms: number; name: string };
  /** At most so many milliseconds, at most so many times the peer. */
  limit?: number;
  times?: number;
}

const PAGES = 100;

function best(run: () => void): number {
  const times = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return Math.min(...times);
}

const STATISTICS =
  'count(*) AS n, count(*) FILTER (errorCode IS NOT NULL OR errorMessage IS NOT NULL), min(eventTime), max(eventTime)';

/** Columns: our name, and the expression on Athena's table. */
const COLUMNS: ReadonlyArray<[names: readonly string[], athena: string]> = [
  [['eventName'], 'eventName'],
  [['eventSource'], 'eventSource'],
  [['errorCode'], 'errorCode'],
  [['sourceIPAddress'], 'sourceIPAddress'],
  [['userAgent'], 'userAgent'],
  [['useridentity_arn'], 'userIdentity.arn'],
  [['useridentity_accesskeyid'], 'userIdentity.accessKeyId'],
  [['bucketname'], "json_extract_scalar(requestParameters, '$.bucketName')"],
  [['objectkey'], "json_extract_scalar(requestParameters, '$.key')"],
  [
    ['bucketname', 'useridentity_arn', 'eventName'],
    "json_extract_scalar(requestParameters, '$.bucketName'), userIdentity.arn, eventName",
  ],
];

async function* counting(index: Db, peer: Peer, now: Date): AsyncGenerator<Result> {
  for (const [columns, athena] of COLUMNS) {
    const grouped = `SELECT ${athena}, ${STATISTICS} FROM cloudtrail_logs GROUP BY ${columns.map((_, i) => i + 1).join(', ')}`;
    let groups = 0;
    const ours = best(() => {
      groups = top(index, { columns, limit: 20 }, now).groups;
    });
    const theirs = await peer.query(`${grouped} ORDER BY n DESC LIMIT 20`);
    const all = await peer.query(`SELECT count(*) FROM (${grouped})`);
    if (Number(all.first) !== groups)
      throw new Error(`top ${columns.join(' ')}: ${groups} groups here, ${all.first} in DuckDB`);
    yield {
      work: `top ${columns.join(' ')}: ${groups.toLocaleString('en-US')} groups`,
      ours,
      peer: { ms: theirs.ms, name: 'DuckDB' },
      // Of a value that only rows have, DuckDB's time is what is wanted.
      ...(columns.length > 1 ? {} : columns[0] === 'objectkey' ? { times: 1 } : { limit: 250, times: 2 }),
    };
  }
  for (const by of [undefined, 'eventName']) {
    const split = by === undefined ? '' : `, ${by}`;
    let found: ReturnType<typeof timeline> | undefined;
    const ours = best(() => {
      found = timeline(index, { every: '1d', ...(by === undefined ? {} : { by }) }, now);
    });
    const theirs = await peer.query(
      `SELECT substr(eventTime, 1, 10)${split}, ${STATISTICS} FROM cloudtrail_logs GROUP BY 1${by ? ', 2' : ''} ORDER BY 1`,
    );
    const steps = found!.steps.length;
    const rows = found!.steps.reduce((sum, step) => sum + step.values.length, 0);
    if (rows !== theirs.rows) throw new Error(`timeline: ${rows} rows here, ${theirs.rows} in DuckDB`);
    yield {
      work: `timeline by day${by ? ` and ${by}` : ''}: ${steps} steps`,
      ours,
      peer: { ms: theirs.ms, name: 'DuckDB' },
      limit: 250,
      times: 2,
    };
  }
}

/** First page and hundredth, each a call of its own. */
function* paging(index: Db, now: Date): Generator<Result> {
  const one = (sql: string): string => index.prepare(sql).pluck().get() as string;
  const frequent = (dimension: string, column: string): string =>
    one(
      `SELECT ${column} FROM (SELECT ${dimension}_id AS id, count(*) AS n FROM event GROUP BY 1) AS c
      JOIN ${dimension} AS d ON d.id = c.id WHERE ${column} IS NOT NULL ORDER BY n DESC LIMIT 1`,
    );
  const user = frequent('identity', 'accesskeyid');
  const filters: Array<[title: string, filters: Filters]> = [
    ['no filter', {}],
    ['eventName AssumeRole', { eventName: 'AssumeRole' }],
    ['service iam', { service: 'iam' }],
    ['an access key', { accessKey: user }],
    ['a CIDR block', { ip: '10.1.0.0/16' }],
    ['a bucket', { bucket: frequent('bucket', 'bucketname') }],
    ['errors', { errorsOnly: true }],
    ['a day, writes only', { from: '2026-02-10', to: '2026-02-11', readOnly: 'false' }],
    ['resource type AWS::IAM::Role', { resourceType: 'AWS::IAM::Role' }],
    ['an event name that is nowhere', { eventName: 'NoSuchCall' }],
  ];
  const read = createRowReader(index, DEFAULT_COLUMNS).rowOf;
  for (const [title, of] of filters) {
    yield* pages(`events, ${title}`, token => {
      const found = list(index, { ...of, limit: 50, ...(token === undefined ? {} : { token }) }, now, read);
      return { count: [...found].length, next: found.nextToken() };
    });
  }
  for (const attribute of ['EventName,AttributeValue=Decrypt', `AccessKeyId,AttributeValue=${user}`]) {
    yield* pages(`lookup-events, ${attribute.split(',')[0]}`, token => {
      const options = { lookupAttributes: [`AttributeKey=${attribute}`], limit: 50 };
      const found = lookupEvents(index, { ...options, ...(token === undefined ? {} : { token }) }, now);
      return { count: [...found].length, next: found.nextToken() };
    });
  }
}

function* pages(
  title: string,
  page: (token: string | undefined) => { count: number; next: string | undefined },
): Generator<Result> {
  let token: string | undefined;
  let [count, events] = [0, 0];
  const first = best(() => page(undefined));
  let last: string | undefined;
  do {
    const got = page(token);
    last = token;
    events += got.count;
    token = got.next;
    count++;
  } while (token !== undefined && count < PAGES);
  yield { work: `${title}: first page`, ours: first, limit: 20 };
  if (count < PAGES) return;
  const hundredth = best(() => page(last));
  if (events !== PAGES * 50) throw new Error(`${title}: ${events} events on ${PAGES} pages`);
  yield {
    work: `${title}: page ${PAGES}`,
    ours: hundredth,
    peer: { ms: first, name: 'the first' },
    limit: 20,
    times: 2,
  };
}

function* identities(index: Db, now: Date): Generator<Result> {
  const rows = (sql: string): string[] => index.prepare(sql).pluck().all() as string[];
  const middle = "(SELECT max(id) / 2 FROM identity WHERE accesskeyid GLOB 'ASIA*')";
  const [session] = rows(
    `SELECT accesskeyid FROM identity WHERE id >= ${middle} AND accesskeyid GLOB 'ASIA*' LIMIT 1`,
  );
  const [role] = rows(
    `SELECT sessioncontext_sessionissuer_arn FROM identity WHERE accesskeyid = '${session}'`,
  );
  const [user] = rows("SELECT username FROM identity WHERE type = 'IAMUser' LIMIT 1");
  const [key] = rows("SELECT accesskeyid FROM identity WHERE type = 'IAMUser' LIMIT 1");
  const [address] = rows(
    'SELECT sourceipaddress FROM (SELECT address_id AS id, count(*) AS n FROM event GROUP BY 1) AS c JOIN address AS a ON a.id = c.id ORDER BY n DESC LIMIT 1',
  );
  for (const [what, name] of Object.entries({
    'a session': session,
    'a role': role,
    'an IAM user': user,
    'the busiest address': address,
  })) {
    let events = 0;
    const ours = best(() => {
      events = who(index, name!, {}, now)!.events;
    });
    yield { work: `who, ${what}: ${events.toLocaleString('en-US')} events`, ours, limit: 100 };
  }
  for (const [what, name] of Object.entries({
    'an access key': session,
    'a role': role,
    'a long-term key': key,
  })) {
    let found = 0;
    const ours = best(() => {
      found = sessions(index, name!, 50).sessions.size;
    });
    yield { work: `sessions, ${what}: ${found} sessions`, ours, limit: 100 };
  }
}

export async function* historyBench(index: Db, peer: Peer): AsyncGenerator<Result> {
  const now = new Date();
  yield* counting(index, peer, now);
  yield* paging(index, now);
  yield* identities(index, now);
}
