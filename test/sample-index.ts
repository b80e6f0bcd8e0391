/** Ingests the sample tree once, before the tests: most of those that ask questions need no other index. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The path of the index; tests copy it and never write to it. */
    sampleIndex: string;
  }
}

export default function setup(project: TestProject): () => void {
  const root = resolve(import.meta.dirname, '..');
  const folder = mkdtempSync(join(tmpdir(), 'offtrail-sample-'));
  const db = join(folder, 'sample.db');
  const args = [join(root, 'dist', 'bin', 'offtrail.js'), 'ingest', join(root, 'sample-logs'), '--db', db];
  const ran = spawnSync(process.execPath, args, { encoding: 'utf8' });
  // The sample tree has a damaged file, which an ingest reports with exit code 1.
  if (ran.status !== 1) throw new Error(`the sample tree cannot be ingested: ${ran.stderr}`);
  project.provide('sampleIndex', db);
  return () => rmSync(folder, { recursive: true, force: true });
}
