/** One identity's page: what it is, when and from where it was seen, what it called, what failed, and its sessions. */

import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { usernameSql } from '../store/view.js';
import { findColumn } from './columns/column.js';
import { countEach, createCounter, eventFailures, ofErrors } from './columns/counter.js';
import { type Counted, countedOf, type Group } from './columns/counts.js';
import { groupingsBy } from './columns/grouping.js';
import { compareText } from './columns/order.js';
import { chosen, select } from './columns/selection.js';
import {
  identitiesInOtherCase,
  lower,
  nearestIdentities,
  resolveFilters,
  type Spelling,
} from './columns/spelling.js';
import { ipSqlite } from './filter/address-block.js';
import type { DimensionCondition } from './filter/condition.js';
import { anyOf, type Filters } from './filter/filter.js';
import type { Sql } from './filter/sql-text.js';
import { patternSqlite } from './filter/wildcard.js';
import { inSnapshot } from './snapshot.js';

export interface Who {
  /** What the text is. */
  foundAs: string[];
  /** The names in another case that it was taken for; empty where events have it as it is given. */
  takenFor: string[];
  /** Number of events that it made. */
  events: number;
  /** Number of those that failed. */
  errors: number;
  /** eventTime of the first one; null where none has a time. */
  first: string | null;
  /** eventTime of the last one. */
  last: string | null;
  /** Counts by columns. */
  sections: WhoSection[];
  /** What became of values of filters that no event has as they were given. */
  spellings: Spelling[];
}

export interface WhoSection {
  /** What is counted: `user agents`, `services and calls`, … */
  title: string;
  /** Names of the columns. */
  columns: string[];
  /** True where the rows are in order of their first event, false where the most frequent come first. */
  isInTime: boolean;
  /** True where calls that write come before all others. */
  isWritesFirst: boolean;
  /** The groups, in order. */
  rows: Counted[];
}

/** What a text can be, in the columns of `identity`. */
export const MEANINGS: ReadonlyArray<[meaning: string, column: string]> = [
  ['access key', 'accesskeyid'],
  ['ARN', 'arn'],
  ['user name', 'username'],
  ['user name', usernameSql()],
  ['principal id', 'principalid'],
  ['role', 'sessioncontext_sessionissuer_arn'],
  ['role', 'sessioncontext_sessionissuer_username'],
  ['account', 'accountid'],
  ['service', 'invokedby'],
  ['type of identity', 'type'],
];

const NAME_COLUMNS = MEANINGS.map(([, column]) => column);

export interface SectionDefinition {
  title: string;
  columns: readonly string[];
  /** Which events are counted: those with a value in the first column, or those that failed. */
  only?: 'named' | 'failed';
  isInTime?: true;
  isWritesFirst?: true;
}

export const SECTIONS: readonly SectionDefinition[] = [
  {
    title: 'identities',
    columns: ['identity type', 'arn', 'username', 'useridentity_accountid', 'useridentity_invokedby'],
  },
  { title: 'addresses', columns: ['ip'] },
  { title: 'user agents', columns: ['user agent'] },
  { title: 'services', columns: ['service'] },
  { title: 'calls', columns: ['service', 'event name', 'read only'], isWritesFirst: true },
  { title: 'error codes', columns: ['error code', 'event name'], only: 'failed' },
  { title: 'regions', columns: ['account', 'region'] },
  { title: 'buckets', columns: ['bucket'], only: 'named' },
  {
    title: 'sessions',
    columns: [
      'access key',
      'username',
      'useridentity_sessioncontext_attributes_creationdate',
      'useridentity_sessioncontext_attributes_mfaauthenticated',
      'arn',
    ],
    only: 'named',
    isInTime: true,
  },
];

