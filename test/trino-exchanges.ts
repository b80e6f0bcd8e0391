/** Statements that are put to Trino as they are sent, with what a client must make of the answers. */

import type { EngineValue } from '../src/engine/engine.js';

export interface Case {
  name: string;
  sql: string;
  types?: string[];
  rows?: EngineValue[][];
  done?: string;
  error?: { name: string; line?: number; column?: number };
}

export const CASES: Case[] = [
  {
    name: 'numbers are exact',
    sql: `SELECT 9223372036854775807, -9007199254740993, 9007199254740991, DECIMAL '12345678901234567890.10', 1.5, nan(), REAL '0.1', infinity()`,
    types: ['bigint', 'bigint', 'bigint', 'decimal(22, 2)', 'double', 'double', 'real', 'double'],
    rows: [
      [
        9223372036854775807n,
        -9007199254740993n,
        9007199254740991,
        '12345678901234567890.10',
        1.5,
        Number.NaN,
        0.1,
        Number.POSITIVE_INFINITY,
      ],
    ],
  },
  {
    name: 'times keep their precision and bytes stay bytes',
    sql: `SELECT TIMESTAMP '2024-03-01 12:00:00.123456', TIMESTAMP '2024-03-01 12:00:00 Europe/Berlin', DATE '2024-03-01', X'00ff', INTERVAL '1' DAY`,
    types: ['timestamp(6)', 'timestamp(0) with time zone', 'date', 'varbinary', 'INTERVAL DAY TO SECOND'],
    rows: [
      [
        '2024-03-01 12:00:00.123456',
        '2024-03-01 12:00:00 Europe/Berlin',
        '2024-03-01',
        Buffer.from([0, 255]),
        '1 00:00:00.000',
      ],
    ],
  },
  {
    name: 'lists, rows and maps keep their order, and NULL is not an empty list',
    sql: `SELECT ARRAY[1, NULL, 9223372036854775807], CAST(ROW('a', NULL) AS ROW("x y" varchar, x varchar)), MAP(ARRAY['b', '__proto__'], ARRAY[TRUE, NULL]), CAST(ARRAY[] AS array(varchar)), CAST(NULL AS array(varchar))`,
    types: [
      'array(bigint)',
      'row("x y" varchar, x varchar)',
      'map(varchar(9), boolean)',
      'array(varchar)',
      'array(varchar)',
    ],
    rows: [
      [
        [1, null, 9223372036854775807n],
        { 'x y': 'a', x: null },
        Object.fromEntries([
          ['b', true],
          ['__proto__', null],
        ]),
        [],
        null,
      ],
    ],
  },
  {
    name: 'text arrives as it is',
    sql: `SELECT 'it''s "quoted" \\ 12345678901234567890', U&'\\202E\\+01F600\\0000', chr(10) || chr(27) || '[2J', JSON '{"n": 12345678901234567890}'`,
    rows: [
      ['it\'s "quoted" \\ 12345678901234567890', '\u202e😀\0', '\n\u001b[2J', '{"n":12345678901234567890}'],
    ],
  },
  {
    name: 'an answer that is a while in coming is waited for',
    sql: 'SELECT n FROM UNNEST(sequence(1, 10000)) AS t(n) WHERE n % 5000 = 0 OR n > 9998 ORDER BY n',
    rows: [[5000], [9999], [10_000]],
  },
  {
    name: 'an answer without rows has its columns',
    sql: 'SELECT 1 AS one WHERE FALSE',
    types: ['integer'],
    rows: [],
  },
  {
    name: 'an error has Trino’s name and its place, also behind a number that is sent as a double',
    sql: 'SELECT 1.25,\n  .5, nocolumn FROM (VALUES 1)',
    error: { name: 'COLUMN_NOT_FOUND', line: 2, column: 7 },
  },
  {
    name: 'a syntax error has its place',
    sql: 'SELECT FROM',
    error: { name: 'SYNTAX_ERROR', line: 1, column: 8 },
  },
  {
    name: 'an error of a value has no place',
    sql: 'SELECT 1 / n FROM (VALUES 0) AS t(n)',
    error: { name: 'DIVISION_BY_ZERO' },
  },
  {
    name: 'a statement that sets something says so',
    sql: "SET SESSION query_max_run_time = '1h'",
    rows: [],
    done: 'SET SESSION',
  },
];
