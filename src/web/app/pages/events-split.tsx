/** By which column the histogram is split. */

import { useMemo } from 'preact/hooks';
import { printable } from '../../../output/escape.js';
import type { OfSource } from '../../../query/log-source.js';
import type { Start } from '../../start.js';
import { distinct, plainName } from '../parts/columns-names.js';
import { facetColumns } from '../parts/facets.js';
import { sourceOf } from '../parts/source.js';
import { change, place } from '../place.js';

/** Those that people ask for, failures first. */
const commonOf = (of: OfSource['source']): string[] => distinct(['errorCode', ...facetColumns(of)]);

const optionsOf = (names: readonly string[]) =>
  names.map(name => (
    <option key={name} value={name}>
      {name}
    </option>
  ));

export function SplitSelect({ start, by }: { start: Start; by: string | undefined }) {
  const { source } = sourceOf(place.value.options);
  const common = commonOf(source);
  // The list of columns is that of events.
  const others = useMemo(
    () =>
      source === undefined
        ? distinct([...common, ...start.columns])
            .slice(common.length)
            .filter(name => plainName(name) !== 'resources')
        : [],
    [start, source],
  );
  const isKnown = by === undefined || common.includes(by) || others.includes(by);
  return (
    <label>
      Split by{' '}
      <select
        value={by ?? ''}
        onChange={event =>
          change({ by: event.currentTarget.value ? [event.currentTarget.value] : undefined })
        }
      >
        <option value="">failed or not</option>
        {!isKnown && <option value={by}>{printable(by)}</option>}
        {optionsOf(common)}
        {others.length > 0 && <optgroup label="Others">{optionsOf(others)}</optgroup>}
      </select>
    </label>
  );
}
