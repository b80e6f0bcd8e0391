/**
 * The URLs of engines.
 *
 * | URL | what |
 * |---|---|
 * | `trino://USER@HOST:PORT/CATALOG/SCHEMA/TABLE` | as SQLAlchemy's driver for Trino writes it, and a table |
 * | `athena://REGION/WORKGROUP/DATABASE.TABLE` | `CATALOG.DATABASE.TABLE` for another catalog than Glue's |
 *
 * Trino is asked over TLS where the port is 443, as its Python client does, or with `?SSL=true`, as its JDBC driver says it.
 * The table may be left out for statements, which name their own.
 */

import { UsageError } from '../errors.js';
import { nearest } from '../nearest.js';
import { brief } from '../output/escape.js';

export interface TrinoAddress {
  kind: 'trino';
  host: string;
  port: number;
  isTls: boolean;
  /** Absent: who runs offtrail, as Trino's own command line does. */
  user?: string | undefined;
  catalog?: string | undefined;
  schema?: string | undefined;
  table?: string | undefined;
}

export interface AthenaAddress {
  kind: 'athena';
  region: string;
  workgroup: string;
  /** Default: Glue's, `AwsDataCatalog`. */
  catalog?: string | undefined;
  database?: string | undefined;
  table?: string | undefined;
}

export type EngineAddress = TrinoAddress | AthenaAddress;

const FORMS = 'trino://USER@HOST:PORT/CATALOG/SCHEMA/TABLE or athena://REGION/WORKGROUP/DATABASE.TABLE';
const DEFAULT_PORT = 8080;
const TLS_PORT = 443;

/**
 * Reads the URL of an engine.
 * @throws UsageError `BAD_ENGINE`, which never repeats a password
 */
export function engineAddress(text: string): EngineAddress {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'trino') return trinoAddress(parsed(text));
  if (scheme === 'athena') return athenaAddress(parsed(text));
  throw bad(`${brief(scheme ?? '')}:// is not the scheme of an engine`);
}

const bad = (sentence: string, hint = FORMS): UsageError => new UsageError('BAD_ENGINE', sentence, hint);

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw bad('the URL of the engine cannot be read');
  }
}

/** The parts of a path, decoded. An empty one is none. */
function partsOf({ pathname }: URL): string[] {
  try {
    return pathname.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    throw bad('the path of the engine’s URL has a % that is no character');
  }
}

function trinoAddress(url: URL): TrinoAddress {
  if (url.password !== '')
    throw bad(
      'a password stands in the URL of the engine, where other programs see it',
      'leave it out: OFFTRAIL_TRINO_PASSWORD, password-file in the profile, or asked for at a terminal',
    );
  const parts = partsOf(url);
  if (parts.length > 3) throw bad(`${parts.length} names stand in the path of the URL, and three can`);
  const ssl = parameterOf(url, 'SSL');
  if (ssl !== undefined && !/^(true|false)$/i.test(ssl)) throw bad('SSL is true or false', '?SSL=true');
  if (url.hostname === '') throw bad('the URL of Trino has no host');
  const port = url.port === '' ? undefined : Number(url.port);
  const isTls = ssl === undefined ? port === TLS_PORT : /^true$/i.test(ssl);
  const [catalog, schema, table] = parts;
  return {
    kind: 'trino',
    host: url.hostname,
    port: port ?? (isTls ? TLS_PORT : DEFAULT_PORT),
    isTls,
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    catalog,
    schema,
    table,
  };
}

/** The one parameter that a URL may have, in any case. */
function parameterOf(url: URL, name: string): string | undefined {
  for (const key of url.searchParams.keys())
    if (key.toLowerCase() !== name.toLowerCase())
      throw bad(`unknown parameter ${brief(key)} in the URL of the engine`, `${name} is the only one`);
  return [...url.searchParams].map(([, value]) => value).at(-1);
}

function athenaAddress(url: URL): AthenaAddress {
  if (url.username !== '' || url.password !== '')
    throw bad(
      'credentials stand in the URL of Athena',
      'leave them out: the AWS SDK finds them, as the AWS CLI does (AWS_PROFILE, aws sso login, …)',
    );
  if (url.search !== '')
    throw bad('the URL of Athena takes no parameters', 'a profile has output, max-scan, …');
  const region = url.hostname;
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    const meant = nearest(region, ['us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1', 'eu-central-1']);
    throw bad(`${brief(region)} is not a region of AWS${meant ? `; did you mean ${meant}?` : ''}`);
  }
  const [workgroup, name, ...more] = partsOf(url);
  if (workgroup === undefined || more.length > 0) throw bad('the URL of Athena has a workgroup and a table');
  const names = name?.split('.') ?? [];
  if (names.length > 3 || names.includes('')) throw bad(`${brief(name ?? '')} is not DATABASE.TABLE`);
  const [table, database, catalog] = names.length === 1 ? [undefined, names[0]] : names.toReversed();
  return { kind: 'athena', region, workgroup, catalog, database, table };
}

/** A name as statements have it, whatever is in it. */
export const quotedName = (...parts: string[]): string =>
  parts.map(part => `"${part.replaceAll('"', '""')}"`).join('.');

/** The table of an address, quoted; undefined where it has none. */
export function tableName(address: EngineAddress): string | undefined {
  if (address.table === undefined) return undefined;
  const { catalog, table } = address;
  const schema = address.kind === 'trino' ? address.schema : address.database;
  return quotedName(...[catalog, schema, table].filter(part => part !== undefined));
}

/** For people. */
export function describeAddress(address: EngineAddress): string {
  const { kind, catalog, table } = address;
  const names = kind === 'trino' ? [catalog, address.schema, table] : [catalog, address.database, table];
  const place =
    kind === 'trino'
      ? `Trino at ${address.host}:${address.port}`
      : `Athena in ${address.region}, workgroup ${address.workgroup}`;
  const name = names.filter(part => part !== undefined).join('.');
  return name === '' ? place : `${place}, ${name}`;
}
