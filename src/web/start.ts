/** What the page is told first: the lists that its menus and forms are made of. */

import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { VERDICTS } from '../cloudtrail/digest.js';
import { ACCESS_FILTERS } from '../query/access/filters.js';
import { LINE_FILTERS } from '../query/access/line-filters.js';
import { ACCESS_SEARCHES, GROUPS } from '../query/access/searches.js';
import { CONSOLE_COLUMNS, DEFAULT_COLUMNS } from '../query/event-row.js';
import { dashed, FILTERS } from '../query/filter/filter.js';
import type { LogSource } from '../query/log-source.js';
import { MARK_TEXTS } from '../query/marks.js';
import { S3_SEARCHES } from '../query/s3-searches.js';
import { viewColumns } from '../store/view.js';
import { VERSION } from '../version.js';
import { type AnswerError, answerErrorOf } from './answer-error.js';
import { settingText } from './command-words.js';

/** A filter as a form shows it. */
export interface FilterEntry {
  /** Name of the option in the library. */
  name: string;
  /** Its words: `event name`. */
  label: string;
  /** What stands for the value; empty for a switch. */
  value: string;
  description: string;
  /** Whether it takes one value only. */
  isSingle: boolean;
  /** Whether * and ? in a value stand for other characters. */
  hasWildcards: boolean;
  /** The only logs that can answer it; absent where both can. */
  only?: LogSource;
}

/** A canned search as a form shows it. */
export interface SearchEntry {
  name: string;
  description: string;
  /** The option that it cannot do without. */
  argument?: { option: string; description: string };
  /** Columns of its rows, in their order. */
  columns: readonly string[];
  /** What its rows may be grouped by. */
  groups?: readonly string[];
  /** Whether the slowest come first: then it takes `minMs`. */
  isBySlowness?: true;
}

export interface Start {
  version: string;
  /** Name of the index's file. */
  index: string;
  /** What a shell is told before the commands ask it; absent where they do without. */
  setting?: string;
  /** Bytes of it. */
  indexBytes: number;
  /** For the header of what the page posts. */
  token: string;
  filters: readonly FilterEntry[];
  /** Those that the Event history has besides, for lines of access logs alone. */
  lineFilters: readonly FilterEntry[];
  accessFilters: readonly FilterEntry[];
  /** Columns that a list of events can show, and those it shows unless asked. */
  columns: readonly string[];
  defaultColumns: readonly string[];
  /** What the verdicts on log files say, and the marks of events. */
  verdicts: Readonly<Record<string, string>>;
  marks: Readonly<Record<string, string>>;
  s3: readonly SearchEntry[];
  s3Access: readonly SearchEntry[];
}

const labelOf = (name: string): string => dashed(name).replaceAll('-', ' ');

/** What the document has for its script: the lists, or why there are none. */
export type Started = { start: Start } | { error: AnswerError };

/**
 * The same as the text of a script element, which has no end and no comment in it without a `<`.
 * @param db path of the index
 * @param isNamed whether commands must be told of it
 * @param token for what the page posts
 */
export function startText(
  { db, isNamed = false }: { db: string; isNamed?: boolean | undefined },
  token: string,
): string {
  let started: Started;
  try {
    started = { start: { ...start(db, token), ...(isNamed ? { setting: settingText(resolve(db)) } : {}) } };
  } catch (error) {
    started = { error: answerErrorOf(error, db) };
  }
  return JSON.stringify(started).replaceAll('<', '\\u003c');
}

const accessFilters: readonly FilterEntry[] = ACCESS_FILTERS.map(
  ({ name, value, description, condition }) => ({
    name,
    label: labelOf(name),
    value,
    description,
    isSingle: condition === undefined,
    hasWildcards: false,
  }),
);

const start = (db: string, token: string): Start => ({
  version: VERSION,
  index: basename(db),
  indexBytes: statSync(db).size,
  token,
  filters: FILTERS.map(({ name, value, description, isSingle = false, hasWildcards = false }) => ({
    name,
    label: labelOf(name),
    value,
    description,
    isSingle,
    hasWildcards,
    ...('why' in LINE_FILTERS[name] ? { only: 'cloudtrail' as const } : {}),
  })),
  lineFilters: accessFilters
    .filter(({ name }) => name === 'status')
    .map(filter => ({ ...filter, hasWildcards: true, only: 'access-logs' as const })),
  accessFilters,
  columns: [...new Set([...CONSOLE_COLUMNS.map(([name]) => name), ...viewColumns().map(c => c.column)])],
  defaultColumns: DEFAULT_COLUMNS,
  verdicts: VERDICTS,
  marks: MARK_TEXTS,
  s3: S3_SEARCHES.map(({ name, description, argument, columns }) => ({
    name,
    description,
    ...(argument ? { argument: { option: 'accessKeyId', description: argument.description } } : {}),
    columns: columns.map(column => column.name),
  })),
  s3Access: ACCESS_SEARCHES.map(({ name, description, argument, columns, isGrouped, isBySlowness }) => ({
    name,
    description,
    ...(argument ? { argument: { option: argument.filter, description: argument.description } } : {}),
    columns: columns.map(column => column.name),
    ...(isGrouped ? { groups: GROUPS } : {}),
    ...(isBySlowness ? { isBySlowness } : {}),
  })),
});
