/**
 * What the benchmark runs of the compiled program, typed: with the files of its threads beside it, and as users run it.
 */

import { join } from 'node:path';
import { ROOT } from './measure.js';

const built = (path: string) => import(join(ROOT, 'dist', path));
export const { ACCESS_SEARCHES } = (await built(
  'query/access/searches.js',
)) as typeof import('../../src/query/access/searches.js');
export const { accessStatement } = (await built(
  'query/access/statement.js',
)) as typeof import('../../src/query/access/statement.js');
export const { logTop } = (await built(
  'query/access/log-top.js',
)) as typeof import('../../src/query/access/log-top.js');
export const { logTimeline } = (await built(
  'query/access/log-timeline.js',
)) as typeof import('../../src/query/access/log-timeline.js');
export const { metrics } = (await built(
  'query/metrics/metrics.js',
)) as typeof import('../../src/query/metrics/metrics.js');
export const { S3_SEARCHES, findS3Search } = (await built(
  'query/s3-searches.js',
)) as typeof import('../../src/query/s3-searches.js');
export const { s3Statement } = (await built(
  'query/s3-statement.js',
)) as typeof import('../../src/query/s3-statement.js');
export const { s3Rows } = (await built('query/s3-rows.js')) as typeof import('../../src/query/s3-rows.js');
export const { runSql } = (await built('query/sqlite.js')) as typeof import('../../src/query/sqlite.js');
export const { search } = (await built('query/search.js')) as typeof import('../../src/query/search.js');
export const { createSources } = (await built(
  'query/event-summary.js',
)) as typeof import('../../src/query/event-summary.js');
export const { openForQueries, openForWriting } = (await built(
  'store/open.js',
)) as typeof import('../../src/store/open.js');
export const { buildEventIndexes, dropEventIndexes, eventIndexBuilds } = (await built(
  'store/event-indexes.js',
)) as typeof import('../../src/store/event-indexes.js');
export const { dropTextIndex } = (await built(
  'store/text/blocks.js',
)) as typeof import('../../src/store/text/blocks.js');
export const { updateTextIndex } = (await built(
  'ingest/text-threads.js',
)) as typeof import('../../src/ingest/text-threads.js');
export const { top } = (await built('query/top.js')) as typeof import('../../src/query/top.js');
export const { coverageMap } = (await built(
  'query/coverage/map.js',
)) as typeof import('../../src/query/coverage/map.js');
export const { timeline } = (await built(
  'query/timeline.js',
)) as typeof import('../../src/query/timeline.js');
export const { who } = (await built('query/who.js')) as typeof import('../../src/query/who.js');
export const { sessions } = (await built(
  'query/sessions/sessions.js',
)) as typeof import('../../src/query/sessions/sessions.js');
export const { createRowReader, DEFAULT_COLUMNS } = (await built(
  'query/event-row.js',
)) as typeof import('../../src/query/event-row.js');
export const { events } = (await built('query/events.js')) as typeof import('../../src/query/events.js');
export const { lookupEvents } = (await built(
  'query/lookup/events.js',
)) as typeof import('../../src/query/lookup/events.js');
export const { createSqlSession } = (await built(
  'query/sql/run.js',
)) as typeof import('../../src/query/sql/run.js');
