/** A page of an answer of Trino's: what is read of it, and what it says of progress and of errors. */

import { UsageError } from '../errors.js';
import { brief } from '../output/escape.js';
import type { Edited } from './edited.js';
import type { EngineColumn, EngineProgress, EngineStatistics } from './engine.js';
import { EngineError, sentenceOf } from './errors.js';
import { parseExact } from './exact-json.js';

/** A page of an answer, as far as it is used. */
export interface Page {
  id?: string;
  nextUri?: string;
  columns?: EngineColumn[];
  data?: unknown[][];
  updateType?: string;
  stats?: Stats;
  warnings?: Array<{ message?: string }>;
  error?: {
    message?: string;
    errorName?: string;
    errorLocation?: { lineNumber: number; columnNumber: number };
  };
}

interface Stats {
  state?: string;
  progressPercentage?: number;
  processedRows?: number;
  processedBytes?: number;
  physicalInputBytes?: number;
  elapsedTimeMillis?: number;
}

/** The next page is where the first was: an answer must not send credentials elsewhere. */
export function checkNext(uri: string, origin: string): void {
  let next: URL | undefined;
  try {
    next = new URL(uri);
  } catch {
    throw unreadable('the address of the next page cannot be read');
  }
  if (next.origin === origin) return;
  throw new UsageError(
    'ENGINE_ANSWER',
    `the next page is at ${brief(next.origin)}, not at ${origin}: it is not asked for`,
    'behind a proxy Trino needs http-server.process-forwarded=true, and the proxy to say X-Forwarded-Proto and -Host',
  );
}

/** An answer that is none. */
export const unreadable = (sentence: string, options?: ErrorOptions): EngineError =>
  new EngineError('ENGINE_ANSWER', { name: 'INVALID_RESPONSE', sentence }, 'nothing of it is shown', options);

/** Throws EngineError `ENGINE_ANSWER`. */
export function readPage(text: string): Page {
  let page: unknown;
  try {
    page = parseExact(text);
  } catch (error) {
    throw unreadable(`not JSON${said(text)}`, { cause: error });
  }
  const { id, columns, data, nextUri } = (page ?? {}) as Record<string, unknown>;
  const isSound =
    typeof id === 'string' &&
    (columns === undefined || columns === null || Array.isArray(columns)) &&
    (data === undefined || data === null || Array.isArray(data)) &&
    (nextUri === undefined || nextUri === null || typeof nextUri === 'string');
  if (!isSound) throw unreadable('not a page of Trino’s protocol');
  // A null is as if it were not there.
  return Object.fromEntries(Object.entries(page as object).filter(([, value]) => value !== null)) as Page;
}

/** The error of a page, with its place in the statement as it was given. */
export function failure(
  { errorName, message, errorLocation }: NonNullable<Page['error']>,
  sent: Edited,
): EngineError {
  const { sentence, position: told } = sentenceOf(message ?? 'no message');
  const place = errorLocation ? { line: errorLocation.lineNumber, column: errorLocation.columnNumber } : told;
  const name = errorName ?? 'UNKNOWN';
  const isStopped = name === 'USER_CANCELED' || name.startsWith('EXCEEDED_');
  return new EngineError(
    isStopped ? 'ENGINE_STOPPED' : 'ENGINE_FAILED',
    { name, sentence, position: place && sent.before(place) },
    HINTS[name],
  );
}

/** Where Trino as it is and Athena part. */
const HINTS: Readonly<Record<string, string>> = {
  MISMATCHED_COLUMN_ALIASES:
    'UNNEST of a list of rows gives a column for each of their fields in Trino, one column in Athena',
  EXCEEDED_SCAN_LIMIT: '--max-scan bounds what a statement reads; filters on partitions read less',
  MISSING_SCHEMA_NAME: 'trino://HOST:PORT/CATALOG/SCHEMA names the schema in which tables are looked for',
  MISSING_CATALOG_NAME: 'trino://HOST:PORT/CATALOG/SCHEMA names the catalog in which tables are looked for',
};

/** How far the statement is. */
export function progressOf(stats: Stats): EngineProgress {
  const { state = 'UNKNOWN', progressPercentage, processedRows } = stats;
  const bytes = stats.physicalInputBytes ?? stats.processedBytes;
  return {
    state,
    ...(progressPercentage !== undefined && { done: progressPercentage / 100 }),
    ...(processedRows !== undefined && { rowsRead: processedRows }),
    ...(bytes !== undefined && { bytesScanned: bytes }),
  };
}

/** What a page adds to what is known. */
export function statisticsOf(
  { id, stats, warnings }: Page,
  { warnings: before = [] }: EngineStatistics,
): EngineStatistics {
  const { processedRows, elapsedTimeMillis } = stats ?? {};
  const bytes = stats?.physicalInputBytes ?? stats?.processedBytes;
  const all = new Set([...before, ...(warnings ?? []).flatMap(({ message }) => message ?? [])]);
  return {
    ...(id !== undefined && { queryId: id }),
    ...(bytes !== undefined && { bytesScanned: bytes }),
    ...(processedRows !== undefined && { rowsRead: processedRows }),
    ...(elapsedTimeMillis !== undefined && { elapsed: elapsedTimeMillis }),
    ...(all.size > 0 && { warnings: [...all] }),
  };
}

/** The beginning of a text that a server says; a page of HTML says nothing. */
export const said = (text: string): string =>
  text.trim() === '' || text.trimStart().startsWith('<') ? '' : `: ${brief(text.trim(), 200)}`;
