/**
 * The profile: names for engines and indexes, in one TOML file of the user's own.
 *
 * It is `$XDG_CONFIG_HOME/offtrail/offtrail.toml`, by default `~/.config/offtrail/offtrail.toml`, or the file that
 * OFFTRAIL_PROFILE names. It is never looked for in the working folder or above it: that may be a folder of evidence, and
 * a file in it that names engines could send queries and credentials to whoever wrote it.
 */

import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { codeOf, messageOf, UsageError } from './errors.js';
import { toml } from './lazy.js';
import { nearest } from './nearest.js';

/** What a profile says of an engine. Paths are absolute. */
export interface EngineProfile {
  url: string;
  /** Trino: where the password or the token is. */
  passwordEnv?: string;
  passwordFile?: string;
  tokenEnv?: string;
  tokenFile?: string;
  /** Trino: PEM files of the authority, the client's certificate and its key. */
  ca?: string;
  certificate?: string;
  key?: string;
  /** Trino: session properties and tags. */
  session?: Readonly<Record<string, string>>;
  tags?: readonly string[];
  /** Athena: where results go, and what a terabyte costs, in dollars. */
  output?: string;
  pricePerTb?: number;
  /** Bytes a statement may scan: `10GB`. */
  maxScan?: string;
}

export interface Profile {
  /** The file; it need not be there. */
  path: string;
  engines: ReadonlyMap<string, EngineProfile>;
  /** Paths of indexes. */
  indexes: ReadonlyMap<string, string>;
}

type Kind = 'text' | 'path' | 'number' | 'texts' | 'table';

/** The keys of an engine, what each takes, and which engines have it. */
const ENGINE_KEYS: Readonly<Record<string, readonly [name: keyof EngineProfile, kind: Kind, of?: string]>> = {
  url: ['url', 'text'],
  'password-env': ['passwordEnv', 'text', 'trino'],
  'password-file': ['passwordFile', 'path', 'trino'],
  'token-env': ['tokenEnv', 'text', 'trino'],
  'token-file': ['tokenFile', 'path', 'trino'],
  ca: ['ca', 'path', 'trino'],
  certificate: ['certificate', 'path', 'trino'],
  key: ['key', 'path', 'trino'],
  session: ['session', 'table', 'trino'],
  tags: ['tags', 'texts', 'trino'],
  output: ['output', 'text', 'athena'],
  'price-per-tb': ['pricePerTb', 'number', 'athena'],
  'max-scan': ['maxScan', 'text'],
};

/** Secrets that people write into such files. */
const SECRETS: Readonly<Record<string, string>> = {
  password: 'password-file or password-env',
  token: 'token-file or token-env',
};

/** Where the profile is. */
export function profilePath(env: NodeJS.ProcessEnv = process.env): string {
  const { OFFTRAIL_PROFILE, XDG_CONFIG_HOME } = env;
  if (OFFTRAIL_PROFILE) return resolve(OFFTRAIL_PROFILE);
  // A relative XDG_CONFIG_HOME is to be ignored: the folder at hand is not the user's own.
  const folder =
    XDG_CONFIG_HOME && isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(homedir(), '.config');
  return join(folder, 'offtrail', 'offtrail.toml');
}

/**
 * Reads the profile; one that is not there is empty, unless OFFTRAIL_PROFILE names it.
 * @throws UsageError `BAD_PROFILE`
 */
export function readProfile(env: NodeJS.ProcessEnv = process.env): Profile {
  const path = profilePath(env);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
    checkOwner(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !env.OFFTRAIL_PROFILE)
      return { path, engines: new Map(), indexes: new Map() };
    if (error instanceof UsageError) throw error;
    throw bad(path, `it cannot be read: ${codeOf(error) || messageOf(error)}`);
  }
  return parseProfile(text, path);
}

