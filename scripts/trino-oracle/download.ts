/** Fetches Trino's parts from Maven Central. Needs `mvn` and a JDK from 24 on: `JAVA_HOME`, or the one on the path. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from './layout.js';

/** The environment in which the JDK's programs are found. */
export function withJava(): NodeJS.ProcessEnv {
  const { JAVA_HOME, PATH } = process.env;
  return JAVA_HOME ? { ...process.env, PATH: `${join(JAVA_HOME, 'bin')}:${PATH}` } : process.env;
}

/** Runs a program to its end. Throws where it fails. */
export function must(program: string, args: string[], cwd?: string): void {
  const { status, error } = spawnSync(program, args, { cwd, env: withJava(), stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
}

/** Path of an artifact of Trino's in `folder`, fetched if it is not there. `kind` is its type, and a classifier. */
export function download(folder: string, name: string, kind: string): string {
  const [type, classifier] = kind.split(':');
  const path = join(folder, `${name}-${VERSION}${classifier ? `-${classifier}` : ''}.${type}`);
  if (!existsSync(path)) {
    const artifact = `-Dartifact=io.trino:${name}:${VERSION}:${kind}`;
    must('mvn', ['-q', '-B', 'dependency:copy', artifact, '-DoutputDirectory=.'], folder);
  }
  return path;
}
