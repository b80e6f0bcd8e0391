/** A Trino server on this machine: fetched, unpacked, set up like Athena as far as it can be, and started. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { trinoUrl } from './client.js';
import { download, must, withJava } from './download.js';
import { type Layout, layout, VERSION } from './layout.js';
import { rowsKeptWhole } from './unnest.js';

const PLUGINS = ['memory', 'hive'];
const START_SECONDS = 120;

/** Starts a server in `folder` (default: `trino` in the folder for temporary files), which stays up; its URL. */
export async function start(folder?: string): Promise<string> {
  const url = trinoUrl();
  if (await answers(url)) return url;
  const unpacked = layout(folder);
  unpack(unpacked);
  const places = rowsKeptWhole(unpacked);
  configure(places, new URL(url));
  const log = openSync(places.log, 'w');
  const server = spawn(join(places.server, 'bin', 'launcher'), ['run'], {
    detached: true,
    env: withJava(),
    stdio: ['ignore', log, log],
  });
  await untilItAnswers(url, server, places.log);
  server.unref();
  return url;
}

/** Fetches Trino and the plugins, once. */
export function unpack({ root, server, data, files }: Layout): void {
  for (const folder of [server, data, files]) mkdirSync(folder, { recursive: true });
  if (!existsSync(join(server, 'bin', 'launcher'))) {
    const core = download(root, 'trino-server-core', 'tar.gz');
    must('tar', ['xzf', core, '-C', server, '--strip-components=1']);
  }
  for (const name of PLUGINS) {
    const target = join(server, 'plugin', name);
    if (existsSync(target)) continue;
    must('unzip', ['-q', '-o', download(root, `trino-${name}`, 'zip'), '-d', root]);
    renameSync(join(root, `trino-${name}-${VERSION}`), target);
  }
}

/** What Trino asks of its JVM, without the heap's size. */
export const JVM: readonly string[] = [
  '-XX:G1HeapRegionSize=32M',
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:ReservedCodeCacheSize=256M',
  '-Djdk.attach.allowAttachSelf=true',
  '-Djdk.nio.maxCachedBufferSize=2000000',
  '-Dfile.encoding=UTF-8',
  '-XX:+EnableDynamicAgentLoading',
  '--add-modules=jdk.incubator.vector',
];

/** The catalogs: tables in memory, and tables over files below `files`. */
export const catalogs = ({ files }: Layout): Record<string, readonly string[]> => ({
  'catalog/memory.properties': ['connector.name=memory'],
  'catalog/hive.properties': [
    'connector.name=hive',
    'hive.metastore=file',
    'hive.metastore.catalog.dir=local:///metastore',
    'fs.native-local.enabled=true',
    `local.location=${files}`,
    'hive.non-managed-table-writes-enabled=true',
    'hive.recursive-directories=true',
    'hive.partition-projection-enabled=true',
  ],
});

/** Writes files of lines into a server's folder `etc`. */
export function writeProperties(etc: string, files: Readonly<Record<string, readonly string[]>>): void {
  for (const [name, lines] of Object.entries(files)) {
    const path = join(etc, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${lines.join('\n')}\n`);
  }
}

function configure(places: Layout, { hostname, port, origin }: URL): void {
  writeProperties(join(places.server, 'etc'), {
    'node.properties': [
      'node.environment=test',
      'node.id=offtrail-oracle',
      `node.data-dir=${places.data}`,
      `node.bind-ip=${hostname}`,
      `node.internal-address=${hostname}`,
    ],
    'config.properties': [
      'coordinator=true',
      'node-scheduler.include-coordinator=true',
      `http-server.http.port=${port || 80}`,
      `discovery.uri=${origin}`,
      'query.max-memory=1GB',
      'query.max-memory-per-node=1GB',
    ],
    'jvm.config': ['-server', '-Xmx3G', ...JVM],
    ...catalogs(places),
  });
}

/** Waits until a server answers that it has started. */
export async function untilItAnswers(url: string, server: ChildProcess, log: string): Promise<void> {
  let ended = false;
  server.once('exit', () => {
    ended = true;
  });
  for (let i = 0; i < START_SECONDS; i++) {
    if (await answers(url)) return;
    if (ended) throw new Error(`Trino did not start: see ${log}`);
    await wait(1000);
  }
  throw new Error(`Trino does not answer after ${START_SECONDS} seconds: see ${log}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const info = (await (await fetch(`${url}/v1/info`)).json()) as { starting?: boolean };
    return info.starting === false;
  } catch {
    return false;
  }
}