/** Reads the text of a profile; `path` is its file. */
export function parseProfile(text: string, path: string): Profile {
  const { parse, TomlError } = toml();
  let tree: Record<string, unknown>;
  try {
    tree = parse(text, { integersAsBigInt: false });
  } catch (error) {
    if (error instanceof TomlError)
      throw bad(path, `line ${error.line}:${error.column}: ${error.message.split('\n')[0]}`);
    throw error;
  }
  checkKeys(tree, ['engines', 'indexes'], path, '');
  const engines = tableOf(tree.engines, path, 'engines').map(([name, value]) => {
    checkName(name, path, 'engines');
    return [name, engineOf(value, path, `engines.${name}`)] as const;
  });
  const indexes = tableOf(tree.indexes, path, 'indexes').map(([name, value]) => {
    checkName(name, path, 'indexes');
    return [name, checkedValue(value, 'path', path, `indexes.${name}`) as string] as const;
  });
  return { path, engines: new Map(engines), indexes: new Map(indexes) };
}

const bad = (
  path: string,
  sentence: string,
  hint = 'docs/other-engines.md shows what it can hold',
): UsageError => new UsageError('BAD_PROFILE', `${path}: ${sentence}`, hint);

/** Whoever can write the file decides where credentials go. */
function checkOwner(path: string): void {
  if (process.platform === 'win32') return;
  const { mode, uid } = statSync(path);
  if ((mode & 0o002) !== 0) throw bad(path, 'everybody may write it', `chmod o-w ${path}`);
  const own = process.getuid?.();
  if (uid !== own && uid !== 0) throw bad(path, 'it belongs to another user', 'use a file of your own');
}

/** A name is a word: it stands on command lines, and must not be taken for a URL or a path. */
function checkName(name: string, path: string, of: string): void {
  if (!/^[\p{L}\d][\p{L}\d_.-]*$/u.test(name))
    throw bad(
      path,
      `${of}: a name has letters, digits, ".", "_" and "-", and ${JSON.stringify(name)} has others`,
    );
}

function checkKeys(table: object, known: readonly string[], path: string, where: string): void {
  for (const key of Object.keys(table)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    throw bad(
      path,
      `unknown key ${where}${key}${meant ? `; did you mean ${meant}?` : ''}`,
      `keys: ${known.join(', ')}`,
    );
  }
}

function tableOf(value: unknown, path: string, where: string): Array<[string, unknown]> {
  if (value === undefined) return [];
  if (value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date))
    return Object.entries(value);
  throw bad(path, `${where} must be a table`);
}

function engineOf(value: unknown, path: string, where: string): EngineProfile {
  const entries = tableOf(value, path, where);
  const secret = entries.find(([key]) => key in SECRETS)?.[0];
  if (secret !== undefined)
    throw bad(path, `${where}.${secret}: no secret stands in the profile itself`, `use ${SECRETS[secret]}`);
  checkKeys(Object.fromEntries(entries), Object.keys(ENGINE_KEYS), path, `${where}.`);
  const engine = Object.fromEntries(
    entries.map(([key, of]) => {
      const [name, kind] = ENGINE_KEYS[key]!;
      return [name, checkedValue(of, kind, path, `${where}.${key}`)];
    }),
  ) as unknown as EngineProfile;
  if (engine.url === undefined) throw bad(path, `${where}.url is missing`);
  const own = /^([a-z]+):/i.exec(engine.url)?.[1]?.toLowerCase();
  for (const [key] of entries) {
    const of = ENGINE_KEYS[key]![2];
    if (of !== undefined && of !== own) throw bad(path, `${where}.${key} is for ${of}:// alone`);
  }
  return engine;
}

function checkedValue(value: unknown, kind: Kind, path: string, where: string): unknown {
  switch (kind) {
    case 'text':
      if (typeof value === 'string' && value !== '') return value;
      break;
    case 'path':
      if (typeof value === 'string' && value !== '') return pathOf(value, path);
      break;
    case 'number':
      if (typeof value === 'number' && value >= 0) return value;
      break;
    case 'texts':
      if (Array.isArray(value) && value.every(one => typeof one === 'string')) return value;
      break;
    case 'table': {
      const entries = tableOf(value, path, where).map(([key, of]) => [key, String(of)] as const);
      return Object.fromEntries(entries);
    }
  }
  const what = { text: 'a text', path: 'a path', number: 'a number of 0 or more', texts: 'a list of texts' }[
    kind as 'text'
  ];
  throw bad(path, `${where} must be ${what}`);
}

/** A path in the profile: `~` is the home, others begin where the profile is. */
function pathOf(text: string, profile: string): string {
  if (text === '~' || text.startsWith('~/')) return join(homedir(), text.slice(1));
  return resolve(dirname(profile), text);
}
