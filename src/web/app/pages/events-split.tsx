/** By which column the histogram is split. */

import type { Start } from '../../start.js';
import { distinct, plainName } from '../parts/columns.js';
import { FACET_COLUMNS } from '../parts/facets.js';
import { change } from '../place.js';

export function SplitSelect({ start, by }: { start: Start; by: string | undefined }) {
  const common = ['errorCode', ...FACET_COLUMNS.filter(name => name !== 'errorCode')];
  const others = distinct([...common, ...start.columns])
    .slice(common.length)
    .filter(name => plainName(name) !== 'resources');
  const known = by === undefined || [...common, ...others].includes(by);
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
        {!known && <option value={by}>{by}</option>}
        {common.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        <optgroup label="Others">
          {others.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}
