/**
 * Compares an index with what it must be: SQLite's own check, every record with the hash of what was read, every
 * column with the record it comes from, the ledger with the rows it counts.
 */

import type { FileResult } from '../batch.js';
import { pathHints } from '../cloudtrail/path-hints.js';
import { DIMENSIONS } from '../dimensions.js';
import { messageOf } from '../errors.js';
import { DEFAULT_LIMITS, type Limits, readLogFile } from '../read/file.js';
import { COLUMN_TABLES } from '../store/columns/column-table.js';
import { soundSegments } from '../store/columns/segments.js';
import { dimensionColumns } from '../store/dimension-rows.js';
import { checkSeals } from '../store/ledger.js';
import { expectedSchema, schemaVersion } from '../store/migrations.js';
import type { Db } from '../store/open.js';
import { wrongRequests } from '../store/request-rows.js';
import { columnsOf, readPragma } from '../store/statements.js';
import { coverage } from '../store/text/block-reader.js';
import { soundBlocks } from '../store/text/blocks.js';
import { rowCount } from '../store/text/row-set.js';
import { AREAS } from '../store/text/rows.js';
import { checkRecords, type Find } from './verify-records.js';

export interface Verification {
  checks: Check[];
  findings: Finding[];
  /** Findings beyond those that are listed. */
  more: number;
}

export interface Check {
  /** What is compared with what. */
  check: string;
  /** How many pages, rows or files. */
  checked: number;
  findings: number;
}

export interface Finding {
  check: string;
  /** Which table and row, or file. */
  where: string;
  problem: string;
}

export interface VerifyOptions {
  /** Also reads the log files again and compares their hashes. Default false. */
  files?: boolean;
}

/** The check that looks beyond the index. */
export const LOG_FILES = 'log files: their hashes';

/** So many are listed; the others are counted. */
const LISTED = 1000;

/** @param db an index opened for queries */
export async function verify(db: Db, { files = false }: VerifyOptions = {}): Promise<Verification> {
  const result: Verification = { checks: [], findings: [], more: 0 };
  const checks: Array<[check: string, run: (find: Find) => number | Promise<number>]> = [
    ['pages of the file: SQLite’s integrity check', find => checkPages(db, find)],
    ['tables, indexes and views: their definitions', find => checkSchema(db, find)],
    ['values that records share: their columns', find => checkDimensions(db, find)],
    ['records: the hash of what was read, and their columns', find => checkRecords(db, find)],
    ['files: counts, places and what is known of them', find => checkLedger(db, find)],
    ['indexes for text and columns: their hashes', find => checkDerived(db, find)],
  ];
  if (files) checks.push([LOG_FILES, find => checkFiles(db, find)]);
  for (const [check, run] of checks) {
    let findings = 0;
    const find: Find = (where, problem) => {
      findings++;
      if (result.findings.length < LISTED) result.findings.push({ check, where, problem });
      else result.more++;
    };
    let checked = 0;
    try {
      checked = await run(find);
    } catch (error) {
      find('', `cannot be read: ${messageOf(error)}`);
    }
    result.checks.push({ check, checked, findings });
  }
  return result;
}

function checkPages(db: Db, find: Find): number {
  for (const line of db.prepare(`PRAGMA integrity_check(${LISTED})`).pluck().all() as string[])
    if (line !== 'ok') find('', line);
  return readPragma(db, 'page_count') as number;
}

function checkSchema(db: Db, find: Find): number {
  const sql = 'SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema';
  type Row = Record<'type' | 'name' | 'table' | 'sql', string | null>;
  const rows = new Map((db.prepare(sql).all() as Row[]).map(row => [row.name, row]));
  const expected = expectedSchema(schemaVersion(db)) as Row[];
  for (const { type, name, table, sql } of expected) {
    const row = rows.get(name);
    const isSame = row && row.type === type && row.table === table && row.sql === sql;
    // An ingest that was stopped has dropped indexes, and the next one builds them.
    if (!row && type === 'index') continue;
    if (!isSame) find(`${type} ${name}`, row ? 'is not as offtrail defines it' : 'is missing');
  }
  return expected.length;
}

/** True for equal values of SQLite. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.equals(b));
}

function checkDimensions(db: Db, find: Find): number {
  let checked = 0;
  for (const name of DIMENSIONS) {
    const { columns, of } = dimensionColumns(name);
    const rows = db
      .prepare(`SELECT id, ${columns.join(', ')} FROM ${name} ORDER BY id`)
      .raw(true)
      .iterate();
    for (const [id, ...values] of rows as Iterable<[number, string, ...unknown[]]>) {
      checked++;
      try {
        const expected = of(values[0] as string);
        // A kind of before its field had a column: the template has [] for it, as for all that was kept elsewhere.
        const isOlder = (i: number): boolean => name === 'kind' && values[i] === null && expected[i] === '[]';
        const wrong = columns.filter((_, i) => !isSame(values[i], expected[i]) && !isOlder(i));
        if (wrong.length > 0) find(`${name} ${id}`, `${wrong.join(', ')}: not what the value says`);
      } catch (error) {
        find(`${name} ${id}`, `the value cannot be read: ${messageOf(error)}`);
      }
    }
  }
  return checked;
}

/** The eventIDs that several events have. The index has their beginnings in order: few are alike. */
const REPEATED_IDS = `WITH repeated AS MATERIALIZED (
      SELECT eventid FROM event
      WHERE substr(eventid, 1, 8) IN (SELECT substr(eventid, 1, 8) FROM event GROUP BY 1 HAVING count(*) > 1)
      GROUP BY eventid HAVING count(*) > 1)`;

