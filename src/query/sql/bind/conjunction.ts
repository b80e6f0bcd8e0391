/** Conditions joined by AND, in an order that keeps an error from rows that an earlier condition leaves out. */

import { type Emitter, emit, joined, native } from '../emit/emit.js';
import { marked } from '../emit/grain.js';
import { filterOf } from '../emit/guard.js';
import type { Bound } from './bound.js';

/** The terms of nested ANDs. */
export function termsOf(bound: Bound): Bound[] {
  return bound.kind === 'and' ? bound.terms.flatMap(termsOf) : [bound];
}

/**
 * SQL that is true where all conditions are. Those that SQLite decides by itself stand beside each other, so that it
 * takes indexes for them; one that a function of ours decides is asked only where the others and those before it are true,
 * since it may fail: `regexp_like(x, '^\d') AND CAST(x AS IPADDRESS) > …`.
 * @param written what stands for the SQL of a computed condition
 */
export function conjunction(
  conditions: readonly Bound[],
  emitter: Emitter,
  written: (sql: string, term: Bound) => string = sql => sql,
): string {
  const own: string[] = [];
  const computed: Bound[] = [];
  for (const term of conditions.flatMap(termsOf)) {
    const sql = native(term);
    if (sql === undefined) computed.push(term);
    else own.push(marked(sql, term));
  }
  const guard = own.length > 0 ? joined(own, ' AND ') : undefined;
  if (computed.length === 0) return guard ?? '1';
  const sql = computed.map(term => {
    const filter = filterOf(term);
    const condition = emit(term, emitter);
    return written(filter === undefined ? condition : `CASE WHEN ${filter} THEN ${condition} END`, term);
  });
  const [only] = sql;
  // Asked in order, each only where those before it are true.
  const inOrder =
    sql.length === 1
      ? only!
      : `CASE ${sql.map(condition => `WHEN (${condition}) IS NOT TRUE THEN 0`).join(' ')} ELSE 1 END`;
  return guard ? `${guard} AND CASE WHEN ${guard} THEN ${inOrder} END` : inOrder;
}
