/** Why an answer is empty: what the index holds, and what could have kept events out. */

import type { ComponentChildren } from 'preact';
import type { Hidden } from '../../../query/coverage/hidden-statement.js';
import type { NothingFound } from '../../../query/nothing-found.js';
import { type Options, useAnswer } from '../ask.js';
import { HiddenNotes } from '../parts/notes.js';
import { Time } from '../parts/time.js';

export function NothingFoundNote({
  filters,
  children,
}: {
  filters: Options;
  /** The sentence that says what was not found. */
  children: ComponentChildren;
}) {
  const { answer } = useAnswer<NothingFound & { hidden: Hidden[] }>('nothingFound', filters);
  return (
    <>
      <p class="note" role="status">
        {children} {answer && answer.events === 0 && 'The index has no events.'}
        {answer && answer.events > 0 && (
          <>
            The index has {answer.events.toLocaleString('en-US')} events, from <Time value={answer.first} />{' '}
            to <Time value={answer.last} />.
          </>
        )}
      </p>
      <HiddenNotes hidden={answer?.hidden} />
    </>
  );
}
