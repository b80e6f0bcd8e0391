/** By which column the histogram is split. */

import { useMemo } from 'preact/hooks';
import { printable } from '../../../output/escape.js';
import type { Start } from '../../start.js';
import { distinct, plainName } from '../parts/columns-names.js';
import { FACET_COLUMNS } from '../parts/facets.js';
import { change } from '../place.js';

const COMMON = ['errorCode', ...FACET_COLUMNS.filter(name => name !== 'errorCode')];

const optionsOf = (names: readonly string[]) =>
  names.map(name => (
    <option key={name} value={name}>
      {name}
    </option>
  ));

export function SplitSelect({ start, by }: { start: Start; by: string | undefined }) {
  const { names, options } = useMemo(() => {
    const others = distinct([...COMMON, ...start.columns])
      .slice(COMMON.length)
      .filter(name => plainName(name) !== 'resources');
    return {
      names: new Set(['', ...COMMON, ...others]),
      options: [...optionsOf(COMMON), <optgroup label="Others">{optionsOf(others)}</optgroup>],
    };
  }, [start]);
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
        {by !== undefined && !names.has(by) && <option value={by}>{printable(by)}</option>}
        {options}
      </select>
    </label>
  );
}
