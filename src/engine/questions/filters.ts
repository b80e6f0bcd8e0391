/** Filters as conditions on a table elsewhere, and on its partitions. */

import { UsageError } from '../../errors.js';
import { resolveFilters, type Spelling } from '../../query/columns/spelling.js';
import { type Condition, conditions } from '../../query/filter/condition.js';
import type { Filters } from '../../query/filter/filter.js';
import type { OfSource } from '../../query/log-source.js';
import type { Asker } from './asker.js';
import { DAYS_LATE, partitionConditions } from './partitions.js';
import type { EventTable } from './table.js';

/** What filters become. */
export interface EngineFilters {
  /** All must hold: partitions first. */
  where: string[];
  partitions: string[];
  /** What became of addresses of buckets and objects; values are not looked up in other spellings. */
  spellings: Spelling[];
}

/**
 * The conditions for `filters`, with those on partitions.
 * @throws UsageError `NOT_IN_ATHENA`, `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function engineFilters(asker: Asker, table: EventTable, given: Filters): EngineFilters {
  const { now, notes } = asker;
  const { filters, spellings } = resolveFilters(undefined, given);
  const partitions = partitionConditions(asker.table, filters, now, { isOfEvent: table.isLake });
  const own = conditions(filters, now).map((one: Condition) => one.athena(table.terms));
  const isByDelivery =
    !table.isLake &&
    filters.to !== undefined &&
    ['year', 'timestamp'].some(name => asker.table.partitions.has(name));
  if (isByDelivery)
    notes.add(
      `of the table's folders, which are by the day of delivery, those up to ${DAYS_LATE} days after \`to\` are read: what was delivered later is not`,
    );
  return { where: [...partitions, ...own], partitions, spellings };
}

export const whereText = (parts: readonly string[]): string =>
  parts.length > 0 ? `\nWHERE ${parts.join('\n  AND ')}` : '';

export const limitText = (most: number): string =>
  most === Number.POSITIVE_INFINITY ? '' : `\nLIMIT ${most}`;

/** @throws UsageError `NOT_ON_ENGINE` for what only an index can be asked */
export function checkAskable(
  question: string,
  { source = 'cloudtrail', status, token }: OfSource & { token?: string | undefined },
): void {
  if (source !== 'cloudtrail' || status !== undefined)
    throw new UsageError(
      'NOT_ON_ENGINE',
      `an engine answers ${question} of events of CloudTrail alone: its tables of events and of access logs are two`,
      'leave `source` and `status` out; s3-access asks tables of access logs',
    );
  if (token !== undefined)
    throw new UsageError(
      'NOT_ON_ENGINE',
      'an engine has no pages to go on with: `token` belongs to an index',
      'ask for the time before the last event, with `to`, or for more with `limit`',
    );
}
