import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { TEXTS, textAt } from '../src/batch.js';
import { FIELDS, fieldIndex } from '../src/cloudtrail/fields.js';
import { DIMENSIONS } from '../src/dimensions.js';
import { accessViewSql } from '../src/store/access-view.js';
import { dimensionColumns } from '../src/store/dimension-rows.js';
import {
  MIGRATIONS,
  type Migration,
  migrate,
  SCHEMA_VERSION,
  schemaVersion,
} from '../src/store/migrations.js';
import { requestsViewSql } from '../src/store/requests-view.js';
import {
  APPLICATION_ID,
  COLUMN_TABLES,
  EVENT_INDEXES,
  INDEXES,
  TABLES,
  TEXT_TABLES,
} from '../src/store/schema/v5.js';
import { viewColumns, viewSql } from '../src/store/view.js';
import { folder, ingestInto, offtrail, put, ROOT, record, trail } from './support.js';

/** Rows of a statement as the command prints them, JSON columns nested. */
function query(db: string, sql: string): Array<Record<string, unknown>> {
  const { stdout } = offtrail(['sql', '--dialect', 'sqlite', sql, '--db', db, '--format', 'json']);
  return JSON.parse(stdout) as Array<Record<string, unknown>>;
}

/** The index of the first version, as its frozen text makes it. */
const toFirstVersion: Migration = db => {
  db.exec(TABLES + INDEXES + TEXT_TABLES + COLUMN_TABLES);
  for (const [name, on] of Object.entries(EVENT_INDEXES)) db.exec(`CREATE INDEX ${name} ON ${on}`);
};

/** That, and the steps after it. */
const FROZEN: readonly Migration[] = [toFirstVersion, ...MIGRATIONS.slice(1)];

function columnsOf(db: Database.Database, table: string): string[] {
  return db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
}

describe('a field of CloudTrail', () => {
  it('has a column in the table of its home, and one of cloudtrail_logs', () => {
    const db = new Database(':memory:');
    migrate(db);
    const lacking = FIELDS.filter(({ home, column }) => !columnsOf(db, home).includes(column));
    expect(lacking.map(({ name, home }) => `${name} in ${home}`)).toEqual([]);
    expect(columnsOf(db, 'cloudtrail_logs')).toEqual(viewColumns().map(({ column }) => column));
  });

  it('that is kept as text has a place of its own in a row of a batch, which the compiler knows', () => {
    const places = TEXTS.map(textAt);
    expect(new Set(places).size).toBe(TEXTS.length);
    for (const { name } of FIELDS.filter(f => f.home === 'event' || f.home === 'detail'))
      expect(TEXTS).toContain(name);
    // @ts-expect-error a field of `kind` is not among the texts
    expect(textAt('eventName')).toBeUndefined();
    // @ts-expect-error no field has this name
    expect(fieldIndex('eventNmae')).toBeUndefined();
  });
});

it('every field of a record that has all of them is stored, shown in its column, and given back byte for byte', () => {
  const given = (json: boolean, name: string): unknown =>
    json ? { [`in${name}`]: [1, 'two'] } : `of ${name}`;
  const own = {
    eventTime: '2026-01-02T03:04:05Z',
    eventSource: 's3.amazonaws.com',
    sourceIPAddress: '192.0.2.1',
  };
  const all = {
    ...Object.fromEntries(FIELDS.map(({ name, json }) => [name, given(json, name)])),
    ...own,
  } as Record<string, unknown>;
  const { db } = ingestInto([put(folder(), 'all.json', trail([all]))]);
  const [row] = query(db, 'SELECT * FROM cloudtrail_logs');
  for (const { name, column } of FIELDS) expect(row![column], name).toEqual(all[name]);
  expect(row!.additional_fields).toBeNull();
  const { stdout } = offtrail(['search', 'of eventID', '--full', '--format', 'jsonl', '--db', db]);
  expect(stdout).toBe(`${JSON.stringify(all)}\n`);
});

it('every dimension has the columns that its values are split into', () => {
  const db = new Database(':memory:');
  migrate(db);
  for (const dimension of DIMENSIONS) {
    const { columns, of } = dimensionColumns(dimension);
    expect(['id', ...columns].sort()).toEqual(columnsOf(db, dimension).sort());
    expect(of('{}'), dimension).toHaveLength(columns.length);
  }
});