/** Rows of the ledger that are not what they must be: where, and what is wrong. */
const LEDGER: ReadonlyArray<[sql: string, problem: string]> = [
  [
    `SELECT 'file ' || f.id FROM file AS f
      LEFT JOIN (SELECT file_id, count(*) AS n FROM (SELECT file_id FROM event UNION ALL SELECT file_id FROM access_log) GROUP BY 1) AS e ON e.file_id = f.id
      LEFT JOIN (SELECT file_id, count(*) AS n FROM (SELECT file_id FROM duplicate UNION ALL SELECT file_id FROM access_duplicate) GROUP BY 1) AS u ON u.file_id = f.id
      LEFT JOIN (SELECT file_id, sum(count) AS n FROM rejected GROUP BY 1) AS r ON r.file_id = f.id
    WHERE f.stored <> coalesce(e.n, 0) OR f.duplicate <> coalesce(u.n, 0) OR f.rejected <> coalesce(r.n, 0)`,
    'its counts are not those of its records',
  ],
  ["SELECT 'event ' || id FROM event WHERE file_id NOT IN (SELECT id FROM file)", 'its file is not known'],
  [
    "SELECT 'duplicate of event ' || event_id FROM duplicate WHERE event_id NOT IN (SELECT id FROM event)",
    'the event is not there',
  ],
  [
    `SELECT 'file ' || file_id || ', record ' || (ordinal + 1)
    FROM (SELECT file_id, ordinal FROM event UNION ALL SELECT file_id, ordinal FROM duplicate
      UNION ALL SELECT file_id, ordinal FROM access_log UNION ALL SELECT file_id, ordinal FROM access_duplicate)
    GROUP BY file_id, ordinal HAVING count(*) > 1`,
    'two records have this place',
  ],
  [
    `SELECT 'event ' || e.id FROM event AS e JOIN file AS f ON f.id = e.file_id
    WHERE e.ordinal < 0 OR e.ordinal >= f.records`,
    'its place is not in its file',
  ],
  [
    `${REPEATED_IDS}
    SELECT 'event ' || id FROM event WHERE is_conflicting <> 0 AND coalesce(eventid NOT IN (SELECT eventid FROM repeated), 1)`,
    'is_conflicting: no other event has its eventID',
  ],
  [
    `${REPEATED_IDS}
    SELECT 'event ' || id FROM (
      SELECT e.id, e.is_conflicting, count(*) OVER (PARTITION BY e.eventid, k.recipientaccountid) AS alike
      FROM event AS e JOIN kind AS k ON k.id = e.kind_id
      WHERE e.eventid IN (SELECT eventid FROM repeated) AND e.eventid <> '')
    WHERE alike > 1 AND NOT is_conflicting ORDER BY id`,
    'is_conflicting: another event has its eventID',
  ],
];

function checkLedger(db: Db, find: Find): number {
  for (const [sql, problem] of LEDGER)
    for (const where of db.prepare(sql).pluck().all() as string[]) find(where, problem);
  const files = db.prepare('SELECT id, path, account, region, year, month, day FROM file').iterate();
  let checked = 0;
  for (const { id, path, ...partitions } of files as Iterable<{ id: number; path: string }>) {
    checked++;
    if (JSON.stringify(pathHints(path)) !== JSON.stringify(partitions))
      find(`file ${id}`, 'its partition is not what its path says');
  }
  for (const broken of checkSeals(db).broken)
    find(broken, 'are not what they were when the last ingest ended');
  return checked;
}

function checkDerived(db: Db, find: Find): number {
  const blocks = soundBlocks(db);
  const sound = new Set(blocks.sound);
  for (const id of blocks.all)
    if (!sound.has(id)) find(`text_block ${id}`, 'damaged; searches read the records instead');
  for (const area of AREAS) {
    const uncovered = rowCount(coverage(db, area).uncovered);
    if (uncovered > 0 && blocks.all.length === sound.size)
      find(`index for text, ${area}`, `${uncovered} rows are not in it; searches read them instead`);
  }
  let segments = 0;
  for (const table of COLUMN_TABLES) {
    // An older index has no such table; where it is missing from another, that is said of the definitions.
    if (columnsOf(db, table.segments).length === 0) continue;
    const { all, sound } = soundSegments(db, table);
    segments += all;
    if (sound < all)
      find(
        table.segments,
        `${all - sound} segments are damaged or missing; they are made from ${table.rows} instead`,
      );
  }
  for (const { table, rows } of wrongRequests(db))
    find(table, `${rows} rows are not what events and lines say; offtrail reindex makes them again`);
  return blocks.all.length + segments;
}

interface SourceFile {
  id: number;
  path: string;
  sha256: string | null;
  limits: string | null;
}

async function checkFiles(db: Db, find: Find): Promise<number> {
  const files = db
    .prepare('SELECT id, path, sha256, limits FROM file WHERE NOT is_replaced ORDER BY id')
    .all() as SourceFile[];
  for (const { path, sha256, limits } of files) {
    const read = await readAgain(path, limits === null ? DEFAULT_LIMITS : (JSON.parse(limits) as Limits));
    if ((read?.sha256 || null) === sha256) continue;
    find(
      path,
      read?.sha256 ? 'is not the file that was read' : `cannot be read again: ${read?.reason ?? ''}`,
    );
  }
  return files.length;
}

/** Reads a file as an ingest does, limits included, for its hash and its reason alone. */
async function readAgain(path: string, limits: Limits): Promise<FileResult | undefined> {
  let result: FileResult | undefined;
  const sink = {
    add() {},
    reject() {},
    finish(file: FileResult) {
      result = file;
    },
  };
  await readLogFile(path, 0, sink, limits, () => Promise.resolve());
  return result;
}
