/** An engine by its URL or by its name in the profile: where it is, how it is asked, and with which credentials. */

import { readFileSync, statSync } from 'node:fs';
import { codeOf, UsageError } from '../errors.js';
import { nearest } from '../nearest.js';
import { brief } from '../output/escape.js';
import type { EngineProfile, Profile } from '../profile.js';
import { type EngineAddress, engineAddress } from './address.js';
import { byteCount } from './byte-count.js';
import type { Engine, EngineConnection } from './engine.js';

export interface EngineChoice {
  address: EngineAddress;
  /** What the profile says of it; of a URL that was given, nothing but the URL. */
  profile: EngineProfile;
}

export interface ConnectOptions {
  /** Bytes a statement may scan; default what the profile says. */
  maxScan?: number | undefined;
  /** Asked for a password that nothing else gives. */
  askPassword?: ((user: string) => Promise<string | undefined>) | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

/**
 * The engine that a text names.
 * @param profile reads the profile, where a name has to be looked up in it
 * @throws UsageError `BAD_ENGINE`, `BAD_PROFILE`
 */
export function chooseEngine(on: string, profile: () => Profile): EngineChoice {
  if (on.includes('://')) return { address: engineAddress(on), profile: { url: on } };
  const { engines, path } = profile();
  const engine = engines.get(on);
  if (engine) return { address: engineAddress(engine.url), profile: engine };
  const names = [...engines.keys()];
  const meant = nearest(on, names);
  throw new UsageError(
    'BAD_ENGINE',
    `no engine is named ${brief(on)}${meant ? `; did you mean ${meant}?` : ''}`,
    names.length > 0
      ? `${path} names ${names.slice(0, 10).join(', ')}; or a URL: trino://… or athena://…`
      : `give a URL, trino://… or athena://…, or name one in ${path}; a profile elsewhere needs OFFTRAIL_PROFILE`,
  );
}

/**
 * Connects. Nothing is asked until a statement runs.
 * @throws UsageError `BAD_ENGINE`, `ENGINE_REFUSED`, `MISSING_PACKAGE`
 */
export async function connect(
  { address, profile }: EngineChoice,
  { maxScan, askPassword, env = process.env }: ConnectOptions = {},
): Promise<EngineConnection> {
  const most =
    maxScan ?? (profile.maxScan === undefined ? undefined : byteCount(profile.maxScan, 'max-scan'));
  if (address.kind === 'athena') {
    const { connectAthena } = await import('./athena.js');
    return connectAthena(address, { output: profile.output, maxScan: most });
  }
  const { connectTrino } = await import('./trino.js');
  return connectTrino(address, {
    ...secretsOf(profile, env),
    askPassword,
    tls: {
      ca: fileOf(profile.ca),
      certificate: fileOf(profile.certificate),
      key: fileOf(profile.key),
    },
    tags: profile.tags,
    session: {
      ...profile.session,
      // Trino's own bound: it stops the statement itself.
      ...(most !== undefined && { query_max_scan_physical_bytes: `${most}B` }),
    },
  });
}

/** Connects, and looks at the table that the address names. */
export async function openEngine(
  choice: EngineChoice,
  options: ConnectOptions & { signal?: AbortSignal | undefined } = {},
): Promise<Engine> {
  const { withTable } = await import('./table.js');
  return withTable(await connect(choice, options), choice.address, options.signal);
}

/**
 * The password and the token. What the profile names comes first: the environment's are then of another engine. With a
 * certificate or a credential named, nothing of the environment is sent.
 */
function secretsOf(
  { passwordEnv, passwordFile, tokenEnv, tokenFile, certificate }: EngineProfile,
  env: NodeJS.ProcessEnv,
): { password?: string | undefined; token?: string | undefined } {
  const named = [passwordEnv, passwordFile, tokenEnv, tokenFile].filter(one => one !== undefined);
  if (named.length > 1)
    throw new UsageError(
      'BAD_PROFILE',
      'the profile names several credentials of one engine',
      'name one of them',
    );
  if (passwordEnv !== undefined) return { password: envOf(passwordEnv, env) };
  if (tokenEnv !== undefined) return { token: envOf(tokenEnv, env) };
  if (passwordFile !== undefined) return { password: secretFile(passwordFile) };
  if (tokenFile !== undefined) return { token: secretFile(tokenFile) };
  if (certificate !== undefined) return {};
  if (env.OFFTRAIL_TRINO_TOKEN) return { token: env.OFFTRAIL_TRINO_TOKEN };
  return env.OFFTRAIL_TRINO_PASSWORD ? { password: env.OFFTRAIL_TRINO_PASSWORD } : {};
}

function envOf(name: string, env: NodeJS.ProcessEnv): string {
  const value = env[name];
  if (value) return value;
  throw new UsageError('ENGINE_REFUSED', `the variable ${brief(name)} that the profile names is not set`);
}

/** A file with a secret in it: its first line. Others must not be able to read it, as with PostgreSQL's .pgpass. */
function secretFile(path: string): string {
  const text = String(fileOf(path));
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new UsageError('ENGINE_REFUSED', `${path}: others may read the secret in it`, `chmod 600 ${path}`);
  const [secret = ''] = text.split(/\r?\n/);
  if (secret !== '') return secret;
  throw new UsageError('ENGINE_REFUSED', `${path}: its first line is empty`);
}

function fileOf<P extends string | undefined>(path: P): P extends string ? Buffer : Buffer | undefined;
function fileOf(path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(
      'BAD_PROFILE',
      `${path}: it cannot be read: ${codeOf(error)}`,
      'the profile names it',
      {
        cause: error,
      },
    );
  }
}
