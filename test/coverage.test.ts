/** What the logs cover, and the holes: offtrail coverage on trees with each kind of hole. */

import { beforeAll, describe, expect, it } from 'vitest';
import { grid } from '../src/output/grid.js';
import type { Hole } from '../src/query/coverage/hole.js';
import { stopsOf } from '../src/query/coverage/stopping.js';
import type { TrailHistory } from '../src/query/coverage/trail-history.js';
import { A, at, B, logKey, putDigest, putLog, putTree } from './coverage-logs.js';
import {
  folder,
  ingestInto,
  offtrail,
  put,
  type Ran,
  ROOT,
  record,
  sampleIndex,
  type TestRecord,
  trail,
} from './support.js';
import { hasPython, onTerminal } from './terminal.js';

const { openIndex } = (await import(`${ROOT}/dist/index.js`)) as typeof import('../src/index.js');

interface Cell {
  time: string;
  account: string | null;
  region: string | null;
  category: string | null;
  events: number;
  files: number;
  digests: number;
  listed: number;
  missing: number;
  hole: string | null;
}
interface Answer {
  width: number;
  from: string | null;
  to: string | null;
  untimedEvents: number;
  undatedFiles: number;
  filesOfDays: number;
  cells: Cell[];
  holes: Hole[];
}

