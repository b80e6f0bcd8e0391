/** Trino over TLS, with authorities and certificates that openssl makes; skipped, and says so, where there is none. */

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, connect } from '../src/engine/open.js';
import type { EngineProfile } from '../src/profile.js';
import { afterEvery } from './endings.js';
import { folder } from './support.js';
import { type Reply, serve } from './trino-server.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const servers: ChildProcess[] = [];
afterEvery('file', () => {
  for (const server of servers.splice(0)) server.kill('SIGKILL');
});

let made: string;
const pem = (name: string): Buffer => readFileSync(join(made, `${name}.pem`));
const path = (name: string): string => join(made, `${name}.pem`);

/** Makes `NAME.pem` and `NAME-key.pem`, signed by an authority or by itself. */
function certificate(name: string, by?: string): void {
  const signed = by === undefined ? [] : ['-CA', path(by), '-CAkey', path(`${by}-key`)];
  const what = ['-x509', '-days', '2', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-out', path(name), '-keyout', path(`${name}-key`)];
  execFileSync('openssl', ['req', ...what, ...names, ...signed, ...files], { stdio: 'ignore' });
}

const answer = (): Reply => ({
  body: { id: 'q1', columns: [{ name: 'n', type: 'bigint' }], data: [[1]], stats: { state: 'FINISHED' } },
});

/** What a statement gives, or the error; asked through a profile that names the files. */
async function ask(port: number, files: Partial<EngineProfile>): Promise<unknown> {
  const url = `trino://ana@127.0.0.1:${port}/hive/ct/t?SSL=true`;
  const engines = new Map([['lake', { url, ...files }]]);
  const choice = chooseEngine('lake', () => ({ engines, indexes: new Map(), path: 'offtrail.toml' }));
  const client = await connect(choice, { env: {} });
  try {
    const { rows } = await client.run('SELECT 1', {});
    const all: unknown[] = [];
    for await (const row of rows) all.push(row);
    return all;
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    return { message, hint };
  }
}

describe.runIf(hasOpenssl)('Trino over TLS (needs openssl)', () => {
  beforeAll(() => {
    made = folder();
    for (const name of ['authority', 'stranger']) certificate(name);
    for (const name of ['server', 'client']) certificate(name, 'authority');
    certificate('impostor', 'stranger');
  });
  const server = () => ({ cert: pem('server'), key: pem('server-key') });
  const client = () => ({ ca: path('authority'), certificate: path('client'), key: path('client-key') });

  it('is asked where the authority of the profile signed its certificate', async () => {
    const { port } = await serve(answer, server());
    expect(await ask(port, { ca: path('authority') })).toEqual([[1]]);
  });

  it('is told nothing where another signed it, and the error names the setting', async () => {
    const { port, seen } = await serve(answer, server());
    for (const files of [{}, { ca: path('stranger') }])
      expect(await ask(port, files)).toMatchObject({
        message: expect.stringContaining('certificate is not trusted'),
        hint: expect.stringContaining('ca ='),
      });
    expect(seen).toEqual([]);
  });

  it('gets the client’s certificate where it asks for one', async () => {
    const tls = { ...server(), requestCert: true, rejectUnauthorized: true, ca: pem('authority') };
    const { port, seen } = await serve(answer, tls);
    expect(await ask(port, client())).toEqual([[1]]);
    expect(seen).toHaveLength(1);
  });

  it.each(['tls1_2', 'tls1_3'])(
    'says that the client’s certificate is missing, or of another authority: %s',
    async version => {
      const port = await refusing(version);
      for (const files of [
        { ca: path('authority') },
        { ...client(), certificate: path('impostor'), key: path('impostor-key') },
      ])
        expect(await ask(port, files)).toMatchObject({
          message: expect.stringContaining('wants a certificate of the client'),
          hint: expect.stringContaining('certificate ='),
        });
    },
  );
});

/** The port of a server of openssl's, which answers a client without a certificate of the authority with an alert. */
async function refusing(version: string): Promise<number> {
  const files = ['-cert', path('server'), '-key', path('server-key'), '-CAfile', path('authority')];
  const server = spawn('openssl', [
    's_server',
    '-accept',
    '127.0.0.1:0',
    `-${version}`,
    '-Verify',
    '1',
    '-verify_return_error',
    ...files,
  ]);
  servers.push(server);
  for await (const line of createInterface(server.stdout)) {
    const [, port] = /^ACCEPT .*:(\d+)/.exec(line) ?? [];
    if (port !== undefined) return Number(port);
  }
  throw new Error('openssl said no port');
}
