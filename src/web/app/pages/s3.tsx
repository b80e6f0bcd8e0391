/** The canned S3 searches of CloudTrail events. */

import type { Options } from '../ask.js';
import type { PageProps } from '../page-props.js';
import type { FormField } from '../parts/search-form.js';
import { NothingFoundNote } from './bucket-nothing.js';
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

const NoEvents = ({ filters }: { filters: Options }) => (
  <NothingFoundNote filters={filters}>No event fits.</NothingFoundNote>
);
