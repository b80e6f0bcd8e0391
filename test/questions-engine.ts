/** Engines for the tests of questions: our own reader of Athena's dialect on an index, with a table in either form. */

import { appendFileSync } from 'node:fs';
import { ACCESS_FIELDS } from '../src/access-logs/fields.js';
import type { Engine, EngineTable, EngineValue } from '../src/engine/engine.js';
import type { Db } from '../src/query/open.js';
import { ACCESS_LOGS } from '../src/query/sql/bind/access-logs.js';
import { DATA_COLUMNS } from '../src/query/sql/bind/documented.js';
import { createSqlSession } from '../src/query/sql/run.js';
import { type Type, typeText } from '../src/query/sql/types.js';
import type { MapValue, Value } from '../src/query/sql/values.js';

/** Where `scripts/trino-parser.ts` finds the statements. */
const WRITTEN = process.env.TRINO_STATEMENTS;

/** What a table is: Athena's columns over raw files, or with ours over a lake. */
export type TableForm = 'raw' | 'lake' | 'access-logs' | 'access-lake';

/** An engine, and the statements it was sent. */
export interface LocalEngine extends Engine {
  statements: string[];
}

/** Puts statements to the index behind a connection of its own. */
export function localEngine(db: Db, form: TableForm): LocalEngine {
  const statements: string[] = [];
  const session = createSqlSession(db);
  const table = TABLES[form]();
  const view = form === 'lake' ? LAKE : form === 'access-lake' ? LINES : undefined;
  if (view) for (const _ of session.run(`CREATE VIEW lake AS ${view}`));
  return {
    kind: 'trino',
    describe: `the index as ${form}`,
    table,
    statements,
    async run(statement) {
      statements.push(statement);
      if (WRITTEN) appendFileSync(WRITTEN, `${statement}\0`);
      const [answer] = session.run(statement);
      if (answer?.kind !== 'rows') throw new Error(`no rows: ${statement}`);
      const { columns, types, rows } = answer.result;
      return {
        columns: columns.map((name, i) => ({ name, type: typeText(types[i]!) })),
        rows: (async function* () {
          for (const row of rows) yield row.map((value, i) => engineValue(value, types[i]!));
        })(),
        statistics: () => ({}),
      };
    },
  };
}

/** A value as the client of an engine gives it. */
function engineValue(value: Value, type: Type): EngineValue {
  if (value === null) return null;
  switch (type.kind) {
    case 'array':
      return (value as Value[]).map(one => engineValue(one, type.element));
    case 'row':
      return Object.fromEntries(
        (value as Value[]).map((one, i) => [type.fields[i]!.name!, engineValue(one, type.fields[i]!.type)]),
      );
    case 'map':
      return Object.fromEntries(
        [...(value as MapValue).values()].map(([key, of]) => [String(key), engineValue(of, type.value)]),
      );
    default:
      return typeof value === 'bigint' && Number.isSafeInteger(Number(value))
        ? Number(value)
        : (value as EngineValue);
  }
}

const ATHENA: ReadonlyArray<[string, string]> = DATA_COLUMNS.map(({ name, type }) => [name, typeText(type)]);
const PARTITIONS = ['account', 'region', 'year', 'month', 'day'];
const texts = (names: readonly string[]): Array<[string, string]> => names.map(name => [name, 'varchar']);

/** Columns of a lake for members that Athena's structs do not have. */
const LEAF_COLUMNS = [
  ['useridentity_sessioncontext_sourceidentity', 'sessionContext.sourceIdentity'],
  ['useridentity_identityprovider', 'identityProvider'],
  ['useridentity_credentialid', 'credentialId'],
  ['tlsdetails_keyexchange', 'keyExchange'],
] as const;

/** Expressions on the documented table for columns of a lake. */
const LAKE_COLUMNS: ReadonlyArray<[name: string, type: string, expression: string]> = [
  ...ATHENA.map(([name, type]): [string, string, string] => [name, type, name]),
  ['account', 'varchar', 'coalesce(recipientaccountid, account)'],
  ['region', 'varchar', 'coalesce(awsregion, region)'],
  ...(
    [
      ['year', '%Y'],
      ['month', '%m'],
      ['day', '%d'],
    ] as const
  ).map(([name, format]): [string, string, string] => [
    name,
    'varchar',
    `coalesce(date_format(from_unixtime(coalesce(TRY_CAST("$odd_time" AS double), TRY(to_unixtime(from_iso8601_timestamp(eventtime))))), '${format}'), ${name})`,
  ]),
  ...[
    ...['managementevent', 'insightdetails', 'eventcontext', 'additional_fields', 'bucketname', 'objectkey'],
    ...['signatureversion', 'username', 'odd_time', 'evidence', 'envelope'],
    ...['useridentity_json', 'resources_json', 'addendum_json', 'tlsdetails_json'],
  ].map((name): [string, string, string] => [name, 'varchar', `"$${name}"`]),
  ['bytestransferredin', 'bigint', '"$bytestransferredin"'],
  ['bytestransferredout', 'bigint', '"$bytestransferredout"'],
  ...['is_anonymous', 'is_suspect', 'is_removed', 'is_conflicting'].map((name): [string, string, string] => [
    name,
    'boolean',
    `"$${name}" = 1`,
  ]),
  ...LEAF_COLUMNS.map(([name, path]): [string, string, string] => [
    name,
    'varchar',
    `json_extract_scalar("$${name.split('_')[0]}_json", '$.${path}')`,
  ]),
];
const LAKE = `SELECT ${LAKE_COLUMNS.map(([name, , expression]) => `${expression} AS ${name}`).join(', ')} FROM cloudtrail_logs`;

/** Lines as a lake has them: no value where the table of AWS's guide has a dash, and text without its quotes. */
const LINE_COLUMNS: ReadonlyArray<[name: string, type: string, expression: string]> = [
  ...ACCESS_FIELDS.map(({ name, athenaType, form }): [string, string, string] =>
    athenaType === 'BIGINT'
      ? [name, 'bigint', name]
      : [
          name,
          'varchar',
          `nullif(${form === 'quoted' ? `regexp_replace(${name}, '^"(.*)"$', '$1')` : name}, '-')`,
        ],
  ),
  ['form', 'bigint', '"$form"'],
  ['field_count', 'bigint', 'bitwise_and("$form", 31)'],
  ...['year', 'month', 'day'].map((name): [string, string, string] => [name, 'varchar', name]),
];
const LINES = `SELECT ${LINE_COLUMNS.map(([name, , expression]) => `${expression} AS "${name}"`).join(', ')} FROM s3_access_logs`;

const TABLES: Record<TableForm, () => EngineTable> = {
  raw: () => ({
    name: 'cloudtrail_logs',
    columns: new Map([...ATHENA, ...texts(PARTITIONS)]),
    partitions: new Set(PARTITIONS),
    source: 'cloudtrail',
  }),
  lake: () => ({
    name: 'lake',
    columns: new Map(LAKE_COLUMNS.map(([name, type]) => [name, type])),
    partitions: new Set(PARTITIONS),
    source: 'cloudtrail',
  }),
  'access-lake': () => ({
    name: 'lake',
    columns: new Map(LINE_COLUMNS.map(([name, type]) => [name, type])),
    partitions: new Set(['year', 'month', 'day']),
    source: 'access-logs',
  }),
  'access-logs': () => ({
    name: 's3_access_logs_db.mybucket_logs',
    columns: new Map(ACCESS_LOGS.columns.map(({ name, type }) => [name, typeText(type)])),
    partitions: new Set(),
    source: 'access-logs',
  }),
};
