/** Which logs a question is asked of: the events of CloudTrail, the lines of S3 server access logs, or both. */

import { UsageError } from '../errors.js';

/** What a row of an answer comes from. */
export const SINGLE_SOURCES = ['cloudtrail', 'access-logs'] as const;
export type LogSource = (typeof SINGLE_SOURCES)[number];

/** What a question may be asked of; the first is what is meant where nothing is said. */
export const LOG_SOURCES = [...SINGLE_SOURCES, 'all'] as const;

/** The option of every question that can be asked of both. */
export interface OfSource {
  /** Events of CloudTrail, lines of S3 server access logs, or both. Default cloudtrail. */
  source?: (typeof LOG_SOURCES)[number] | undefined;
  /** Of access logs alone, HTTP status: 403, 4xx, 5*, or a pattern with * and ?; one that begins with `!` must not hold. */
  status?: string | readonly string[] | undefined;
}

/** True where a question is asked of access logs, too. */
export const hasLines = ({ source = 'cloudtrail' }: OfSource): boolean => source !== 'cloudtrail';

/** @throws UsageError `NOT_IN_EVENTS` for what only lines can answer, where events are asked */
export function checkSource({ source = 'cloudtrail', status }: OfSource): void {
  if (status === undefined || source === 'access-logs') return;
  throw new UsageError(
    'NOT_IN_EVENTS',
    'events of CloudTrail cannot answer `status`: they have an error code, and no HTTP status',
    'ask `source` access-logs alone, or filter by `errorCode`',
  );
}
