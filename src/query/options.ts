/** The options of every question, and what each of them takes. */

import type { ExportOptions } from '../export/export.js';
import type { OptionKind, OptionKinds } from '../option-kinds.js';
import { ACCESS_FILTERS, type AccessFilters } from './access/filters.js';
import type { KeyUsageOptions } from './access/key-usage.js';
import { GROUPS } from './access/searches.js';
import type { S3AccessOptions } from './access/statement.js';
import { ORDERS, TOP_SORTS } from './columns/order.js';
import type { CoverageOptions } from './coverage/coverage.js';
import { COVERAGE_TIMES } from './coverage/parts.js';
import type { HistoryOptions } from './events.js';
import type { FacetsOptions } from './facets.js';
import { FILTERS, type Filters } from './filter/filter.js';
import { LOG_SOURCES, SINGLE_SOURCES } from './log-source.js';
import type { LookupOptions } from './lookup/events.js';
import { METRIC_SOURCES, type MetricsOptions } from './metrics/metrics.js';
import type { S3SearchOptions } from './s3-statement.js';
import type { SearchOptions } from './search-run.js';
import { DIALECTS } from './sql/dialect.js';
import type { StatementOptions } from './sql/statement.js';
import type { TimelineOptions } from './timeline.js';
import type { TopOptions } from './top.js';

const FILTER_KINDS = Object.fromEntries(
  FILTERS.map(({ name, value, isSingle }): [string, OptionKind] => [
    name,
    value === '' ? 'flag' : isSingle ? 'text' : 'values',
  ]),
) as OptionKinds<Filters>;

const ACCESS_FILTER_KINDS = Object.fromEntries(
  ACCESS_FILTERS.map(({ name, condition }): [string, OptionKind] => [name, condition ? 'values' : 'text']),
) as OptionKinds<AccessFilters>;

/** What is asked, and a filter that lines alone have. */
const SOURCE = { source: LOG_SOURCES, status: 'values' } as const;

/** Limits are checked where they are used: there is one rule for all. */
const LIMIT = { limit: 'any' } as const;

export const OPTIONS = {
  coverage: {
    ...{ from: FILTER_KINDS.from, to: FILTER_KINDS.to },
    ...{ account: FILTER_KINDS.account, region: FILTER_KINDS.region },
    ...{ by: 'list', every: 'text', time: COVERAGE_TIMES },
  } satisfies OptionKinds<CoverageOptions>,
  events: {
    ...FILTER_KINDS,
    ...SOURCE,
    columns: 'list',
    sort: 'text',
    order: ORDERS,
    token: 'text',
    ...LIMIT,
  } satisfies OptionKinds<HistoryOptions>,
  export: {
    ...FILTER_KINDS,
    ...{ source: SINGLE_SOURCES, status: 'values' },
    ...{ search: 'texts', any: 'flag', not: 'texts', caseSensitive: 'flag', word: 'flag', regex: 'flag' },
    ...{
      field: 'text',
      columns: 'list',
      order: ORDERS,
      force: 'flag',
      signal: 'signal',
      onProgress: 'function',
    },
    ...LIMIT,
  } satisfies OptionKinds<ExportOptions>,
  facets: { ...FILTER_KINDS, columns: 'list', ...LIMIT } satisfies OptionKinds<FacetsOptions>,
  filters: FILTER_KINDS,
  keyUsage: {
    ...{ lastUsed: 'text', service: 'text', region: 'text', within: 'text' },
    ...LIMIT,
  } satisfies OptionKinds<KeyUsageOptions>,
  lookupEvents: {
    ...{ lookupAttributes: 'list', startTime: 'text', endTime: 'text', eventCategory: 'text' },
    ...{ region: 'text', token: 'text' },
    ...LIMIT,
  } satisfies OptionKinds<LookupOptions>,
  metrics: {
    ...{ bucket: 'text', from: FILTER_KINDS.from, to: FILTER_KINDS.to, every: 'text', prefix: 'text' },
    ...{ source: METRIC_SOURCES, metrics: 'list', statistics: 'list', alarms: 'list' },
  } satisfies OptionKinds<MetricsOptions>,
  s3: {
    ...FILTER_KINDS,
    ...{ accessKeyId: 'text', allServices: 'flag', order: ORDERS, withEventId: 'flag' },
    ...LIMIT,
  } satisfies OptionKinds<S3SearchOptions>,
  s3Access: {
    ...ACCESS_FILTER_KINDS,
    ...{ by: GROUPS, minMs: 'any', order: ORDERS },
    ...LIMIT,
  } satisfies OptionKinds<S3AccessOptions>,
  search: {
    ...FILTER_KINDS,
    ...SOURCE,
    ...{ text: 'texts', any: 'flag', not: 'texts', caseSensitive: 'flag', word: 'flag', regex: 'flag' },
    ...{ field: 'text', order: ORDERS, token: 'text' },
    ...LIMIT,
  } satisfies OptionKinds<SearchOptions>,
  sessions: LIMIT,
  sql: { dialect: DIALECTS, parameters: 'list', now: 'text' } satisfies OptionKinds<StatementOptions>,
  timeline: { ...FILTER_KINDS, ...SOURCE, by: 'text', every: 'text' } satisfies OptionKinds<TimelineOptions>,
  verify: { publicKeys: 'list', reread: 'flag' },
  top: {
    ...FILTER_KINDS,
    ...SOURCE,
    columns: 'list',
    sort: TOP_SORTS,
    ...LIMIT,
  } satisfies OptionKinds<TopOptions>,
} as const;
