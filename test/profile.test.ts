import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseEngine, connect } from '../src/engine/open.js';
import type { UsageError } from '../src/errors.js';
import { parseProfile, profilePath, readProfile } from '../src/profile.js';
import { folder, put } from './support.js';
import { serve } from './trino-server.js';

const PATH = '/home/ana/.config/offtrail/offtrail.toml';

const failureOf = (action: () => unknown): UsageError => {
  try {
    action();
  } catch (error) {
    return error as UsageError;
  }
  throw new Error('it did not fail');
};

describe('The profile', () => {
  it('names engines and indexes; paths begin where it is, ~ is the home', () => {
    const { engines, indexes } = parseProfile(
      `[engines.prod]
url = "trino://ana@trino.example.com:443/hive/ct/cloudtrail_logs"
password-file = "prod-password"
session = { query_priority = 1 }
[engines.lake]
url = "athena://us-east-1/primary/db.t"
max-scan = "10GB"
price-per-tb = 5.5
[indexes]
case1 = "~/cases/1.db"`,
      PATH,
    );
    expect(engines.get('prod')).toEqual({
      url: 'trino://ana@trino.example.com:443/hive/ct/cloudtrail_logs',
      passwordFile: '/home/ana/.config/offtrail/prod-password',
      session: { query_priority: '1' },
    });
    expect(engines.get('lake')).toMatchObject({ maxScan: '10GB', pricePerTb: 5.5 });
    expect(indexes.get('case1')).toBe(join(homedir(), 'cases/1.db'));
  });

  it.each<[string, RegExp]>([
    [
      '[engines.a]\nurl = "trino://h/"\npasword-env = "X"',
      /unknown key engines\.a\.pasword-env; did you mean password-env\?/,
    ],
    ['[engine.a]\nurl = "trino://h/"', /unknown key engine; did you mean engines\?/],
    [
      '[engines.a]\nurl = "trino://h/"\npassword = "hunter2"',
      /engines\.a\.password: no secret stands in the profile/,
    ],
    ['[engines.a]\nca = "x"', /engines\.a\.url is missing/],
    ['[engines.a]\nurl = "athena://us-east-1/w/d.t"\nca = "x"', /engines\.a\.ca is for trino/],
    ['[engines.a]\nurl = 5', /engines\.a\.url must be a text/],
    ['[engines."a://b"]\nurl = "trino://h/"', /has others/],
    ['engines = 5', /engines must be a table/],
    ['[indexes]\na = 5', /indexes\.a must be a path/],
    ['[engines', /line 1:\d+/],
  ])('%j is refused with what is wrong', (text, message) => {
    const error = failureOf(() => parseProfile(text, PATH));
    expect(error).toMatchObject({ code: 'BAD_PROFILE' });
    expect(error.message).toMatch(message);
    expect(`${error.message}${error.hint}`).not.toContain('hunter2');
  });

  it('is the user’s own, never one of the working folder: that may be evidence', () => {
    const home = folder();
    const evidence = folder();
    const text = '[engines.prod]\nurl = "trino://evil.example/"\n';
    put(evidence, 'offtrail.toml', text);
    const before = process.cwd();
    process.chdir(evidence);
    try {
      expect(readProfile({ XDG_CONFIG_HOME: home }).engines.size).toBe(0);
      // A relative one would be in the working folder.
      mkdirSync(join(evidence, 'conf'));
      put(evidence, 'conf/offtrail/offtrail.toml', text);
      expect(profilePath({ XDG_CONFIG_HOME: 'conf' })).toBe(
        join(homedir(), '.config/offtrail/offtrail.toml'),
      );
    } finally {
      process.chdir(before);
    }
    put(home, 'offtrail/offtrail.toml', '[indexes]\na = "x.db"\n');
    expect(readProfile({ XDG_CONFIG_HOME: home }).indexes.get('a')).toBe(join(home, 'offtrail/x.db'));
  });

  it('that everybody may write is not believed; one that OFFTRAIL_PROFILE names has to be there', () => {
    const path = put(folder(), 'p.toml', '');
    chmodSync(path, 0o666);
    expect(failureOf(() => readProfile({ OFFTRAIL_PROFILE: path })).message).toContain(
      'everybody may write it',
    );
    expect(failureOf(() => readProfile({ OFFTRAIL_PROFILE: `${path}x` })).message).toContain('ENOENT');
  });
});

describe('An engine by name', () => {
  const profile = (text: string) => () => parseProfile(text, PATH);
  const TWO = profile('[engines.production]\nurl = "trino://h/"\n[engines.test]\nurl = "trino://i/"');

  it('is one of the profile, else the nearest is named', () => {
    expect(chooseEngine('test', TWO).address).toMatchObject({ host: 'i' });
    const error = failureOf(() => chooseEngine('prodution', TWO));
    expect(error.message).toBe('no engine is named prodution; did you mean production?');
    expect(error.hint).toContain('production, test');
  });

  it('by its URL needs no profile', () => {
    const broken = () => {
      throw new Error('read');
    };
    expect(chooseEngine('trino://h/a/b/c', broken).address).toMatchObject({ table: 'c' });
  });

  it('gets the secret that the profile names for it, and none that the environment has for another', async () => {
    const home = folder();
    put(home, 'secret', 's3cret\n');
    const { port, seen } = await serve(() => ({ body: { id: 'q' } }));
    const ask = async (more: string, env: NodeJS.ProcessEnv) => {
      const text = `[engines.a]\nurl = "trino://ana@127.0.0.1:${port}/"\n${more}`;
      const choice = chooseEngine('a', () => parseProfile(text, join(home, 'offtrail.toml')));
      await (await connect(choice, { env })).run('SELECT 1');
      return seen.at(-1)!.headers.authorization;
    };
    const basic = (password: string) => `Basic ${Buffer.from(`ana:${password}`).toString('base64')}`;
    chmodSync(join(home, 'secret'), 0o600);
    const others = { OFFTRAIL_TRINO_PASSWORD: 'other', OFFTRAIL_TRINO_TOKEN: 'other' };
    expect(await ask('password-file = "secret"', others)).toBe(basic('s3cret'));
    expect(await ask('password-env = "OWN"', { ...others, OWN: 'mine' })).toBe(basic('mine'));
    expect(await ask('token-env = "OWN"', { OWN: 'a.b.c' })).toBe('Bearer a.b.c');
    expect(await ask('', { OFFTRAIL_TRINO_PASSWORD: 'env' })).toBe(basic('env'));
    expect(await ask('', {})).toBeUndefined();
    await expect(ask('password-env = "NOT_SET"', others)).rejects.toThrow(
      'NOT_SET that the profile names is not set',
    );
    chmodSync(join(home, 'secret'), 0o644);
    await expect(ask('password-file = "secret"', {})).rejects.toThrow('others may read the secret');
  });
});
