/** A Trino cluster on this machine: a coordinator and workers, each a process with a small heap, on one installation. */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withJava } from '../trino-oracle/download.js';
import { type Layout, layout } from '../trino-oracle/layout.js';
import { catalogs, JVM, unpack, untilItAnswers, writeProperties } from '../trino-oracle/server.js';

/** The coordinator's port; workers take the ones after it. */
const PORT = 8080;
const WORKERS = 2;

const processFile = ({ root }: Layout): string => join(root, 'cluster.json');

/**
 * Starts the cluster, which stays up.
 * @param folder what it is unpacked into; default: `trino` in the folder for temporary files
 * @returns the coordinator's URL
 */
export async function startCluster(folder?: string): Promise<string> {
  const places = layout(folder);
  if (existsSync(processFile(places)))
    throw new Error(`${processFile(places)}: a cluster runs; stop it first`);
  unpack(places);
  const url = `http://127.0.0.1:${PORT}`;
  const ids: number[] = [];
  for (let node = 0; node <= WORKERS; node++) {
    const etc = configure(places, node, url);
    const log = join(places.root, `node-${node}.log`);
    const out = openSync(log, 'w');
    const server = spawn(join(places.server, 'bin', 'launcher'), ['run', '--etc-dir', etc], {
      detached: true,
      env: withJava(),
      stdio: ['ignore', out, out],
    });
    ids.push(server.pid!);
    writeFileSync(processFile(places), JSON.stringify(ids));
    await untilItAnswers(`http://127.0.0.1:${PORT + node}`, server, log);
    server.unref();
  }
  return url;
}

/** Stops the processes that `startCluster` began, and no others. */
export function stopCluster(folder?: string): number {
  const path = processFile(layout(folder));
  const ids = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as number[]) : [];
  let stopped = 0;
  for (const id of ids) {
    try {
      process.kill(id);
      stopped++;
    } catch {
      // It has ended by itself.
    }
  }
  rmSync(path, { force: true });
  return stopped;
}

function configure(places: Layout, node: number, url: string): string {
  const isCoordinator = node === 0;
  const etc = join(places.root, `etc-${node}`);
  const data = join(places.data, String(node));
  mkdirSync(data, { recursive: true });
  writeProperties(etc, {
    'node.properties': [
      'node.environment=test',
      `node.id=offtrail-${node}`,
      `node.data-dir=${data}`,
      'node.bind-ip=127.0.0.1',
      'node.internal-address=127.0.0.1',
    ],
    'config.properties': [
      `coordinator=${isCoordinator}`,
      ...(isCoordinator ? ['node-scheduler.include-coordinator=false'] : []),
      `http-server.http.port=${PORT + node}`,
      `discovery.uri=${url}`,
      'query.max-memory-per-node=500MB',
      ...(isCoordinator ? ['query.max-memory=1GB'] : []),
    ],
    'jvm.config': ['-server', '-Xmx1500M', ...JVM],
    ...catalogs(places),
  });
  return etc;
}
