/**
 * Compares an index with what it must be: SQLite's own check, every record with the hash of what was read, every
 * column with the record it comes from, the ledger with the rows it counts.
 */

import { type Batch, DIMENSION_AT, type FileResult, ROW, TEXTS, textAt } from '../batch.js';
import { createDictionary } from '../bytes/dictionary.js';
import { hash64, wide } from '../bytes/hash.js';
import { FIELDS } from '../cloudtrail/fields.js';
import { pathHints } from '../cloudtrail/path-hints.js';
import { byDimension, DIMENSIONS } from '../dimensions.js';
import { messageOf } from '../errors.js';
import { members as membersOf } from '../json-text.js';
import { createRecordEncoder } from '../read/encoder.js';
import { DEFAULT_LIMITS, type Limits, readLogFile } from '../read/file.js';
import { ITEM_NAMES } from '../read/item-names.js';
import { newMembers, scanMembers } from '../read/json-scan.js';
import { soundSegments } from '../store/columns/segments.js';
import { dimensionColumns } from '../store/dimension-rows.js';
import { contentHash } from '../store/duplicates.js';
import { checkSeals } from '../store/ledger.js';
import { expectedSchema, schemaVersion } from '../store/migrations.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { readPragma } from '../store/statements.js';
import { coverage, soundBlocks } from '../store/text/blocks.js';
import { AREAS, rowCount } from '../store/text/rows.js';
import { oddTimeOf } from '../store/times.js';

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

/** So many are listed; the others are counted. */
const LISTED = 1000;

/** Says that something is not as it must be. */
type Find = (where: string, problem: string) => void;

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
  if (files) checks.push(['log files: their hashes', find => checkFiles(db, find)]);
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

/** Records encoded again at a time. */
const AT_ONCE = 512;
const MANY_BYTES = 8 << 20;

/** The columns of texts, and where a batch has them. What stood around a record is not part of it. */
const COLUMNS = TEXTS.filter(name => name !== 'envelope').map(name => ({
  column: name === 'additionalFields' ? 'additional_fields' : name.toLowerCase(),
  at: textAt(name),
}));

interface EventRow {
  id: number;
  content_hash: number;
  odd_time: number | string | null;
  eventtime: string | null;
  [column: string]: unknown;
}

/** A record that has the hash it must have, and its row. */
interface Sound {
  row: EventRow;
  bytes: Uint8Array;
}

function checkRecords(db: Db, find: Find): number {
  const seed = db.prepare("SELECT value FROM setting WHERE name = 'hash_seed'").pluck().get() as number;
  const rebuild = createRebuilder(db);
  const compare = createComparison(db, seed, find);
  const pointers = DIMENSIONS.map(d => `e.${d}_id`).join(', ');
  const columns = COLUMNS.map(({ column }) => column).join(', ');
  const rows = db
    .prepare(
      `SELECT e.id, e.content_hash, e.odd_time, ${pointers}, ${columns}, d.record
      FROM event AS e LEFT JOIN detail AS d ON d.id = e.id ORDER BY e.id`,
    )
    .iterate() as Iterable<EventRow>;
  let checked = 0;
  let waiting: Sound[] = [];
  let bytesWaiting = 0;
  for (const row of rows) {
    checked++;
    const where = `event ${row.id}`;
    try {
      const bytes = Buffer.from(rebuild(row.id));
      hash64(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length, seed, seed);
      if (contentHash(wide.high, wide.low) !== row.content_hash) {
        find(where, 'the record is not the one that was read');
        continue;
      }
      waiting.push({ row, bytes });
      bytesWaiting += bytes.length;
    } catch (error) {
      find(where, `the record cannot be put together: ${messageOf(error)}`);
    }
    if (waiting.length < AT_ONCE && bytesWaiting < MANY_BYTES) continue;
    compare(waiting);
    waiting = [];
    bytesWaiting = 0;
  }
  compare(waiting);
  const orphans = db.prepare('SELECT id FROM detail WHERE id NOT IN (SELECT id FROM event)').pluck().all();
  for (const id of orphans as number[]) find(`detail ${id}`, 'belongs to no event');
  return checked;
}

