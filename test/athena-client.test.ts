import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AthenaAddress, engineAddress } from '../src/engine/address.js';
import { type AthenaOptions, connectAthena } from '../src/engine/athena.js';
import type { EngineValue, RunOptions } from '../src/engine/engine.js';
import { EngineError } from '../src/engine/errors.js';
import { type Reply, serve } from './trino-server.js';

/** What the emulation does with a statement; each list is worked off from its beginning, its last item stays. */
interface Script {
  start?: Reply[];
  /** Of `GetQueryExecution`: state, bytes scanned, reason. */
  states?: Array<[state: string, bytes?: number, reason?: string]>;
  statementType?: string;
  pages?: Array<{
    columns?: Array<[name: string, type: string, more?: object]>;
    rows: Array<Array<string | null>>;
    next?: string;
  }>;
}

const fails = (type: string, message = type): Reply => ({
  status: 400,
  headers: { 'x-amzn-errortype': type },
  body: { __type: type, message },
});

/** An emulation of the four operations, in Athena's wire protocol (awsJson1.1). */
async function athena({
  start = [{}],
  states = [['SUCCEEDED', 10]],
  statementType = 'DML',
  pages = [],
}: Script) {
  const calls: Array<[operation: string, input: Record<string, unknown>]> = [];
  const take = <T>(list: T[]): T => (list.length > 1 ? list.shift()! : list[0]!);
  const columns = pages[0]?.columns ?? [];
  const server = await serve(({ headers, body }) => {
    const operation = String(headers['x-amz-target']).split('.')[1]!;
    const input = JSON.parse(body) as Record<string, unknown>;
    calls.push([operation, input]);
    if (operation === 'StartQueryExecution') {
      const reply = take(start);
      return reply.status ? reply : { body: { QueryExecutionId: 'q-1' } };
    }
    if (operation === 'GetQueryExecution') {
      const [State, DataScannedInBytes, StateChangeReason] = take(states);
      return {
        body: {
          QueryExecution: {
            StatementType: statementType,
            Status: { State, StateChangeReason },
            Statistics: { DataScannedInBytes, TotalExecutionTimeInMillis: 1200 },
          },
        },
      };
    }
    if (operation === 'StopQueryExecution') return { body: {} };
    const { rows, next } = take(pages);
    return {
      body: {
        NextToken: next,
        ResultSet: {
          ResultSetMetadata: { ColumnInfo: columns.map(([Name, Type, more]) => ({ Name, Type, ...more })) },
          Rows: rows.map(row => ({
            Data: row.map(value => (value === null ? {} : { VarCharValue: value })),
          })),
        },
      },
    };
  });
  vi.stubEnv('AWS_ENDPOINT_URL_ATHENA', server.origin);
  return { calls, operations: () => calls.map(([operation]) => operation) };
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function ask(sql: string, options: AthenaOptions & RunOptions & { url?: string } = {}) {
  const address = engineAddress(options.url ?? 'athena://us-east-1/primary/db.t') as AthenaAddress;
  const client = await connectAthena(address, { pollDelay: 1, ...options });
  const result = await client.run(sql, options);
  const rows: EngineValue[][] = [];
  for await (const row of result.rows) rows.push(row);
  return { ...result, rows };
}

const failureOf = (promise: Promise<unknown>): Promise<EngineError> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as EngineError,
  );

describe('An answer of Athena', () => {
  it('is values of their types: whole numbers exact, NULL not the empty text, the row of names left out', async () => {
    const { calls } = await athena({
      states: [['QUEUED'], ['RUNNING', 5], ['SUCCEEDED', 2_000_000]],
      pages: [
        {
          columns: [
            ['n', 'bigint'],
            ['big', 'bigint'],
            ['t', 'varchar'],
            ['b', 'boolean'],
            ['d', 'double'],
            ['x', 'varbinary'],
            ['dec', 'decimal', { Precision: 22, Scale: 2 }],
            ['list', 'array'],
          ],
          rows: [
            ['n', 'big', 't', 'b', 'd', 'x', 'dec', 'list'],
            [
              '1',
              '9223372036854775807',
              '',
              'true',
              '1.0E10',
              '00 ff',
              '12345678901234567890.10',
              '[a, null]',
            ],
          ],
          next: 'page-2',
        },
        { rows: [[null, null, null, null, 'NaN', null, null, null]] },
      ],
    });
    const progress: string[] = [];
    const answer = await ask('SELECT 1', { onProgress: ({ state }) => progress.push(state) });
    expect(answer.rows).toEqual([
      [
        1,
        9223372036854775807n,
        '',
        true,
        1e10,
        Buffer.from([0, 255]),
        '12345678901234567890.10',
        '[a, null]',
      ],
      [null, null, null, null, Number.NaN, null, null, null],
    ]);
    expect(answer.columns[6]).toEqual({ name: 'dec', type: 'decimal(22,2)' });
    expect(answer.statistics()).toEqual({ queryId: 'q-1', bytesScanned: 2_000_000, elapsed: 1200 });
    expect(progress).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
    expect(calls[0]![1]).toMatchObject({
      QueryString: 'SELECT 1',
      WorkGroup: 'primary',
      QueryExecutionContext: { Database: 'db' },
      ClientRequestToken: expect.stringMatching(/^.{32,}$/),
    });
  });

  it('keeps a first row that is data: that of SHOW, and one that only looks like the names', async () => {
    await athena({
      statementType: 'UTILITY',
      pages: [{ columns: [['tab_name', 'string']], rows: [['tab_name'], ['t']] }],
    });
    expect((await ask('SHOW TABLES')).rows).toEqual([['tab_name'], ['t']]);
    await athena({ pages: [{ columns: [['n', 'varchar']], rows: [['n'], ['n']] }] });
    expect((await ask('SELECT n')).rows).toEqual([['n']]);
  });

  it('of a statement without rows says what was done', async () => {
    await athena({ statementType: 'DDL', pages: [{ rows: [] }] });
    expect(await ask('CREATE …')).toMatchObject({ done: 'DDL', rows: [], columns: [] });
  });

  it.each<[string, NonNullable<Script['pages']>]>([
    [
      'a row is cut off',
      [
        {
          columns: [
            ['a', 'varchar'],
            ['b', 'varchar'],
          ],
          rows: [['a', 'b'], ['1']],
        },
      ],
    ],
    ['a number is none', [{ columns: [['a', 'bigint']], rows: [['a'], ['12x']] }]],
    ['a page names itself as the next', [{ columns: [['a', 'bigint']], rows: [['a']], next: 'again' }]],
  ])('is an error where %s: nothing is guessed', async (_, pages) => {
    await athena({ pages });
    expect(await failureOf(ask('SELECT 1'))).toMatchObject({ code: 'ENGINE_ANSWER' });
  });
});

