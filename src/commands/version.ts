/** `offtrail --version`. */

import { VERSION } from '../version.js';
import { EXIT, print } from './terminal.js';

/**
 * Prints the version.
 * @param isVerbose also what a bug report needs: the versions underneath, the system, and the settings that are not default
 */
export async function printVersion(isVerbose: boolean): Promise<number> {
  await print(isVerbose ? await report() : `${VERSION}\n`);
  return EXIT.ok;
}

/** Environment variables that offtrail, or a library in it, obeys. */
const VARIABLES = [
  'OFFTRAIL_DB',
  'OFFTRAIL_PAGER',
  'PAGER',
  'NO_COLOR',
  'FORCE_COLOR',
  'TZ',
  'LC_ALL',
  'LANG',
];

async function report(): Promise<string> {
  const [{ availableParallelism, release, totalmem }, { engineVersions }] = await Promise.all([
    import('node:os'),
    import('../query/engine.js'),
  ]);
  const { sqlite, driver, schema } = engineVersions();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const set = VARIABLES.flatMap(name => {
    const value = process.env[name];
    return value === undefined ? [] : [`${name}=${JSON.stringify(value)}`];
  });
  const lines = [
    `offtrail ${VERSION}, index schema ${schema}`,
    `node ${process.version}, SQLite ${sqlite}, better-sqlite3 ${driver}`,
    `${process.platform} ${release()} ${process.arch}, ${availableParallelism()} cores, ${memory}`,
    `stdout ${process.stdout.isTTY ? `a terminal of ${process.stdout.columns} columns` : 'no terminal'}`,
    ...(set.length > 0 ? [set.join(' ')] : []),
  ];
  return `${lines.join('\n')}\n`;
}