it('.schema explains every table, and every column whose name does not', () => {
  const db = new Database(':memory:');
  migrate(db);
  const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all() as Array<{
    name: string;
    sql: string;
  }>;
  expect(tables.length).toBeGreaterThan(15);
  for (const { name, sql } of tables) expect(sql, name).toMatch(/^CREATE TABLE \w+ \( -- \w/);
  const detail = tables.find(({ name }) => name === 'detail')!.sql;
  for (const column of columnsOf(db, 'detail'))
    expect(detail, column).toMatch(new RegExp(`\\b${column} (INTEGER PRIMARY KEY|TEXT,? (--|/\\*) \\w)`));
});

describe('a migration', () => {
  const addColumn: Migration = db => {
    db.exec('ALTER TABLE detail ADD COLUMN quantumcontext TEXT');
  };

  it('leads from the frozen first version to the next, with the events and today’s view', () => {
    const db = new Database(':memory:');
    migrate(db, FROZEN);
    db.exec(
      "INSERT INTO kind (id, template) VALUES (1, '{}'); INSERT INTO file (id, path, state, run_id) VALUES (1, 'a', 'indexed', 1);",
    );
    db.exec("INSERT INTO event (id, kind_id, file_id, ordinal, eventid) VALUES (1, 1, 1, 0, 'e');");
    expect(schemaVersion(db)).toBe(SCHEMA_VERSION);
    db.exec('DROP VIEW cloudtrail_logs; CREATE VIEW cloudtrail_logs AS SELECT 1 AS old');
    migrate(db, [...FROZEN, addColumn]);
    expect(schemaVersion(db)).toBe(SCHEMA_VERSION + 1);
    expect(columnsOf(db, 'detail')).toContain('quantumcontext');
    expect(db.prepare('SELECT eventid FROM cloudtrail_logs').pluck().all()).toEqual(['e']);
  });

  it('that fails leaves the index at the version before', () => {
    const db = new Database(':memory:');
    migrate(db, FROZEN);
    const failing: Migration = connection => {
      addColumn(connection);
      throw new Error('half way');
    };
    expect(() => migrate(db, [...FROZEN, failing])).toThrow('half way');
    expect(schemaVersion(db)).toBe(SCHEMA_VERSION);
    expect(columnsOf(db, 'detail')).not.toContain('quantumcontext');
    migrate(db, [...FROZEN, addColumn]);
    expect(schemaVersion(db)).toBe(SCHEMA_VERSION + 1);
  });

  it('makes what the program makes, from the frozen text alone', () => {
    const [frozen, made] = [new Database(':memory:'), new Database(':memory:')];
    migrate(frozen, FROZEN);
    migrate(made);
    const schemaOf = (db: Database.Database): unknown[] =>
      db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
    expect(schemaOf(frozen)).toEqual(schemaOf(made));
    expect(made.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
  });
});

it('the view is that of the schema version', () => {
  const hashOf = (sql: string): string => createHash('sha256').update(sql).digest('hex').slice(0, 16);
  const why =
    'a view has changed, and only a migration gives an index its view: add a step to MIGRATIONS, an empty one where no table changes, then put its version and the new hash here';
  const views = [viewSql(), accessViewSql(), requestsViewSql()].map(hashOf);
  expect({ [SCHEMA_VERSION]: views }, why).toEqual({
    11: ['babb5c6db89904ec', '4a199b642ee90f9f', 'f4cf43b536b70abc'],
  });
});

describe('when AWS adds a field', () => {
  /** The program with one more field at each home that takes more, and the step that adds their columns. */
  function nextProgram(): (args: string[]) => { stdout: string; stderr: string; status: number | null } {
    const home = folder();
    cpSync(join(ROOT, 'dist'), join(home, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(home, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
    const patch = (file: string, from: string, to: string): void => {
      const path = join(home, 'dist', file);
      const text = readFileSync(path, 'utf8');
      expect(text).toContain(from);
      writeFileSync(path, text.replace(from, to));
    };
    patch(
      'cloudtrail/fields.js',
      'export const MORE_FIELDS = [',
      `export const MORE_FIELDS = [field('quantumContext', 'detail', '1.12', 'of a quantum', 'json'),
        field('quantumState', 'kind', '1.12', 'of a quantum'), field('quantumGate', 'channel', '1.12', 'of a quantum'),`,
    );
    patch(
      'store/migrations.js',
      '/** The schema version this program writes. */',
      `MIGRATIONS.push(db => db.exec("ALTER TABLE detail ADD COLUMN quantumcontext TEXT;" +
        "ALTER TABLE kind ADD COLUMN quantumstate TEXT; ALTER TABLE channel ADD COLUMN quantumgate TEXT"));
      /** The schema version this program writes. */`,
    );
    return args => spawnSync(process.execPath, [join(home, 'dist', 'cli.js'), ...args], { encoding: 'utf8' });
  }

  it('one entry and one step keep it, and an index of the version before answers and is brought up to date', () => {
    const next = nextProgram();
    const quantum = { quantumState: 'up', quantumGate: 'g-1' };
    const old = record({ quantumContext: { spin: 0.5 }, ...quantum, responseElements: { a: 1 } });
    const { db } = ingestInto([put(folder(), 'old.json', trail([old]))]);
    const before = query(db, 'SELECT * FROM cloudtrail_logs')[0]!;

    // An index of the version before, read by the next program.
    const asked = (sql: string): Array<Record<string, unknown>> => {
      const { stdout, stderr } = next(['sql', '--dialect', 'sqlite', sql, '--db', db, '--format', 'json']);
      expect(stderr).toBe('');
      return JSON.parse(stdout) as Array<Record<string, unknown>>;
    };
    const all = (id: unknown): Record<string, unknown> =>
      asked(`SELECT * FROM cloudtrail_logs WHERE eventid = '${String(id)}'`)[0]!;
    expect(all(old.eventID)).toEqual({
      ...before,
      quantumcontext: null,
      quantumstate: null,
      quantumgate: null,
    });
    const shown = (id: unknown): string =>
      next(['search', String(id), '--full', '--format', 'jsonl', '--db', db]).stdout;
    expect(shown(old.eventID)).toBe(`${JSON.stringify(old)}\n`);

    const verified = { status: 0, stderr: 'nothing was found\n' };
    expect(next(['status', '--verify', '--db', db])).toMatchObject(verified);

    // The next ingest brings it up to date and keeps the field in its column.
    const fresh = record({ quantumContext: { spin: 1 }, ...quantum, errorMessage: 'no', sharedEventID: 's' });
    const file = put(folder(), 'new.json', trail([fresh]));
    const ran = next(['ingest', file, '--db', db]);
    expect(ran.stderr).toContain('1 record read = 1 stored');
    expect(shown(fresh.eventID)).toBe(`${JSON.stringify(fresh)}\n`);
    expect(shown(old.eventID)).toBe(`${JSON.stringify(old)}\n`);
    expect(all(fresh.eventID)).toMatchObject({
      quantumcontext: { spin: 1 },
      quantumstate: 'up',
      quantumgate: 'g-1',
      additional_fields: null,
      errormessage: 'no',
      sharedeventid: 's',
      eventname: 'GetObject',
      file_ordinal: 0,
    });
    // All other columns are as they were without the fields; ids of rows count from where the index was.
    const without = query(ingestInto([file]).db, 'SELECT * FROM cloudtrail_logs')[0]!;
    const others = (row: Record<string, unknown>): unknown =>
      Object.entries(row).filter(([name]) => !/^quantum|^additional_fields$|_rowid$|^[a-z]+_id$/.test(name));
    expect(others(all(fresh.eventID))).toEqual(others(without));

    // The same file again is a duplicate: nothing of the record was lost on the way.
    const again = next(['ingest', put(folder(), 'again.json', trail([fresh, old])), '--db', db]);
    expect(again.stderr).toContain('2 records read = 0 stored + 2 duplicate + 0 rejected');

    expect(next(['status', '--verify', '--db', db])).toMatchObject(verified);

    // The version before does not open what the next one wrote.
    const { code, stderr } = offtrail(['status', '--db', db]);
    expect(code).toBe(2);
    expect(stderr).toContain('was made by a newer offtrail');
  });
});
