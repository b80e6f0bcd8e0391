/**
 * What the values of filters mean: a value that no event has is taken for the one that differs only in case, and an
 * address of a bucket or an object for its bucket and key. The caller learns what was replaced by what.
 */

import type { Dimension } from '../../dimensions.js';
import { UsageError } from '../../errors.js';
import { levenshtein } from '../../lazy.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import {
  FILTERS,
  type FilterDefinition,
  type Filters,
  filterOf,
  sourcesOf,
  valueFor,
} from '../filter/filter.js';
import type { Sql } from '../filter/sql-text.js';
import { patternSqlite } from '../filter/wildcard.js';
import { chosen, select } from './selection.js';

/** What became of a value that no event has as it was given, or of an address. */
export interface Spelling {
  /** The filter that the value was given for. */
  filter: keyof Filters;
  /** As it was given, without the exclamation mark of one that must not match. */
  given: string;
  /** Whether events with it are left out: it was given with an exclamation mark. */
  isExcluded: boolean;
  /** What is looked for instead; empty where no event has the value in any case. */
  used: Array<{ filter: keyof Filters; value: string }>;
  /** True for an address that names a bucket, or a bucket and a key. */
  isAddress: boolean;
  /** Where nothing is: the nearest values that events have, and in how many. */
  nearest: Array<{ value: string; events: number }>;
}

/** Filters as they are meant. */
export interface Resolved<T extends Filters> {
  filters: T;
  spellings: Spelling[];
}

/** A value and whether events with it are left out. */
interface Given {
  value: string;
  isExcluded: boolean;
}

/**
 * The filters with values that events have. A value that some event has stays as it is.
 * @param db without it only addresses of buckets and objects are resolved
 * @throws UsageError `BAD_VALUE` where an address names a key and the filters leave no room for it
 */
export function resolveFilters<T extends Filters>(db: Db | undefined, filters: T): Resolved<T> {
  const spellings: Spelling[] = [];
  const resolved = withPlaces(db, filters, spellings);
  if (!db) return { filters: resolved, spellings };
  let unknown = 0;
  for (const filter of FILTERS) {
    if (!filter.listed && !filter.spelled) continue;
    const values = resolved[filter.name];
    if (values === undefined || values === false || values === true) continue;
    const all = [values]
      .flat()
      .map(String)
      .flatMap((given): string[] => {
        const { value, isExcluded } = parsed(given);
        if (isThere(db, filter, value)) return [given];
        const used = inOtherCase(db, filter, value);
        const nearest =
          used.length > 0 || !filter.listed || ++unknown > MOST_SUGGESTED ? [] : nearestTo(db, filter, value);
        if (used.length > 0 || filter.listed) {
          spellings.push({
            filter: filter.name,
            given: value,
            isExcluded,
            used: used.map(text => ({ filter: filter.name, value: text })),
            isAddress: false,
            nearest,
          });
        }
        return used.length === 0 ? [given] : used.map(text => written(filter, { value: text, isExcluded }));
      });
    Object.assign(resolved, { [filter.name]: all });
  }
  return { filters: resolved, spellings };
}

/** Values that no event has for which others are looked for: a list of indicators has many. */
const MOST_SUGGESTED = 5;
/** Values in other cases; a pattern that has more is left as it is. */
const MOST_VARIANTS = 200;
/** Values among which the nearest is looked for. */
const MOST_COMPARED = 20_000;
/** Values that are named as near. */
const MOST_NEAR = 3;

function parsed(given: string): Given {
  return given.startsWith('!')
    ? { value: given.slice(1), isExcluded: true }
    : { value: given.replace(/^\\!/, '!'), isExcluded: false };
}

function written(filter: FilterDefinition, { value, isExcluded }: Given): string {
  const text = valueFor(filter, value);
  if (isExcluded) return `!${text}`;
  return text.startsWith('!') ? `\\${text}` : text;
}

/** Whether the index knows the value just so. */
function isThere(db: Db, filter: FilterDefinition, value: string): boolean {
  if (filter.spelled) return filter.spelled.includes(value);
  const { text, params } = filter.sqlite(value, NO_TIME, false);
  return (
    prepared(db, `SELECT 1 FROM ${tableOf(filter)} WHERE ${text} LIMIT 1`)
      .pluck()
      .get(...params) !== undefined
  );
}

