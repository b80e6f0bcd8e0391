/** How a SELECT reads its rows: from the columns of the index, kept by their groups, or as they are. */

import type { QuerySpec, Relation } from '../parse/ast.js';
import type { Bound } from './bound.js';
import type { Composer } from './compose.js';
import { type Groups, withKeys } from './group.js';
import type { Binding, Context } from './scope.js';
import { areTallied, tallied } from './tally.js';
import type { BoundRelation } from './unnest.js';
import { ofEvents, weighed } from './weigh.js';

/** A SELECT whose parts are bound. */
export interface Writable {
  spec: QuerySpec;
  /** What stands behind FROM. */
  relation: BoundRelation | undefined;
  where: Bound | undefined;
  groups: Groups | undefined;
  composed: Composer;
  /** Of its rows. */
  binding: Binding;
}

/** The SQL of a SELECT. */
export function written(writable: Writable): string {
  const { relation, where, groups, composed, binding } = writable;
  const { emitter, hasPlainTimes } = binding.context;
  const from = relation?.sql ?? '';
  const compose = (rows: string): string => withKeys(composed.select(rows, from), groups?.keys ?? []);
  const isWeighable = groups ? !groups.hasSets && !groups.grouping.readsEvents : writable.spec.isDistinct;
  const short =
    isWeighable && relation && hasPlainTimes
      ? weighed({
          from,
          where,
          compose: (source, conditions) => compose(composed.rows(source, conditions)),
          name: `${emitter.prefix}t${emitter.tables.length}`,
        })
      : undefined;
  // Known only now that everything was written.
  if (short && !emitter.isRandom) {
    emitter.tables.push(short.table);
    return short.sql;
  }
  const rows = composed.rows(from, where ? [where] : []);
  const sorted = ofEvents(compose(rows));
  const alias = groups && !emitter.isRandom ? aloneIn(writable, rows, from) : undefined;
  const both =
    groups &&
    alias !== undefined &&
    tallied({
      rows,
      alias,
      keys: groups.keys,
      select: own => composed.select(own, from),
      sorted,
      name: `${emitter.prefix}g${emitter.tallies.length}`,
    });
  if (!both) return sorted;
  emitter.tallies.push(both.tally);
  return both.sql;
}

/** The name of the one table whose rows a SELECT groups; undefined where they are not to be had by themselves. */
function aloneIn({ spec, groups, binding }: Writable, rows: string, from: string): string | undefined {
  const { context, scope } = binding;
  const isAlone = !groups?.hasSets && !scope.parent && isOne(spec.from) && !needsWith(rows, context);
  return isAlone && !areTallied(rows) ? / AS (\w+)$/.exec(from)?.[1] : undefined;
}

function isOne(relation: Relation | undefined): boolean {
  if (relation?.kind === 'alias') return isOne(relation.relation);
  return relation?.kind === 'table' || relation?.kind === 'query';
}

/** Whether rows come from a query of WITH, which stands elsewhere in the statement. */
const needsWith = (rows: string, { named }: Context): boolean =>
  named.some(queries => [...queries.values()].some(({ sql }) => rows.includes(`${sql} AS `)));
