/** What events share, as the lake's columns have it: rows of the dimensions, of the ledger, and the folders that follow. */

import { createBoundedMap } from '../bounded-map.js';
import { fieldsAt } from '../cloudtrail/fields.js';
import { LAKE_COLUMNS } from '../cloudtrail/lake.js';
import { lakeForm } from '../cloudtrail/record-form.js';
import { members } from '../json-text.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { usernameSql } from '../store/view.js';
import { jsonTree } from './json-tree.js';
import type { Tree } from './parquet/shred.js';

/** Values by the names of columns. */
export type Values = Readonly<Record<string, Tree>>;
type Texts = Readonly<Record<string, string | number | null>>;

const TYPES = new Map(LAKE_COLUMNS.map(({ name, type }) => [name, type]));

const STATEMENTS = {
  kind: `SELECT template, ${fieldsAt('kind')
    .map(f => f.column)
    .join(', ')} FROM kind WHERE id = ?`,
  identity: `SELECT useridentity AS useridentity_json, ${usernameSql()} AS username, is_anonymous,
      sessioncontext_sourceidentity AS useridentity_sessioncontext_sourceidentity,
      identityprovider AS useridentity_identityprovider, credentialid AS useridentity_credentialid
    FROM identity WHERE id = ?`,
  address: 'SELECT sourceipaddress FROM address WHERE id = ?',
  agent: 'SELECT useragent FROM agent WHERE id = ?',
  channel: `SELECT members, vpcendpointid, vpcendpointaccountid, sessioncredentialfromconsole,
      keyexchange AS tlsdetails_keyexchange
    FROM channel WHERE id = ?`,
  bucket: 'SELECT bucketname FROM bucket WHERE id = ?',
  file: `SELECT path AS file_path, is_suspect, is_replaced AS is_removed, coalesce(v.verdict, 'none') AS evidence,
      account, region, year, month, day
    FROM file AS f LEFT JOIN evidence AS v ON v.file_id = f.id WHERE f.id = ?`,
} as const;

/** A table whose rows events point to. */
export type Shared = keyof typeof STATEMENTS;
export const SHARED = Object.keys(STATEMENTS) as Shared[];
/** What an event has that points to no row. */
const ABSENT: Readonly<Record<Shared, Values>> = {
  kind: {},
  identity: { is_anonymous: false },
  address: {},
  agent: {},
  channel: {},
  bucket: {},
  file: { is_suspect: false, is_removed: false, evidence: 'none' },
};

/** Rows of a table that are remembered, and characters of them. */
const REMEMBERED = 20_000;

/** Reads what events share; remembers what it has read. */
export function createSharedRows(db: Db): (of: Shared, id: number) => Values {
  const memories = Object.fromEntries(
    SHARED.map(of => [of, createBoundedMap<number, Values>(REMEMBERED)]),
  ) as Record<Shared, ReturnType<typeof createBoundedMap<number, Values>>>;
  return (of, id) => {
    if (id === 0) return ABSENT[of];
    let values = memories[of].get(id);
    if (!values) {
      const row = prepared(db, STATEMENTS[of]).get(id) as Texts | undefined;
      values = row ? valuesOf(row) : ABSENT[of];
      memories[of].set(id, values, row ? sizeOf(row) : 0);
    }
    return values;
  };
}

const sizeOf = (row: Texts): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);

function valuesOf(row: Texts): Values {
  const values: Record<string, Tree> = {};
  // The column of the table has a text where the record has a string: the member is JSON.
  const json =
    typeof row.members === 'string'
      ? { tlsdetails_json: members(row.members).get('"tlsDetails"') ?? null }
      : undefined;
  for (const [name, value] of Object.entries<string | number | null>({ ...row, ...json })) {
    values[name] = TYPES.get(name) === 'boolean' ? value === 1 : value;
    const struct = name.endsWith('_json') ? name.slice(0, -5) : undefined;
    if (struct) values[struct] = jsonTree(value as string | null, TYPES.get(struct)!);
  }
  return values;
}

/** The form of a record of a kind, with what its channel does not give back. */
export function formOf(kind: Values, channel: Values): string {
  return lakeForm(kind.template as string, (channel.members as string | undefined) ?? null);
}

/**
 * The folders of an event: what its record says, else what the path of its log file says.
 * @param date `yyyy-mm-dd`, null where its time cannot be read
 */
export function partitionOf(kind: Values, file: Values, date: string | null): Record<string, string | null> {
  const text = (value: Tree): string | null => (typeof value === 'string' ? value : null);
  return {
    account: text(kind.recipientaccountid) ?? text(file.account),
    region: text(kind.awsregion) ?? text(file.region),
    year: date?.slice(0, 4) ?? text(file.year),
    month: date?.slice(5, 7) ?? text(file.month),
    day: date?.slice(8, 10) ?? text(file.day),
  };
}
