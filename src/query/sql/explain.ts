/** How a statement will run, and which condition would make it read less. */

import { secondOf } from '../../cloudtrail/time.js';
import type { Db } from '../../store/open.js';
import { prepared as statementOf } from '../../store/statements.js';
import { literal } from '../filter/sql-text.js';
import { type PreparedSql, register } from './execute.js';
import { isCommon } from './narrow.js';

/** The statement for SQLite, and how it will run. */
export function explained(db: Db, prepared: PreparedSql): string[] {
  const sql = register(db, prepared, false);
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as Array<{
    id: number;
    parent: number;
    detail: string;
  }>;
  const depths = new Map<number, number>([[0, -1]]);
  const plan = steps.map(({ id, parent, detail }) => {
    const depth = (depths.get(parent) ?? -1) + 1;
    depths.set(id, depth);
    return `${'  '.repeat(depth)}${detail}`;
  });
  const readsAll = steps.some(({ detail }) => /^SCAN e\b(?!.*VIRTUAL TABLE)/.test(detail));
  const kept = prepared.emitter.tallies.length > 0 ? ['', KEPT] : [];
  return [
    ...prepared.notes,
    sql,
    '',
    ...plan,
    ...kept,
    ...(readsAll ? ['', ...advice(db, prepared, sql)] : []),
  ];
}

const KEPT = 'While there are few groups, they are kept in memory, and SQLite sorts nothing for GROUP BY.';

/** A time within a function of ours, among conditions. */
const COMPUTED_TIME = / WHERE .*\bot\d+_\d+\([^()]*"eventtime"/s;

/** Why every event is read, and what would read fewer. */
function advice(db: Db, { emitter }: PreparedSql, sql: string): string[] {
  const { events, newest } = statementOf(
    db,
    'SELECT (SELECT max(id) FROM event) AS events, max(eventtime) AS newest FROM event',
  ).get() as { events: number | null; newest: string | null };
  const number = (of: number): string => of.toLocaleString('en-US');
  const lines = [`Every event is read, some ${number(events ?? 0)}.`];
  if (emitter.narrowings.some(({ found }) => isCommon(db, found)))
    lines.push(
      'What the conditions find through an index are so many that all are read faster in their order.',
    );
  if (COMPUTED_TIME.test(sql))
    lines.push('No index has what a function makes of eventtime: compare the column itself, as below.');
  const day = newest !== null && secondOf(newest) !== null ? newest.slice(0, 10) : undefined;
  if (day !== undefined) {
    const of = statementOf(db, 'SELECT count(*) FROM event WHERE eventtime >= ?').pluck().get(day) as number;
    lines.push(`A condition on the time reads fewer: eventtime >= '${day}' finds ${number(of)}.`);
  }
  const name = rareName(db);
  if (name !== undefined)
    lines.push(`So does one on a name that not every tenth event has: eventname = ${literal(name)}.`);
  return lines;
}

/** Names that are tried: each may take a tenth of the events to count. */
const MOST_NAMES = 5;

/** A name of events by which an index is worth taking. */
function rareName(db: Db): string | undefined {
  const names = statementOf(
    db,
    // What else a record may have for a name is not for a terminal.
    "SELECT DISTINCT eventname FROM kind WHERE eventname GLOB '[A-Z]*' AND NOT eventname GLOB '*[^A-Za-z0-9]*' ORDER BY 1 LIMIT ?",
  )
    .pluck()
    .all(MOST_NAMES) as string[];
  return names.find(name => {
    const rows = `SELECT id FROM kind WHERE eventname = ${literal(name)}`;
    return !isCommon(db, [{ dimension: 'kind', rows }]);
  });
}
