/** When the events of the Event history were: the histogram, and what is chosen by it. */

import type { Timeline } from '../../../query/timeline.js';
import type { Asking } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { keepFocus } from '../parts/filters.js';
import { Histogram } from '../parts/histogram.js';
import { Waiting } from '../parts/notes.js';
import { change } from '../place.js';
import { SplitSelect } from './events-split.js';

export function When({
  start,
  options,
  by,
  times,
  isWaiting,
}: PageProps & {
  /** The column that it is split by. */
  by: string | undefined;
  times: Asking<Timeline>;
  /** Whether anything of the page is still looked for. */
  isWaiting: boolean;
}) {
  return (
    <section class="when" aria-labelledby="when-title">
      <div class="when-head">
        <h2 id="when-title">When</h2>
        <SplitSelect start={start} by={by} />
        {(options.from || options.to) && (
          <button
            type="button"
            class="small"
            onClick={event => {
              change({ from: undefined, to: undefined });
              keepFocus(event);
            }}
          >
            Whole time
          </button>
        )}
        <Waiting isWaiting={isWaiting} />
      </div>
      {times.answer ? (
        <Histogram
          timeline={times.answer}
          options={options}
          isStale={times.isWaiting || times.error !== undefined}
          onRange={(from, to) => change({ from: [from], to: [to] })}
        />
      ) : (
        <div class="histogram-empty" />
      )}
    </section>
  );
}