/** For conditions that have no relative time. */
const NO_TIME = new Date(0);

/** The table that lists a filter's values. */
const tableOf = ({ home }: FilterDefinition): Dimension => home as Dimension;

/** As SQLite's `lower`: ASCII alone. */
export const lower = (text: string): string => text.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase());

/** The values that differ from this one in case alone; for a pattern, those that match it then. */
function inOtherCase(db: Db, filter: FilterDefinition, value: string): string[] {
  if (filter.spelled) return filter.spelled.filter(text => lower(text) === lower(value));
  const forms = filter.name === 'service' ? sourcesOf(value) : [value];
  const tests = (filter.listed ?? []).flatMap(column =>
    forms.map(form => ({ column, test: caselessTest(filter, column, lower(form)) })),
  );
  const found = prepared(
    db,
    `${tests
      .map(
        ({ column, test }) => `SELECT DISTINCT ${column} AS value FROM ${tableOf(filter)} WHERE ${test.text}`,
      )
      .join(' UNION ')} ORDER BY 1 LIMIT ${MOST_VARIANTS + 1}`,
  )
    .pluck()
    .all(...tests.flatMap(({ test }) => test.params)) as string[];
  return found.length > MOST_VARIANTS ? [] : found;
}

function caselessTest(filter: FilterDefinition, column: string, value: string): Sql {
  if (filter.hasWildcards) return patternSqlite(`lower(${column})`, value, false);
  return { text: `lower(${column}) = ?`, params: [value] };
}

/** The values that events have which are nearest to one that none has, the nearest first. */
function nearestTo(db: Db, filter: FilterDefinition, value: string): Spelling['nearest'] {
  if (filter.hasWildcards && /[*?]/.test(value)) return [];
  // Addresses that differ by a digit have nothing to do with each other.
  if (filter.name === 'ip' && !/[a-z]/i.test(value)) return [];
  const known = valuesIn(db, tableOf(filter), filter.listed ?? []);
  const forms = filter.name === 'service' ? sourcesOf(value) : [value];
  return nearest(forms, known)
    .map(text => ({ value: text, events: eventsWith(db, filter, text) }))
    .filter(({ events }) => events > 0);
}

/** The few texts that differ least from one of the forms; those that contain it count as rather far. */
function nearest(forms: readonly string[], known: readonly string[]): string[] {
  const { distance } = levenshtein();
  const typed = forms.map(lower);
  const steps = (text: string, form: string): number => {
    const most = form.length < 3 ? 0 : Math.max(1, Math.floor(form.length / 4));
    const count = Math.abs(text.length - form.length) > most ? Infinity : distance(text, form);
    if (count <= most) return count;
    return form.length > 2 && text.includes(form) ? most : Infinity;
  };
  const measured = known.map(text => ({
    text,
    steps: Math.min(...typed.map(form => steps(lower(text), form))),
  }));
  const least = measured.reduce((min, one) => Math.min(min, one.steps), Infinity);
  if (least === Infinity) return [];
  return measured
    .filter(one => one.steps === least)
    .slice(0, MOST_NEAR)
    .map(({ text }) => text);
}

/** Names in some columns of `identity` that are near to a text which is none of them. */
export function nearestIdentities(db: Db, columns: readonly string[], text: string): string[] {
  if (/[*?]/.test(text)) return [];
  return nearest([text], valuesIn(db, 'identity', columns));
}

/** Names in some columns of `identity` that differ from a text in case alone, or match it as a pattern then. */
export function identitiesInOtherCase(db: Db, columns: readonly string[], text: string): string[] {
  const tests = columns.map(column => ({
    column,
    test: patternSqlite(`lower(${column})`, lower(text), false),
  }));
  const each = tests.map(
    ({ column, test }) => `SELECT DISTINCT ${column} AS name FROM identity WHERE ${test.text}`,
  );
  return prepared(db, each.join(' UNION '))
    .pluck()
    .all(...tests.flatMap(({ test }) => test.params)) as string[];
}

