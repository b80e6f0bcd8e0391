/** Which logs a page asks: the events of CloudTrail, the lines of S3 server access logs, or both. */

import type { OfSource } from '../../../query/log-source.js';
import { useAnswer } from '../ask.js';
import { change, first, type Place } from '../place.js';

type Source = NonNullable<OfSource['source']>;

const SOURCES: ReadonlyArray<[name: Source, title: string]> = [
  ['cloudtrail', 'CloudTrail events'],
  ['access-logs', 'access log lines'],
  ['all', 'both'],
];

/** What the address says, as an option of a question; nothing for CloudTrail alone. */
export function sourceOf(options: Place['options']): { source?: Source } {
  const source = first(options, 'source');
  // What is none is for the server to refuse.
  return source === undefined || source === 'cloudtrail' ? {} : { source: source as Source };
}

/** What is counted, by the source. */
export const unitOf = ({ source }: { source?: Source }, count: number): string => {
  const unit = source === undefined ? 'event' : source === 'access-logs' ? 'line' : 'record';
  return `${count.toLocaleString('en-US')} ${unit}${count === 1 ? '' : 's'}`;
};

/**
 * The choice, where the index has lines.
 * @param isAsking false while something is asked that is needed more
 */
export function SourceSelect({
  options,
  isAsking = true,
}: {
  options: Place['options'];
  isAsking?: boolean;
}) {
  const { source = 'cloudtrail' } = sourceOf(options);
  const { answer } = useAnswer<{ rows: unknown[] }>(
    'eventRows',
    isAsking ? { source: 'access-logs', limit: 1 } : undefined,
  );
  if (!answer?.rows.length && source === 'cloudtrail') return null;
  return (
    <label class="source">
      Of{' '}
      <select
        value={source}
        onChange={event => {
          const chosen = event.currentTarget.value;
          // Columns, and places in a list, are those of a source.
          change({
            source: chosen === 'cloudtrail' ? [] : [chosen],
            ...{ columns: [], sort: [], by: [], token: [] },
          });
        }}
      >
        {SOURCES.map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
