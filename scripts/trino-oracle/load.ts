/** Loads the CloudTrail records below a folder, or of an index, into Trino, with Athena's column types. */

import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createRecordReader, openForQueries } from '../../src/query/open.js';
import { run } from './client.js';
import { COLUMNS, columnList, shaped } from './columns.js';
import { type Json, parseJson } from './json.js';
import { layout } from './layout.js';

interface Load {
  /** Rows of the table. */
  records: number;
  duplicates: number;
  /** Files without a record that could be read. */
  skipped: string[];
}

/**
 * Makes `memory.default.<table>`, and a view of it named `cloudtrail_logs` in the schema `memory.<table>`, for statements
 * that name the table as Athena's documentation does. A table of that name is replaced.
 *
 * Records go through a file of JSON lines that holds nested JSON as strings: Trino's own reader would write it anew.
 * `work` is the folder of the server that `start` made, as Trino reads files only below it.
 */
export async function load(table: string, folder: string, work?: string): Promise<Load> {
  if (!/^[a-z]\w*$/.test(table)) throw new TypeError(`"${table}" is not a table name: a-z, 0-9 and _`);
  const lines = join(layout(work).files, 'tables', table);
  rmSync(lines, { recursive: true, force: true });
  mkdirSync(lines, { recursive: true });
  const loaded = writeLines(folder, join(lines, 'records.json'));

  const source = `hive.records."${table}"`;
  const target = `memory."default"."${table}"`;
  await run('CREATE SCHEMA IF NOT EXISTS hive.records');
  await run(`DROP TABLE IF EXISTS ${source}`);
  await run(`CREATE TABLE ${source} (${columnList()})
    WITH (format = 'OPENX_JSON', external_location = 'local:///tables/${table}')`);
  await run(`DROP TABLE IF EXISTS ${target}`);
  await run(`CREATE TABLE ${target} AS SELECT * FROM ${source}`, { timeLimit: '1h' });
  await run(`CREATE SCHEMA IF NOT EXISTS memory."${table}"`);
  await run(`CREATE OR REPLACE VIEW memory."${table}".cloudtrail_logs AS SELECT * FROM ${target}`);

  const { rows } = await run(`SELECT count(*) FROM ${target}`);
  if (rows[0]?.[0] !== loaded.records)
    throw new Error(`${loaded.records} records were written, ${rows[0]?.[0]} arrived`);
  return loaded;
}

/** Writes one line a record, in the table's shape, without records whose whole text has been seen. */
function writeLines(folder: string, target: string): Load {
  const hashes = new Set<string>();
  const loaded: Load = { records: 0, duplicates: 0, skipped: [] };
  const file = openSync(target, 'w');
  try {
    const sources = folder.endsWith('.db') ? [folder] : filesBelow(folder);
    for (const path of sources) {
      const records = path.endsWith('.db') ? recordsOfIndex(path) : recordsOf(path);
      if (records.length === 0) loaded.skipped.push(path);
      for (const record of records) {
        const hash = createHash('sha256').update(record.text).digest('base64');
        if (hashes.has(hash)) {
          loaded.duplicates++;
          continue;
        }
        hashes.add(hash);
        loaded.records++;
        writeSync(file, `${JSON.stringify(shaped(record, { row: COLUMNS }))}\n`);
      }
    }
  } finally {
    closeSync(file);
  }
  return loaded;
}

/** Every record of an index: also those that only our reader gets out of a damaged file. */
function recordsOfIndex(path: string): Json[] {
  const db = openForQueries(path);
  const recordOf = createRecordReader(db);
  const ids = db.prepare('SELECT id FROM event ORDER BY id').pluck().all() as number[];
  const records = ids.map(id => parseJson(recordOf(id)));
  db.close();
  return records;
}

/** In the order of their paths, so that the same folder gives the same table. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.jsonl?(\.gz)?$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
}

/** The records of a file: `{"Records": […]}`, an array, or one a line. None where the file is damaged. */
function recordsOf(path: string): Json[] {
  const bytes = readFileSync(path);
  let text: string;
  try {
    text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
  } catch {
    return [];
  }
  const whole = tryParse(text);
  const documents = whole ? [whole] : text.split('\n').flatMap(line => tryParse(line) ?? []);
  return documents
    .flatMap(one => one.members?.get('Records')?.items ?? one.items ?? [one])
    .filter(one => one.members?.has('eventTime'));
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