/** The values of some columns of a table, each once. */
function valuesIn(db: Db, table: Dimension, columns: readonly string[]): string[] {
  const each = columns.map(
    column => `SELECT DISTINCT ${column} AS value FROM ${table} WHERE coalesce(${column}, '') != ''`,
  );
  return prepared(db, `${each.join(' UNION ')} LIMIT ${MOST_COMPARED}`)
    .pluck()
    .all() as string[];
}

function eventsWith(db: Db, filter: FilterDefinition, value: string): number {
  const onHome = filter.literally?.(value) ?? filter.sqlite(valueFor(filter, value), NO_TIME, false);
  let events = 0;
  for (const { segment, places } of chosen(
    select(db, {}, NO_TIME, [{ home: tableOf(filter), onHome, holdsForNone: false }]),
  )) {
    events += places.length;
    segment.release();
  }
  return events;
}

const PLACE = /^(?:s3:\/\/|arn:[a-z-]+:s3:::)([^/]+)(?:\/(.*))?$/is;
const FOLDER = /^([a-z0-9][a-z0-9._-]*)\/(.*)$/is;

interface Place {
  bucket: string;
  key: string | undefined;
}

/** What `s3://bucket/key`, `arn:aws:s3:::bucket/key` and `bucket/key` name. */
function placeOf(value: string, isBucket: boolean): Place | undefined {
  const [, bucket, key] = PLACE.exec(value) ?? (isBucket ? (FOLDER.exec(value) ?? []) : []);
  return bucket === undefined ? undefined : { bucket, key: key || undefined };
}

/** The filters with bucket and key where a value names both, or a bucket by its address. */
function withPlaces<T extends Filters>(db: Db | undefined, filters: T, spellings: Spelling[]): T {
  const resolved = { ...filters };
  for (const name of ['bucket', 'key'] as const) {
    const isBucket = name === 'bucket';
    const values = [filters[name] ?? []].flat().map(String);
    const placed = values.map(given => {
      const { value, isExcluded } = parsed(given);
      const isExact = isBucket && db !== undefined && isThere(db, filterOf('bucket'), value);
      return { given, value, isExcluded, place: isExact ? undefined : placeOf(value, isBucket) };
    });
    for (const { value, isExcluded, place } of placed) {
      if (!place) continue;
      spellings.push({ ...spellingOf(name, value, place), isExcluded });
      if (isBucket && place.key === undefined) continue;
      const isAlone = values.length === 1 && !isExcluded;
      const hasRoom = isBucket
        ? filters.key === undefined
        : [filters.bucket ?? place.bucket].flat().join() === place.bucket;
      if (!isAlone || !hasRoom) throw noRoom(name, value, place);
      setPlace(resolved, place);
      return resolved;
    }
    if (placed.some(({ place }) => place)) {
      const buckets = placed.map(({ given, isExcluded, place }) =>
        place ? written(filterOf('bucket'), { value: place.bucket, isExcluded }) : given,
      );
      Object.assign(resolved, { bucket: buckets });
    }
  }
  return resolved;
}

/** Sets the two filters that a place is; its key is a prefix or a pattern where one would be. */
function setPlace(filters: Filters, { bucket, key }: Place): void {
  filters.bucket = bucket;
  if (key === undefined) delete filters.key;
  else filters.key = key.startsWith('!') ? `\\${key}` : key;
}

function noRoom(name: 'bucket' | 'key', value: string, { bucket, key = '' }: Place): UsageError {
  return new UsageError(
    'BAD_VALUE',
    `\`${name}\` ${JSON.stringify(value)} names a bucket and a key, beside other values for them`,
    `write \`bucket\` ${JSON.stringify(bucket)} \`key\` ${JSON.stringify(key)}, one object at a time`,
  );
}

function spellingOf(filter: 'bucket' | 'key', given: string, { bucket, key }: Place): Spelling {
  const used: Spelling['used'] = [{ filter: 'bucket', value: bucket }];
  if (key !== undefined) used.push({ filter: 'key', value: key });
  return { filter, given, isExcluded: false, used, isAddress: true, nearest: [] };
}