/**
 * Everything about an ARN, an access key, a user name, a role, an account, a service or a source address; the text may
 * have the wildcards * and ?, and an address may be a CIDR block.
 * @returns undefined where no event has it
 * @throws UsageError `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function who(db: Db, text: string, given: Filters, now: Date): Who | undefined {
  return inSnapshot(db, () => {
    const meaning = meaningOf(db, text) ?? caselessMeaning(db, text);
    if (!meaning) return undefined;
    const { filters, spellings } = resolveFilters(db, given);
    const events = chosen(select(db, filters, now, [meaning.condition]));
    const failures = eventFailures(db);
    const all = createCounter(failures, []);
    const sections = SECTIONS.map(section => {
      const columns = section.columns.map(findColumn);
      const counter = createCounter(failures, groupingsBy(db, columns));
      return { section, columns, counter: section.only === 'failed' ? ofErrors(counter, failures) : counter };
    });
    countEach(events, [all, ...sections.map(({ counter }) => counter)]);
    const [total] = all.groups().map(countedOf);
    if (!total) return undefined;
    return {
      foundAs: meaning.foundAs,
      takenFor: meaning.takenFor,
      events: total.events,
      errors: total.errors,
      first: total.first,
      last: total.last,
      sections: sections.map(({ section, counter }) => sectionOf(section, counter.groups())),
      spellings,
    };
  });
}

/** A section of the groups that its columns gave, those that come first among equals first. */
export function sectionOf(section: SectionDefinition, groups: Group[]): WhoSection {
  return {
    title: section.title,
    columns: section.columns.map(name => findColumn(name).name),
    isInTime: section.isInTime === true,
    isWritesFirst: section.isWritesFirst === true,
    rows: rowsOf(section, groups),
  };
}

function rowsOf({ columns, only, isInTime, isWritesFirst }: SectionDefinition, all: Group[]): Counted[] {
  const groups = only === 'named' ? all.filter(({ values }) => values[0]) : all;
  const rows = groups.sort((a, b) => b.events - a.events).map(countedOf);
  if (isInTime) return rows.sort((a, b) => compareText(a.first, b.first));
  const readOnly = columns.indexOf('read only');
  const reads = ({ values }: Counted): number => (values[readOnly] === 'false' ? 0 : 1);
  return isWritesFirst ? rows.sort((a, b) => reads(a) - reads(b)) : rows;
}

/** Identities whose name is near to a text that is none of theirs. */
export function similarIdentities(db: Db, text: string): string[] {
  return nearestIdentities(db, NAME_COLUMNS, text).filter(similar => similar !== text);
}

/** As what the index knows a text, and the condition for its events. */
interface Meaning {
  foundAs: string[];
  takenFor: string[];
  condition: DimensionCondition;
}

function meaningOf(db: Db, text: string): Meaning | undefined {
  const identity = identityMeaning(db, text, column => column);
  if (identity) return { ...identity, takenFor: [] };
  const address = addressTest(text);
  if (!isKnown(db, address)) return undefined;
  const condition: DimensionCondition = { home: 'address', onHome: address, holdsForNone: false };
  return { foundAs: ['source address'], takenFor: [], condition };
}

/** The same for a text that is known in other cases alone. */
function caselessMeaning(db: Db, text: string): Meaning | undefined {
  const identity = identityMeaning(db, lower(text), column => `lower(${column})`);
  return identity && { ...identity, takenFor: identitiesInOtherCase(db, NAME_COLUMNS, text) };
}

function identityMeaning(
  db: Db,
  text: string,
  compared: (column: string) => string,
): Omit<Meaning, 'takenFor'> | undefined {
  const tests = MEANINGS.map(([meaning, column]) => ({
    meaning,
    test: patternSqlite(compared(column), text, false),
  }));
  const holds = tests.map(({ test }) => `coalesce(max(${test.text}), 0)`).join(', ');
  const there = prepared(db, `SELECT ${holds} FROM identity`)
    .raw(true)
    .get(...tests.flatMap(({ test }) => test.params)) as number[];
  const meanings = tests.filter((_, i) => there[i] === 1);
  if (meanings.length === 0) return undefined;
  const onHome = anyOf(meanings.map(({ test }) => test));
  return {
    foundAs: [...new Set(meanings.map(({ meaning }) => meaning))],
    condition: { home: 'identity', onHome, holdsForNone: false },
  };
}

function isKnown(db: Db, { text, params }: Sql): boolean {
  return prepared(db, `SELECT 1 FROM address WHERE ${text} LIMIT 1`).get(...params) !== undefined;
}

function addressTest(text: string): Sql {
  if (/[*?]/.test(text)) return patternSqlite('sourceipaddress', text, false);
  try {
    return ipSqlite(text);
  } catch {
    return { text: 'sourceipaddress = ?', params: [text] };
  }
}
