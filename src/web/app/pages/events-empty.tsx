/** Why there may be no events: what the index holds, and what in the question may have kept them out. */

import type { Spelling } from '../../../query/columns/spelling.js';
import type { Hidden } from '../../../query/coverage/hidden-statement.js';
import type { NothingFound as Found } from '../../../query/nothing-found.js';
import { type Options, useAnswer } from '../ask.js';
import { ErrorNote, HiddenNotes } from '../parts/notes.js';
import { Time } from '../parts/time.js';

export function NothingFound({ filters, spellings }: { filters: Options; spellings: readonly Spelling[] }) {
  const { answer, error } = useAnswer<Found & { hidden: readonly Hidden[] }>('nothingFound', filters);
  return (
    <div class="nothing" role="status">
      <p>
        <strong>No events found.</strong>{' '}
        {answer && (
          <>
            The index has {answer.events.toLocaleString('en-US')} events
            {answer.first !== null && (
              <>
                , from <Time value={answer.first} /> to <Time value={answer.last} />
              </>
            )}
            .
          </>
        )}
      </p>
      <ErrorNote error={error} />
      <HiddenNotes hidden={answer?.hidden} spellings={spellings} />
      {answer && <Reasons filters={filters} found={answer} />}
    </div>
  );
}

function Reasons({ filters, found: { untimed, withoutReadOnly } }: { filters: Options; found: Found }) {
  const { from, to } = filters;
  const values = Object.values(filters).flat();
  return (
    <>
      {from !== undefined && from === to && (
        <p class="note">Both ends are the same moment: a date is its midnight, UTC.</p>
      )}
      {untimed > 0 && (
        <p class="note">
          {untimed.toLocaleString('en-US')} events have no time that can be read and are in no range of time.
        </p>
      )}
      {withoutReadOnly > 0 && (
        <p class="note">
          {withoutReadOnly.toLocaleString('en-US')} events do not say whether they only read: !true as the
          value of read only leaves them in.
        </p>
      )}
      {(filters.resourceName !== undefined || filters.resourceType !== undefined) && (
        <p class="note">
          Resources are exact, and not known for every call: a search finds a text anywhere in an event.
        </p>
      )}
      {values.some(value => typeof value === 'string' && value.includes(',')) && (
        <p class="note">A comma is part of a value: several values are added one by one.</p>
      )}
    </>
  );
}
