/** Filters with their values, as conditions: on the tables events point to, on `cloudtrail_logs`, and in Athena. */

import type { Dimension } from '../../dimensions.js';
import { UsageError } from '../../errors.js';
import { type AthenaTerms, DOCUMENTED_TERMS } from './athena-terms.js';
import {
  type EventHint,
  FILTERS,
  type FilterDefinition,
  type FilterHome,
  type Filters,
  filterOf,
  valueFor,
} from './filter.js';
import type { Sql } from './sql-text.js';
import { parseTime } from './time.js';

/** A condition on what events point to. */
export interface DimensionCondition {
  home: Dimension;
  /** On the columns of that table. */
  onHome: Sql;
  /** Whether it holds for an event that points to no row of it. */
  holdsForNone: boolean;
}

/** The condition of one filter: of its values one must hold, or none may. */
export interface Condition extends Omit<DimensionCondition, 'home'> {
  home: FilterHome;
  /** On `cloudtrail_logs`. */
  onView: Sql;
  /** Where to look for events; undefined: everywhere. */
  hints: EventHint[] | undefined;
  /**
   * @param terms of the table; default the documented one
   * @throws UsageError `NOT_IN_ATHENA`
   */
  athena(terms?: AthenaTerms): string;
}

/**
 * The conditions for `filters`: all must hold.
 * @param odd false where every event's time is known to be in CloudTrail's own form: then an index answers for it alone
 * @throws UsageError `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function conditions(filters: Filters, now: Date, odd = true): Condition[] {
  checkRange(filters, now);
  return FILTERS.flatMap(filter => {
    const given = filters[filter.name];
    const values = given === undefined || given === false ? [] : [given].flat().map(String);
    if (filter.isSingle) return values.map(value => condition(filter, [value], false, now, odd));
    const isExcluded = (value: string): boolean => value.startsWith('!');
    const wanted = values.filter(value => !isExcluded(value)).map(value => value.replace(/^\\!/, '!'));
    const unwanted = values.filter(isExcluded).map(value => value.slice(1));
    return [
      ...(wanted.length > 0 ? [condition(filter, wanted, false, now, odd)] : []),
      ...(unwanted.length > 0 ? [condition(filter, unwanted, true, now, odd)] : []),
    ];
  });
}

/** A filter and a value that is meant as it is written, whatever characters it has. */
export interface ExactValue {
  filter: keyof Filters;
  value: string;
  /** True where an event must not have it. */
  isExcluded?: true;
}

/** The conditions for values that are meant as they are written: of several values of one filter any will do. */
export function exactConditions(exact: readonly ExactValue[], now: Date): Condition[] {
  return [false, true].flatMap(isExcluded => {
    const values = new Map<keyof Filters, string[]>();
    for (const { filter, value } of exact.filter(a => (a.isExcluded ?? false) === isExcluded))
      values.set(filter, [...(values.get(filter) ?? []), value]);
    return [...values].map(([name, any]) => {
      const filter = filterOf(name);
      const { literally } = filter;
      return literally
        ? condition({ ...filter, sqlite: literally }, any, isExcluded, now)
        : condition(
            filter,
            any.map(value => valueFor(filter, value)),
            isExcluded,
            now,
          );
    });
  });
}

/** The condition of one filter with its values. */
export function condition(
  filter: FilterDefinition,
  values: readonly string[],
  isExcluded: boolean,
  now: Date,
  odd = true,
): Condition {
  const { home } = filter;
  // A table with an index of its own, or whose columns have other names in the view.
  const isTable = home === 'identity' || home === 'address' || home === 'agent' || home === 'channel';
  const onView = (value: string): Sql => {
    if (filter.onView) return filter.onView(value, now);
    const { text, params } = filter.sqlite(value, now, odd);
    return { text: isTable ? `${home}_id IN (SELECT id FROM ${home} WHERE ${text})` : text, params };
  };
  const combine = (parts: readonly Sql[]): Sql => ({
    text: combined(
      parts.map(part => part.text),
      isExcluded,
      '1',
    ),
    params: parts.flatMap(part => part.params),
  });
  const hints = isExcluded ? [] : values.map(value => filter.hint?.(value));
  return {
    home,
    onHome: combine(values.map(value => filter.sqlite(value, now, odd))),
    onView: combine(values.map(onView)),
    holdsForNone: isExcluded,
    hints: !isExcluded && hints.every(hint => hint !== undefined) ? hints : undefined,
    athena: (terms = DOCUMENTED_TERMS) =>
      combined(
        values.map(value => filter.athena(value, now, terms)),
        isExcluded,
        'true',
      ),
  };
}

/** @throws UsageError `BAD_TIME`, `EMPTY_RANGE` */
export function checkRange({ from, to }: Pick<Filters, 'from' | 'to'>, now: Date): void {
  if (from === undefined || to === undefined) return;
  const [first, last] = [parseTime(from, now), parseTime(to, now)];
  if (first <= last) return;
  throw new UsageError(
    'EMPTY_RANGE',
    `nothing lies between ${first} and ${last}`,
    '`from` must not be later than `to`',
  );
}

/** Conditions of which one must hold, or none; a NULL is no value that could be excluded. */
export function combined(conditions: readonly string[], isExcluded: boolean, isTrue: string): string {
  const any = conditions.join(' OR ');
  if (isExcluded) return `coalesce(NOT (${any}), ${isTrue})`;
  return conditions.length > 1 ? `(${any})` : any;
}