let db: string;
const run = (...args: string[]): Ran => offtrail(['coverage', '--db', db, ...args]);
function answerOf(index: string, ...args: string[]): Answer {
  const ran = offtrail(['coverage', '--db', index, '--format', 'json', ...args]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Answer;
}
const answer = (...args: string[]): Answer => answerOf(db, '--every', '1h', ...args);
/** The holes of a place, in short. */
const holesOf = (holes: readonly Hole[], account: string | null, region: string | null): unknown[] =>
  holes
    .filter(hole => hole.account === account && hole.region === region)
    .map(({ kind, certainty, from, to }) => [kind, certainty, from, to]);

beforeAll(() => {
  const root = folder();
  putTree(root);
  db = ingestInto([root]).db;
});

describe('a tree with digests, hour by hour', () => {
  it('has every hole under its name, with how certain it is', () => {
    const { holes } = answer();
    expect(holesOf(holes, A, 'us-east-1')).toEqual([
      ['not downloaded', 'certain', at(6), at(7)],
      ['no digest', 'possible', at(8), at(10)],
      ['quiet', 'certain', at(3), at(5)],
    ]);
    expect(holesOf(holes, A, 'eu-west-1')).toEqual([['download incomplete', 'possible', at(5), at(12)]]);
    expect(holesOf(holes, B, 'us-east-1')).toEqual([['logging off', 'certain', at(6, 10), at(8, 5)]]);
    expect(holesOf(holes, B, 'eu-west-1')).toEqual([['region never seen', 'possible', null, null]]);
    expect(holes).toHaveLength(6);
  });

  it('says what is known of each', () => {
    const { holes } = answer();
    const of = (kind: string): Hole => holes.find(hole => hole.kind === kind)!;
    expect(of('not downloaded')).toMatchObject({
      files: 1,
      name: `s3://logs/${logKey({ account: A, region: 'us-east-1', hour: 6, minute: 40, name: 'NOTDOWNLOADED000' })}`,
      reason: '1 of the 2 log files that digests list are not in the index',
    });
    expect(of('logging off').reason).toBe(
      `trail audit: StopLogging by arn:aws:iam::${B}:user/mallory from 198.51.100.9`,
    );
    expect(of('logging off').eventID).toMatch(/^[0-9a-f-]{36}$/);
    expect(of('download incomplete').reason).toBe(
      `its digests stop at ${at(5)}, 7 hours before those of other places`,
    );
  });

  it('counts events at their time, files and digests at their delivery', () => {
    const { cells, width, from, to } = answer();
    expect([width, from, to]).toEqual([3600, at(0), `${at(11, 59).slice(0, 17)}59Z`]);
    const cell = (hour: number): Cell | undefined =>
      cells.find(one => one.account === A && one.region === 'us-east-1' && one.time === at(hour));
    expect(cell(0)).toEqual({
      ...{ time: at(0), account: A, region: 'us-east-1', category: null },
      ...{ events: 2, files: 1, digests: 1, listed: 1, missing: 0, hole: null },
    });
    expect(cell(3)).toMatchObject({ events: 0, files: 0, digests: 1, listed: 0, hole: 'quiet' });
    expect(cell(6)).toMatchObject({ events: 1, files: 1, listed: 2, missing: 1, hole: 'not downloaded' });
    expect(cell(8)).toMatchObject({ digests: 0, hole: 'no digest' });
  });

  it('draws a line for each place, each hole with its own sign, and a legend of the signs that are there', () => {
    const { stdout } = run('--every', '1h');
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`${' '.repeat(24)}|2024-03-01`);
    expect(lines.slice(1, 4)).toEqual([
      `${A} eu-west-1  ░░░░░~~~~~~~`,
      `${A} us-east-1  ▒░░··░!░??░░`,
      `${B} us-east-1  ░░░░░░xxx░░░`,
    ]);
    expect(stdout).toContain(
      'each character is an hour; events by eventTime, files and digests by delivery: ░ 1  ▒ 2',
    );
    expect(stdout).toContain('! not downloaded: CloudTrail wrote files that are not here');
    expect(stdout).not.toContain('before the first');
    expect(stdout).toContain(`logging off          certain    ${B}  us-east-1  ${at(6, 10)}  ${at(8, 5)}`);
    expect(run('--every', '1h', '--quiet').stderr).toBe('');
  });

  it('is plain ASCII where the locale has nothing else', () => {
    const ran = offtrail(['coverage', '--db', db, '--every', '1h'], { env: { LC_ALL: 'C' } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: every character that is not ASCII
    expect(ran.stdout).not.toMatch(/[^\u0000-\u007f]/);
    expect(ran.stdout).toContain(`${A} us-east-1  +--..-!-??--`);
  });

  it('gives the same as rows: cells, or with --holes the holes; both as lines of JSON', () => {
    const csv = run('--every', '1h', '--format', 'csv').stdout.trim().split('\r\n');
    const { cells, holes } = answer();
    expect(csv[0]).toBe('time,account,region,events,files,digests,listed,missing,hole');
    expect(csv).toHaveLength(1 + cells.length);
    const list = run('--every', '1h', '--format', 'csv', '--holes').stdout.trim().split('\r\n');
    expect(list[0]).toBe('hole,certainty,account,region,from,to,files,name,eventID,reason');
    expect(list).toHaveLength(1 + holes.length);
    const all = run('--every', '1h', '--format', 'jsonl')
      .stdout.trim()
      .split('\n')
      .map(line => JSON.parse(line) as { type: string });
    expect(all.filter(({ type }) => type === 'cell')).toHaveLength(cells.length);
    expect(all.filter(({ type }) => type === 'hole')).toEqual(holes.map(hole => ({ type: 'hole', ...hole })));
  });

  it('takes accounts, regions and times as filters, and still knows how far the others go', () => {
    const { cells, holes } = answer('--account', A, '--region', 'eu-west-1');
    expect(new Set(cells.map(({ account, region }) => `${account} ${region}`))).toEqual(
      new Set([`${A} eu-west-1`]),
    );
    expect(holesOf(holes, A, 'eu-west-1')).toEqual([['download incomplete', 'possible', at(5), at(12)]]);
    expect(holes).toHaveLength(1);
    expect(answer('--account', A, '--region', 'EU-WEST-1').holes).toEqual(holes);
    expect(holesOf(answer('--region', '!us-east-1').holes, A, 'us-east-1')).toEqual([]);
    const some = answer('--from', at(6), '--to', at(7));
    expect(new Set(some.cells.map(({ time }) => time))).toEqual(new Set([at(6), at(7)]));
  });

  it('says what lies outside of what is here', () => {
    const { holes } = answer('--from', '2024-02-29T20:00Z', '--to', '2024-03-01T15:00Z');
    expect(holesOf(holes, null, null)).toEqual([
      ['before the first', 'certain', '2024-02-29T20:00:00Z', at(0)],
      ['after the last', 'certain', `${at(11, 59).slice(0, 17)}59Z`, at(15)],
    ]);
    expect(run('--account', '999999999999').stderr).toContain(
      'nothing of these accounts and regions is in the index',
    );
  });

  it('puts places together, or tells categories apart', () => {
    const together = answer('--by', 'account').cells.filter(({ account }) => account === A);
    expect(together.find(({ time }) => time === at(0))).toMatchObject({
      region: null,
      events: 3,
      files: 2,
      digests: 2,
    });
    // One place has a hole, another one events: only what hides events shows.
    expect(together.find(({ time }) => time === at(8))?.hole).toBe('download incomplete');
    expect(together.find(({ time }) => time === at(3))?.hole).toBeNull();
    expect(together.find(({ time }) => time === at(6))?.hole).toBe('not downloaded');
    const apart = answer('--by', 'account,region,category').cells;
    expect(new Set(apart.map(({ category }) => category))).toEqual(
      new Set([null, 'Data AWS::S3::Object', 'Management']),
    );
    expect(run('--by', 'accounts').code).toBe(2);
    expect(run('--by', 'accounts').stderr).toContain('told apart by account, region, category');
  });

  it('is a method of the library', () => {
    const index = openIndex(db);
    const { cells, holes, hasDigests } = index.coverage({ every: '1h', account: A });
    expect(hasDigests).toBe(true);
    expect(cells.every(({ account }) => account === A)).toBe(true);
    expect(holesOf(holes, A, 'us-east-1')).toHaveLength(3);
    expect(() => index.coverage({ every: '1h', acount: A } as never)).toThrow('did you mean `account`');
    index.close();
  });
});

describe('digests that are not here, and of which the metadata is', () => {
  const KEY = `AWSLogs/${A}/CloudTrail-Digest/us-east-1/2024/03/01/${A}_CloudTrail-Digest_us-east-1_main_us-east-1_20240301T`;
  const indexOf = (...times: string[]): string => {
    const root = folder();
    putTree(root);
    for (const time of times)
      put(
        root,
        `metadata/${time}.json`,
        JSON.stringify({ Key: `${KEY}${time}`, Metadata: { signature: 'ab' } }),
      );
    return ingestInto([root]).db;
  };

  it('are proof that CloudTrail wrote them: their hours are not downloaded, and not unknown', () => {
    const index = indexOf('090000Z.json.gz', '100000Z.json.gz', '120000Z.json.gz');
    const { holes } = answerOf(index, '--every', '1h');
    expect(holesOf(holes, A, 'us-east-1')).toEqual([
      ['not downloaded', 'certain', at(6), at(7)],
      ['not downloaded', 'certain', at(8), at(10)],
      ['quiet', 'certain', at(3), at(5)],
    ]);
    expect(holes[1]).toMatchObject({
      files: 0,
      name: `${KEY}090000Z.json.gz`,
      reason: 'CloudTrail wrote 2 digests that are not in the index: their metadata is',
    });
    const { stdout } = offtrail(['coverage', '--db', index, '--every', '1h']);
    expect(stdout).toContain(`${A} us-east-1  ▒░░··░!░!!░░`);
    const said = offtrail(['events', '--event-name', 'NoSuchCall', '--from', at(8), '--db', index]).stderr;
    expect(said).toContain(
      `not downloaded: 2 digests of ${A} us-east-1 from ${at(8)} to ${at(10)} are not in the index, though CloudTrail wrote them: their metadata is (offtrail coverage --holes)`,
    );
  });

  it('widen what there is, and those made later or named for no time are left out', () => {
    const index = indexOf('150000Z.json.gz', '100000Z_backfill.json.gz', '999999Z.json.gz');
    const { holes, to } = answerOf(index, '--every', '1h');
    expect(to).toBe(`${at(14, 59).slice(0, 17)}59Z`);
    expect(holesOf(holes, A, 'us-east-1')).toContainEqual(['not downloaded', 'certain', at(14), at(15)]);
    expect(holesOf(holes, A, 'us-east-1')).toContainEqual(['no digest', 'possible', at(8), at(10)]);
  });
});

describe('management events that a trail left out', () => {
  const call = (eventName: string, eventTime: string, requestParameters: unknown): TestRecord => ({
    ...{ eventName, eventTime, requestParameters, eventSource: 'cloudtrail.amazonaws.com' },
    ...{ eventCategory: 'Management', readOnly: false, recipientAccountId: B, awsRegion: 'us-east-1' },
    ...{ sourceIPAddress: '198.51.100.9' },
  });
  const selectors = (includeManagementEvents: boolean, trailName = 'audit'): unknown => ({
    trailName,
    eventSelectors: [{ readWriteType: 'All', includeManagementEvents, dataResources: [] }],
  });
  const indexOf = (...calls: TestRecord[]): string =>
    ingestInto([put(folder(), 'a.json', trail(calls.map(one => record(one))))]).db;

  it('are a hole, with who did it, from where, and the event', () => {
    const off = call('PutEventSelectors', at(2, 10), selectors(false));
    const index = indexOf(
      { ...call('ListTrails', at(1), {}), readOnly: true },
      off,
      call('PutEventSelectors', at(5), selectors(true)),
    );
    const { holes, cells } = answerOf(index, '--every', '1h');
    expect(holes[0]).toMatchObject({
      ...{ kind: 'not recorded', certainty: 'certain', account: B, region: 'us-east-1' },
      ...{ from: at(2, 10), to: at(5), name: 'audit', eventID: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      reason:
        'trail audit did not record management events: PutEventSelectors by arn:aws:iam::111122223333:user/ana from 198.51.100.9',
    });
    expect(cells.filter(({ hole }) => hole === 'not recorded').map(({ time }) => time)).toEqual([
      at(2),
      at(3),
      at(4),
    ]);
    expect(offtrail(['coverage', '--db', index, '--every', '1h']).stdout).toContain(
      'm not recorded: management events were left out',
    );
    expect(answerOf(index, '--account', A).holes).toEqual([]);
  });

  it('are possible, and not in the map, where another trail recorded them or such events are here', () => {
    const off = call('PutEventSelectors', at(2), selectors(false));
    const seen = { ...call('ListTrails', at(3), {}), readOnly: true };
    const other = [
      call('CreateTrail', at(1), { name: 'second', s3BucketName: 'logs' }),
      call('StartLogging', at(1), { name: 'second' }),
    ];
    for (const [more, why] of [
      [[seen], '; 1 such event of that time is here all the same'],
      [other, '; meanwhile second recorded such events'],
    ] as const) {
      const { holes, cells } = answerOf(indexOf(off, ...more), '--every', '1h');
      const hole = holes.find(({ kind }) => kind === 'not recorded')!;
      expect([hole.certainty, hole.to]).toEqual(['possible', null]);
      expect(hole.reason.endsWith(why)).toBe(true);
      expect(cells.some(one => one.hole === 'not recorded')).toBe(false);
    }
  });

  it('a trail that is stopped leaves nothing out: it is off', () => {
    const index = indexOf(
      call('PutEventSelectors', at(2), selectors(false)),
      call('StopLogging', at(3), { name: 'audit' }),
    );
    const { holes } = answerOf(index, '--from', at(4), '--to', at(6), '--every', '1h');
    // One that began before the time that was asked for, and goes on.
    expect(holes.map(({ kind, from, to }) => [kind, from, to])).toContainEqual(['logging off', at(3), null]);
    expect(
      answerOf(index, '--every', '1h').holes.map(({ kind, from, to }) => [kind, from, to]),
    ).toContainEqual(['not recorded', at(2), at(3)]);
  });
});

describe('when a file was delivered', () => {
  it('is what its name says, else the day of its folder, else not known and said', () => {
    const root = folder();
    const one = (eventTime: string): string => trail([record({ eventTime })]);
    put(root, logKey({ account: A, region: 'us-east-1', hour: 9 }), one(at(9)));
    put(root, `AWSLogs/${A}/CloudTrail/us-east-1/2024/03/01/renamed.json`, one(at(3)));
    put(root, 'flat/export.json', one(at(5)));
    const { db: index } = ingestInto([root]);
    const hours = answerOf(index, '--every', '1h');
    expect(hours).toMatchObject({ filesOfDays: 1, undatedFiles: 1 });
    expect(hours.cells.reduce((sum, { files }) => sum + files, 0)).toBe(1);
    // A file of that day is here: that nothing was delivered in its other hours cannot be said.
    expect(hours.holes).toEqual([]);
    const days = answerOf(index, '--every', '1d');
    expect(days).toMatchObject({ filesOfDays: 0, undatedFiles: 1 });
    expect(days.cells).toMatchObject([{ events: 3, files: 2 }]);
    const ran = offtrail(['coverage', '--every', '1h', '--db', index]);
    expect(ran.stderr).toContain('1 file whose names and folders do not say when they were delivered');
    expect(ran.stderr).toContain('1 file of which only the day of delivery is known: --every 1d has them');
    expect(ran.stderr).toContain('no digests are in the index');
  });

  it('is when its events count with --time delivery', () => {
    const root = folder();
    putLog(root, { account: A, region: 'us-east-1', hour: 9 }, [
      { eventTime: at(2), awsRegion: 'us-west-2' },
    ]);
    const { db: index } = ingestInto([root]);
    const [byEvent, byDelivery] = ['event', 'delivery'].map(time =>
      answerOf(index, '--every', '1h', '--time', time).cells.filter(({ events }) => events > 0),
    );
    expect(byEvent).toMatchObject([{ time: at(2), region: 'us-west-2', files: 0 }]);
    expect(byDelivery).toMatchObject([{ time: at(9), region: 'us-east-1', files: 1 }]);
  });
});

it('a trail that was off while another one logged, or while there are events all the same, is a possible hole', () => {
  const root = folder();
  putTree(root);
  putLog(root, { account: B, region: 'us-east-1', hour: 7, minute: 45 });
  const { holes, cells } = answerOf(ingestInto([root]).db, '--every', '30m');
  const off = holes.find(({ kind }) => kind === 'logging off')!;
  expect(off.certainty).toBe('possible');
  expect(off.reason).toMatch(/; 1 events of that time are here all the same$/);
  expect(cells.some(({ hole }) => hole === 'logging off')).toBe(false);
});

it('a file that several digests list, or that is here uncompressed or elsewhere, is no hole', () => {
  const root = folder();
  const log = { account: A, region: 'us-east-1', hour: 1 };
  const key = logKey(log);
  put(
    root,
    `elsewhere/${key.split('/').at(-1)!.replace(/\.gz$/, '')}`,
    trail([record({ eventTime: at(1) })]),
  );
  putDigest(root, { ...log, hour: 2 }, [key]);
  putDigest(root, { ...log, hour: 2, trailName: 'second' }, [key]);
  const { cells, holes } = answerOf(ingestInto([root]).db, '--every', '1h');
  expect(cells.find(({ listed }) => listed > 0)).toMatchObject({ listed: 1, missing: 0, files: 1 });
  expect(holes).toEqual([]);
});

describe('a place that stops before others', () => {
  const range = (first: number | undefined, last: number | undefined) => ({ first, last });
  const nothing = range(undefined, undefined);
  const HOUR = 3600;
  const other = { digestEnds: nothing, deliveries: range(0, 1000 * HOUR) };
  const stop = (activeSteps: number[]) =>
    stopsOf([{ digestEnds: nothing, deliveries: range(0, (activeSteps.at(-1)! + 1) * HOUR), activeSteps }], {
      others: [other],
      stepWidth: HOUR,
    })[0];
  const steps = (count: number, every: number): number[] =>
    Array.from({ length: count }, (_, i) => i * every);

  it('is one where deliveries were steady, and the silence is three times as long as any before', () => {
    expect(stop(steps(900, 1))).toMatchObject({
      last: 900 * HOUR,
      othersLast: 1000 * HOUR,
      by: 'deliveries',
    });
    // It was silent for 40 hours before.
    expect(stop([...steps(800, 1), 840, 841, ...steps(900, 1).slice(860)])).toBeUndefined();
    expect(stop(steps(9, 1))).toBeUndefined();
    expect(stop(steps(998, 1))).toBeUndefined();
  });

  it('by its digests is one from two hours on, however few there are', () => {
    const place = (last: number) => ({ digestEnds: range(0, last), deliveries: nothing, activeSteps: [] });
    const others = [{ digestEnds: range(0, 100 * HOUR), deliveries: nothing }];
    const of = (last: number) => stopsOf([place(last)], { others, stepWidth: HOUR })[0];
    expect(of(97 * HOUR)).toMatchObject({ by: 'digests', last: 97 * HOUR });
    expect(of(98 * HOUR)).toBeUndefined();
    // Alone it has nobody to be compared with.
    expect(stopsOf([place(97 * HOUR)], { others: [], stepWidth: HOUR })).toEqual([undefined]);
  });
});

describe('hostile logs', () => {
  it('names of accounts, regions, trails and files reach no terminal as they are, and prototypes are no places', () => {
    const root = folder();
    const evil = '\u001b[31mevil\u202e';
    put(
      root,
      'a.json',
      trail([
        record({ recipientAccountId: evil, awsRegion: '__proto__' }),
        record({ recipientAccountId: 'constructor', awsRegion: 5 }),
      ]),
    );
    putDigest(root, { account: A, region: 'us-east-1', hour: 3 }, [`${evil}/${'x'.repeat(900)}.json.gz`, '']);
    const { db: index } = ingestInto([root]);
    for (const args of [[], ['--holes'], ['--by', 'account,region,category'], ['--format', 'json']]) {
      const ran = offtrail(['coverage', '--db', index, ...args]);
      expect(ran.code).toBe(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be printed
      expect(ran.stdout + ran.stderr).not.toMatch(/[\u001b\u202e]/);
    }
    expect(answerOf(index).cells.map(({ region }) => region)).toContain('__proto__');
  });

  it('a range of ten thousand years, and one without an end, are answered', () => {
    const root = folder();
    put(
      root,
      'a.json',
      trail([
        record({ eventTime: '0001-01-01T00:00:00Z' }),
        record({ eventTime: '9999-12-31T23:59:59Z' }),
        record({ eventTime: 'never' }),
      ]),
    );
    const { db: index } = ingestInto([root]);
    const { cells, untimedEvents } = answerOf(index);
    expect(cells.reduce((sum, { events }) => sum + events, 0)).toBe(2);
    expect(untimedEvents).toBe(1);
    const ran = offtrail(['coverage', '--db', index, '--every', '1h']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('take wider steps, a shorter time with --from and --to');
  });

  it('many accounts and steps are refused before they take memory', () => {
    const root = folder();
    put(
      root,
      'a.json',
      trail(Array.from({ length: 3000 }, (_, i) => record({ recipientAccountId: String(i) }))),
    );
    const { db: many } = ingestInto([root]);
    const ran = offtrail([
      'coverage',
      '--db',
      many,
      '--every',
      '1m',
      '--from',
      '2024-03-01',
      '--to',
      '2024-03-03',
    ]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('for 6,000 accounts and regions');
    expect(answerOf(many).cells).toHaveLength(3000);
  });
});

it('answers on an index without events and on one without digests', () => {
  const root = folder();
  put(root, 'empty.json', '{"Records":[]}');
  const { db: index } = ingestInto([root]);
  expect(answerOf(index)).toMatchObject({ cells: [], holes: [], from: null });
  const sample = answerOf(sampleIndex());
  expect(sample.cells.reduce((sum, { events }) => sum + events, 0)).toBe(158);
});

describe('the trails as the logs tell', () => {
  const call = (eventName: string, eventTime: string, requestParameters: unknown): TestRecord =>
    record({
      ...{ eventName, eventTime, requestParameters, eventSource: 'cloudtrail.amazonaws.com' },
      ...{ eventCategory: 'Management', readOnly: false, recipientAccountId: B, awsRegion: 'us-east-1' },
      ...{ sourceIPAddress: '198.51.100.9' },
    });
  const WHO = 'arn:aws:iam::111122223333:user/ana';
  const CALLS = [
    call('CreateTrail', at(1), { name: 'audit', s3BucketName: 'logs', isMultiRegionTrail: true }),
    call('StartLogging', at(1), { name: 'audit' }),
    call('PutEventSelectors', at(2), {
      trailName: 'audit',
      advancedEventSelectors: [
        {
          fieldSelectors: [
            { field: 'eventCategory', equals: ['Data'] },
            { field: 'resources.type', equals: ['AWS::S3::Object'] },
            { field: 'resources.ARN', startsWith: ['arn:aws:s3:::secret/'] },
          ],
        },
      ],
    }),
    call('UpdateTrail', at(3), { name: 'audit', isMultiRegionTrail: false, kmsKeyId: 'alias/k' }),
    call('PutInsightSelectors', at(4), { trailName: 'audit', insightSelectors: [] }),
    call('StopLogging', at(5), { name: 'audit' }),
    call('DeleteTrail', at(6), { name: 'audit' }),
  ];
  const NOT_OF_A_TRAIL = { ...call('StopLogging', at(7), null), requestParameters: null };
  let trails: string;
  const run = (...args: string[]): Ran => offtrail(['coverage', '--trails', '--db', trails, ...args]);
  const words = (...args: string[]): string[] =>
    (JSON.parse(run('--format', 'json', ...args).stdout) as { trails: TrailHistory[] }).trails.flatMap(
      ({ changes }) => changes.map(({ eventName, change }) => `${eventName}: ${change}`),
    );

  beforeAll(() => {
    const object = record({ eventTime: at(2, 30), recipientAccountId: B });
    trails = ingestInto([put(folder(), 'a.json', trail([...CALLS, NOT_OF_A_TRAIL, object]))]).db;
  });

  it('each change says in words what it changed, with who, from where and the event', () => {
    expect(words()).toEqual([
      'CreateTrail: made, and does not log yet; all regions; digest files off; bucket logs; records all management events; no data events',
      'StartLogging: logging on',
      'PutEventSelectors: records no management events; data events of AWS::S3::Object, resources.ARN begins with arn:aws:s3:::secret/',
      'UpdateTrail: its own region alone; KMS key alias/k',
      'PutInsightSelectors: no Insights',
      'StopLogging: logging off',
      'DeleteTrail: deleted',
    ]);
    const { stdout, stderr } = run('--format', 'csv');
    const lines = stdout.trim().split('\r\n');
    expect(lines[0]).toBe('time,account,trail,eventName,user,sourceIPAddress,eventID,change');
    expect(lines[6]).toBe(
      `${at(5)},${B},audit,StopLogging,${WHO},198.51.100.9,${String(CALLS[5]!.eventID)},logging off`,
    );
    expect(lines).toHaveLength(8);
    expect(stderr).toContain('left out: 1 call that does not say which trail it is about');
  });

  it('which kinds of events can be in the logs is said with the event that says so', () => {
    const lines = run().stdout.split('\n');
    const row = (kind: string): string[] =>
      lines
        .filter(line => line.includes(` ${kind}  `))
        .map(line => line.split(/ {2,}/).slice(2, 5).join(' '));
    expect(row('management, read')).toEqual([
      `yes ${at(1)} ${at(2)}`,
      `no ${at(2)} ${at(5)}`,
      `no ${at(5)} ${at(6)}`,
      `no ${at(6)} 0`,
    ]);
    expect(row('data')[1]).toBe(`some ${at(2)} ${at(3)}`);
    expect(lines.join('\n')).toMatch(
      /data events of AWS::S3::Object, resources.ARN begins with arn:aws:s3:::secret\/ +yes .*PutEventSelectors 2024-03-01T02:00:00Z/,
    );
    expect(lines.join('\n')).toMatch(/Data .*s3\.amazonaws\.com +AWS::S3::Object +1 /);
  });

  it('is limited by account and time', () => {
    expect(words('--account', A)).toEqual([]);
    expect(run('--account', A).stderr).toContain('no call that changed a trail is in these logs');
    expect(words('--from', at(4), '--to', at(5))).toEqual([
      'PutInsightSelectors: no Insights',
      'StopLogging: logging off',
    ]);
    // A trail of all regions is one of each.
    expect(words('--region', 'eu-west-1')).toHaveLength(7);
  });

  it('is in the answer of the library', () => {
    const index = openIndex(trails);
    const answer = index.coverage({ account: B });
    expect(answer.trails).toMatchObject([
      { name: 'audit', changes: CALLS.map(({ eventName }) => ({ eventName })) },
    ]);
    expect(answer.recorded).toMatchObject([{ account: B, present: [{ category: 'Data', events: 1 }, {}] }]);
    expect(index.coverage({ account: A })).toMatchObject({ trails: [], recorded: [] });
    index.close();
  });

  it('stands alone, and names from logs reach no terminal as they are', () => {
    expect(run('--holes').code).toBe(2);
    const evil = '\u001b]0;x\u0007evil\u202e';
    const index = ingestInto([
      put(
        folder(),
        'a.json',
        trail([
          {
            ...call('CreateTrail', at(1), { name: evil, s3BucketName: evil, kmsKeyId: evil }),
            sourceIPAddress: evil,
          },
          call('PutEventSelectors', at(2), {
            trailName: evil,
            advancedEventSelectors: [{ fieldSelectors: [{ field: '__proto__', equals: [evil, 5] }, evil] }],
          }),
        ]),
      ),
    ]).db;
    const { stdout, stderr, code } = offtrail(['coverage', '--trails', '--db', index]);
    expect(code).toBe(0);
    expect(stdout).toContain('evil');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be printed
    expect(stdout + stderr).not.toMatch(/[\u001b\u0007\u202e]/);
  });
});

describe.skipIf(!hasPython)('on a terminal (needs python3)', () => {
  const run = (columns: number, ...args: string[]): string[] =>
    onTerminal({ columns }, ['coverage', '--db', db, '--no-pager', ...args], { NO_COLOR: '1' }).text.split(
      '\n',
    );

  it('times and reasons are whole: a table where there is room, else lines of their own', () => {
    const reason = `its digests stop at ${at(5)}, 7 hours before those of other places`;
    for (const args of [[], ['--holes']]) {
      const lines = run(100, '--every', '1h', ...args);
      const i = lines.findIndex(line => line.startsWith('download incomplete'));
      expect(lines[i]).toBe(`download incomplete  possible  ${A}  eu-west-1  ${at(5)}  ${at(12)}`);
      expect(lines[i + 1]).toBe(`    ${reason}`);
    }
    const whole = run(100, '--every', '1h', '--holes');
    const off = whole.findIndex(line => line.startsWith('logging off'));
    expect(whole.slice(off + 2, off + 4)).toEqual([
      '    audit',
      expect.stringMatching(/^ {4}eventID [0-9a-f-]{36}$/),
    ]);
    expect(run(100, '--every', '1h', '--holes', '--wide')[0]).toMatch(/hole.*certainty.*account/);
    expect(run(250, '--every', '1h').join('\n')).toContain(`${at(5)}  ${at(12)}  ${reason}`);
  });
});

it('a grid fits its width: steps share characters, labels are cut, what is strong stands', () => {
  const options = {
    signs: [
      { sign: '!', ascii: '!', meaning: 'missing', isStrong: true },
      { sign: '?', ascii: '?', meaning: 'unknown', isStrong: false },
    ],
    ...{ counted: 'events', origin: 0, stepWidth: 3600, steps: 100, width: 40, isAscii: true },
  };
  const counts = Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 0));
  const signs = Array.from({ length: 100 }, (_, i) => (i === 3 ? 1 : i >= 50 ? 2 : 0));
  const text = grid({ ...options, lines: [{ label: 'a-rather-long-label', counts, signs }] });
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  expect(text).toContain('!*******+????????');
  expect(text).toContain('each character is 6 hours');
});
