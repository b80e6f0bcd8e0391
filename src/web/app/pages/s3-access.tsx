/** The canned searches of S3 server access logs. */

import type { Status } from '../../../query/status.js';
import { useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import type { FormField } from '../parts/search-form.js';
import { NoLines } from './lines-empty.js';
import { SearchesPage } from './s3-searches.js';

const LEAST: FormField = {
  name: 'minMs',
  label: 'at least',
  value: 'MILLISECONDS',
  description: 'only requests that took at least so many milliseconds',
  isSingle: true,
};

export function S3AccessPage({ start, options }: PageProps) {
  const { answer } = useAnswer<Status>('status', {});
  return (
    <SearchesPage
      title="S3 access logs"
      about="AWS’s searches of S3 server access logs. S3 delivers these on a best-effort basis: that a line is not there does not prove that there was no request."
      question="s3Access"
      searches={start.s3Access}
      filters={start.accessFilters}
      shown={start.accessFilters.map(({ name }) => name)}
      fieldsOf={({ groups, isBySlowness }) => [
        ...(groups
          ? [
              {
                ...{ name: 'by', label: 'added up by', value: 'WHAT', isSingle: true },
                description: 'what bytes are added up by',
                choices: groups,
              },
            ]
          : []),
        ...(isBySlowness ? [LEAST] : []),
      ]}
      options={options}
      isWithoutData={answer?.accessLogs.lines === 0}
      Nothing={() => answer && <NoLines accessLogs={answer.accessLogs} />}
    />
  );
}