/** Encodes records as an ingest does, and compares what comes of it with their rows. */
function createComparison(db: Db, seed: number, find: Find): (records: readonly Sound[]) => void {
  const dictionaries = byDimension(() => createDictionary());
  const idOf = byDimension(d => {
    const key = dimensionColumns(d).columns[0]!;
    return db.prepare(`SELECT id FROM ${d} WHERE ${key} = ?`).pluck();
  });
  /** Rows of the values, by their numbers in the dictionaries. */
  const known = byDimension((): Array<number | undefined> => []);
  const spare: ArrayBuffer[] = [];
  const members = newMembers(ITEM_NAMES);

  function learn(batch: Batch): void {
    for (const d of DIMENSIONS) {
      if (batch.restarted.includes(d)) known[d] = [];
      for (const value of batch.newValues[d]) known[d].push(idOf[d].get(value) as number | undefined);
    }
  }

  function compareRow(batch: Batch, o: number, row: EventRow): void {
    const { rows } = batch;
    const payload = Buffer.from(batch.payload.buffer);
    const wrong: string[] = [];
    for (const d of DIMENSIONS) {
      const local = rows[o + DIMENSION_AT[d]]!;
      const expected = local < 0 ? null : known[d][local];
      if (row[`${d}_id`] !== expected) wrong.push(d);
    }
    for (const { column, at } of COLUMNS) {
      const start = rows[o + at]!;
      const expected = start < 0 ? null : payload.toString('utf8', start, start + rows[o + at + 1]!);
      const value = row[column];
      // Bytes transferred are stored as numbers where they are ones.
      const isEqual = typeof value === 'number' ? Number(expected) === value : value === expected;
      if (!isEqual) wrong.push(column);
    }
    if ((rows[o + ROW.irregular] === 1) !== (row.record !== null)) wrong.push('record');
    if (oddTimeOf(row.eventtime) !== row.odd_time) wrong.push('odd_time');
    if (wrong.length > 0 && !isOlder(row, wrong))
      find(`event ${row.id}`, `${wrong.join(', ')}: not what the record says`);
  }

  /** True where all that differs comes of fields that had no column yet when the event was stored: they are among the others. */
  function isOlder(row: EventRow, wrong: readonly string[]): boolean {
    if (!wrong.includes('additional_fields') || typeof row.additional_fields !== 'string') return false;
    const others = membersOf(row.additional_fields);
    const newer = FIELDS.filter(({ name }) => others.has(JSON.stringify(name)));
    if (newer.length === 0) return false;
    const homes: readonly string[] = newer.map(({ home }) => home);
    return wrong.every(
      // The whole text: with a column the field may be one that cannot be rebuilt from it.
      part =>
        part === 'additional_fields' ||
        part === 'record' ||
        homes.includes(part) ||
        (row[part] === null && newer.some(({ column }) => column === part)),
    );
  }

  return records => {
    const encoder = createRecordEncoder(seed, dictionaries, 0, spare);
    for (const [ordinal, { bytes }] of records.entries()) {
      scanMembers(bytes, 0, bytes.length, ITEM_NAMES, members);
      encoder.add(
        { bytes, start: 0, end: bytes.length, members, loose: false },
        { file: 0, ordinal },
        undefined,
      );
    }
    for (const batch of encoder.take(true)) {
      learn(batch);
      for (let r = 0, o = 0; r < batch.rowCount; r++, o += ROW.width)
        compareRow(batch, o, records[batch.rows[o + ROW.ordinal]!]!.row);
    }
  };
}

/** Rows of the ledger that are not what they must be: where, and what is wrong. */
const LEDGER: ReadonlyArray<[sql: string, problem: string]> = [
  [
    `SELECT 'file ' || f.id FROM file AS f
      LEFT JOIN (SELECT file_id, count(*) AS n FROM event GROUP BY 1) AS e ON e.file_id = f.id
      LEFT JOIN (SELECT file_id, count(*) AS n FROM duplicate GROUP BY 1) AS u ON u.file_id = f.id
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
    FROM (SELECT file_id, ordinal FROM event UNION ALL SELECT file_id, ordinal FROM duplicate)
    GROUP BY file_id, ordinal HAVING count(*) > 1`,
    'two records have this place',
  ],
  [
    `SELECT 'event ' || e.id FROM event AS e JOIN file AS f ON f.id = e.file_id
    WHERE e.ordinal < 0 OR e.ordinal >= f.records`,
    'its place is not in its file',
  ],
  [
    `SELECT 'event ' || a.id FROM event AS a
    WHERE a.is_conflicting <> 0 AND NOT EXISTS (SELECT 1 FROM event AS b WHERE b.eventid = a.eventid AND b.id <> a.id)`,
    'is_conflicting: no other event has its eventID',
  ],
  [
    `SELECT 'event ' || a.id FROM event AS a JOIN kind AS k ON k.id = a.kind_id
    WHERE NOT a.is_conflicting AND a.eventid <> '' AND EXISTS (
      SELECT 1 FROM event AS b JOIN kind AS l ON l.id = b.kind_id
      WHERE b.eventid = a.eventid AND b.id <> a.id AND l.recipientaccountid IS k.recipientaccountid)`,
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
  const segments = soundSegments(db);
  const lost = segments.all - segments.sound;
  if (lost > 0)
    find('column_segment', `${lost} segments are damaged or missing; they are made from the events instead`);
  return blocks.all.length + segments.all;
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

/** Reads a file as an ingest does, for its hash alone. */
async function readAgain(path: string, limits: Limits): Promise<FileResult | undefined> {
  let result: FileResult | undefined;
  const encoder = {
    add() {},
    reject() {},
    finish(file: FileResult) {
      result = file;
    },
    waiting: () => 0,
    take: () => [],
  };
  await readLogFile(path, 0, encoder, limits, () => Promise.resolve());
  return result;
}
