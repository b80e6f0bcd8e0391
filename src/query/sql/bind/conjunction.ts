/** Conditions joined by AND, in an order that keeps an error from rows that an earlier condition leaves out. */

import { type Emitter, emit, native } from '../emit/emit.js';
import type { Bound } from './bound.js';

/** The terms of nested ANDs. */
export function termsOf(bound: Bound): Bound[] {
  return bound.kind === 'and' ? bound.terms.flatMap(termsOf) : [bound];
}

/**
 * SQL that is true where all conditions are. Those that SQLite decides by itself stand beside each other, so that it
 * takes indexes for them; one that a function of ours decides is asked only where the others and those before it are true,
 * since it may fail: `regexp_like(x, '^\d') AND CAST(x AS IPADDRESS) > …`.
 */
export function conjunction(conditions: readonly Bound[], emitter: Emitter): string {
  const own: string[] = [];
  const computed: Bound[] = [];
  for (const term of conditions.flatMap(termsOf)) {
    const sql = native(term);
    if (sql === undefined) computed.push(term);
    else own.push(sql);
  }
  if (computed.length === 0) return own.length > 0 ? own.join(' AND ') : '1';
  const guard = own.length > 0 ? own.join(' AND ') : undefined;
  const sql = computed.map(term => emit(term, emitter));
  const nested = sql.reduceRight((inner, condition) => `CASE WHEN ${condition} THEN ${inner} END`);
  return guard ? `${guard} AND CASE WHEN ${guard} THEN ${nested} END` : nested;
}