describe('A statement that fails', () => {
  it('has Athena’s name of the error, its sentence and its place', async () => {
    await athena({
      states: [
        [
          'FAILED',
          0,
          "COLUMN_NOT_FOUND: line 2:8: Column 'x' cannot be resolved or requester is not authorized",
        ],
      ],
    });
    const { complaint, code } = await failureOf(ask('SELECT\n  x'));
    expect(code).toBe('ENGINE_FAILED');
    expect(complaint).toEqual({
      name: 'COLUMN_NOT_FOUND',
      sentence: "Column 'x' cannot be resolved or requester is not authorized",
      position: { line: 2, column: 8 },
    });
  });

  it('at the start, too', async () => {
    await athena({ start: [fails('InvalidRequestException', "line 1:8: mismatched input 'FROM'")] });
    expect((await failureOf(ask('SELECT FROM'))).complaint).toMatchObject({
      position: { line: 1, column: 8 },
    });
  });

  it('was throttled: it is started again with the same token, so that it runs once', async () => {
    const { calls, operations } = await athena({
      start: [fails('ThrottlingException'), fails('TooManyRequestsException'), {}],
      pages: [{ columns: [['n', 'bigint']], rows: [['n'], ['1']] }],
    });
    expect((await ask('SELECT 1')).rows).toEqual([[1]]);
    expect(operations().filter(name => name === 'StartQueryExecution')).toHaveLength(3);
    expect(new Set(calls.slice(0, 3).map(([, input]) => input.ClientRequestToken)).size).toBe(1);
  });

  it.each(['ExpiredTokenException', 'UnrecognizedClientException', 'AccessDeniedException'])(
    'for %s says where credentials come from, and shows none',
    async type => {
      await athena({ start: [fails(type, 'The security token included in the request is expired')] });
      const error = await failureOf(ask('SELECT 1'));
      expect(error).toMatchObject({ code: 'ENGINE_REFUSED', hint: expect.stringContaining('AWS_PROFILE') });
      expect(`${error.message}${error.hint}`).not.toContain('not-a-secret');
    },
  );

  it('without any credentials says the same', async () => {
    await athena({});
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    expect(await failureOf(ask('SELECT 1'))).toMatchObject({ code: 'ENGINE_REFUSED' });
  });

  it('was cancelled by somebody else, or by the workgroup’s bound: what it scanned is said', async () => {
    await athena({ states: [['RUNNING'], ['CANCELLED', 3_000_000_000, 'Bytes scanned limit was exceeded']] });
    const error = await failureOf(ask('SELECT 1'));
    expect(error).toMatchObject({
      code: 'ENGINE_STOPPED',
      hint: expect.stringContaining('3.0 GB were scanned'),
    });
    expect(error.message).toContain('Bytes scanned limit was exceeded');
  });
});

describe('Stopping', () => {
  it('a statement that scans more than the bound is stopped at Athena, and how much it was is said', async () => {
    const { operations } = await athena({
      states: [
        ['RUNNING', 1_000_000],
        ['RUNNING', 11_000_000_000],
      ],
    });
    const error = await failureOf(ask('SELECT 1', { maxScan: 10_000_000_000 }));
    expect(error.message).toContain('had scanned 11.0 GB, more than 10.0 GB, when it was last looked at');
    expect(error.hint).toContain('BytesScannedCutoffPerQuery');
    expect(operations().at(-1)).toBe('StopQueryExecution');
  });

  it('by the signal stops it at Athena', async () => {
    const stop = new AbortController();
    const { operations } = await athena({ states: [['RUNNING']] });
    setTimeout(() => stop.abort(new Error('enough')), 300);
    const error = await failureOf(ask('SELECT 1', { signal: stop.signal }));
    expect(error.message).toBe('enough');
    expect(operations().at(-1)).toBe('StopQueryExecution');
  });
});

describe('Where results go', () => {
  it('is the workgroup’s business, or the profile’s', async () => {
    const { calls } = await athena({ pages: [{ columns: [['n', 'bigint']], rows: [['n']] }] });
    await ask('SELECT 1', { output: 's3://results/x/', url: 'athena://eu-west-1/w/cat.db.t' });
    expect(calls[0]![1]).toMatchObject({
      ResultConfiguration: { OutputLocation: 's3://results/x/' },
      QueryExecutionContext: { Catalog: 'cat', Database: 'db' },
    });
  });
});

it('an engine error says its place only where there is one', () => {
  expect(new EngineError('ENGINE_FAILED', { name: 'X', sentence: 'y' }).message).toBe('X: y');
});
