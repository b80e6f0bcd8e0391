/** `--source`: what the commands share that ask access logs as well as events, and their notes on lines. */

import type { Filters } from '../query/filter/filter.js';
import { LOG_SOURCES, type OfSource } from '../query/log-source.js';
import type { Mark } from '../query/marks.js';
import type { Db } from '../query/open.js';
import type { sayDoubtful } from './notes.js';
import { counted, isQuiet, numberText, say } from './terminal.js';

/** The options of a question that can be asked of both. */
export const SOURCE = {
  source: {
    choices: LOG_SOURCES,
    default: 'cloudtrail',
    requiresArg: true,
    description: 'events of CloudTrail, lines of S3 server access logs, or both',
  },
  status: {
    type: 'string',
    array: true,
    nargs: 1,
    description: 'HTTP status, of access logs alone: 403, 4xx, 5*, or a pattern with * and ? (CODE)',
    group: 'Filters:',
  },
} as const;

/** What the help of these commands says of access logs. */
export const SOURCE_NOTES =
  'With --source access-logs the lines of S3 server access logs answer, with all both. Of lines --event-name is the operation, by its name in the line or CloudTrail’s; --user, --requester and --account are the requester’s; --errors-only is a status of 4xx or 5xx; columns are those of s3_access_logs. A filter that lines cannot answer is an error. A request that both recorded is two rows.';

/** Buckets that are named, of a long list. */
const NAMED = 5;

/** Says what there is where no lines were found: two lines at most. */
export async function sayNoLines(index: Db, bucket: Filters['bucket']): Promise<void> {
  if (isQuiet()) return;
  const { accessStatus } = await import('../query/access-status.js');
  const { lines, first, last, buckets } = accessStatus(index);
  if (lines === 0) {
    say('the index has no S3 server access logs: offtrail ingest takes them with the rest');
    return;
  }
  say(
    `no lines found; the index has ${counted(lines, 'line')} of ${counted(buckets.length, 'bucket')}, from ${first ?? '-'} to ${last ?? '-'}`,
  );
  const names = buckets.map(one => one.bucket ?? '-');
  if (bucket === undefined) return;
  const more = names.length - NAMED;
  say(
    `  buckets: ${names.slice(0, NAMED).join(', ')}${more > 0 ? `, and ${numberText(more)} more: offtrail status` : ''}`,
  );
}

/** What is counted. */
export const rowsWord = ({ source = 'cloudtrail' }: OfSource): string =>
  ({ cloudtrail: 'events', 'access-logs': 'lines', all: 'records' })[source];

/** Says how many records of an answer are of which source. */
export function sayBoth({ source }: OfSource, { events, lines }: { events: number; lines: number }): void {
  if (source !== 'all') return;
  say(
    `${counted(events, 'event')} and ${counted(lines, 'line')}: a request that both recorded counts as the two records it is`,
  );
}

/** Says what there is where a question found nothing. */
export async function sayNothingThere(
  index: Db,
  { source = 'cloudtrail' }: OfSource,
  filters: Filters,
): Promise<void> {
  if (source !== 'access-logs') await (await import('./notes.js')).sayNothingFound(index, filters);
  if (source !== 'cloudtrail') await sayNoLines(index, filters.bucket);
}

/** Says what an answer with events does not say by itself: which may be missing, and those that digests speak against. */
export async function sayOfEvents(
  index: Db,
  { source }: OfSource,
  filters: Filters,
  count?: Parameters<typeof sayDoubtful>[2],
): Promise<void> {
  if (source === 'access-logs') return;
  const notes = await import('./notes.js');
  await notes.sayHidden(index, filters, { found: true });
  notes.sayDoubtful(index, filters, count);
}

/** Says what rows of an answer are marked with. */
export async function sayMarks(marked: Readonly<Record<Mark, number>>): Promise<void> {
  const { MARK_TEXTS } = await import('../query/marks.js');
  for (const [mark, rows] of Object.entries(marked))
    if (rows > 0) say(`${numberText(rows)} of these are marked: ${MARK_TEXTS[mark as Mark]}`);
}
