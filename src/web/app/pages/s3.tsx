/** The canned S3 searches of CloudTrail events. */

import type { NothingFound } from '../../../query/nothing-found.js';
import { type Options, useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { HiddenNotes } from '../parts/notes.js';
import type { FormField } from '../parts/search-form.js';
import { SearchesPage } from './s3-searches.js';

const ALL_SERVICES: FormField = {
  name: 'allServices',
  label: 'all services',
  value: '',
  description: 'not S3 alone',
  isSingle: true,
};

export function S3Page({ start, options }: PageProps) {
  return (
    <SearchesPage
      title="S3 searches"
      about="AWS’s searches of S3 requests in CloudTrail events, and the ones that come right after them."
      question="s3"
      searches={start.s3}
      filters={start.filters}
      shown={['bucket', 'key', 'user', 'ip', 'from', 'to', 'errorCode', 'account']}
      fieldsOf={({ argument }) => (argument ? [ALL_SERVICES] : [])}
      options={options}
      Nothing={NoEvents}
    />
  );
}

/** Says what the index has where nothing was found. */
function NoEvents({ filters }: { filters: Options }) {
  const { answer } = useAnswer<NothingFound & { hidden: [] }>('nothingFound', filters);
  return (
    <>
      <p class="note">
        No event fits.
        {answer && (
          <>
            {' '}
            The index has {answer.events.toLocaleString('en-US')} events
            {answer.first !== null && `, from ${answer.first} to ${answer.last}`}.
          </>
        )}
      </p>
      <HiddenNotes hidden={answer?.hidden} />
    </>
  );
}
