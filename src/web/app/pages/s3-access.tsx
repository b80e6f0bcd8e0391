/** The canned searches of S3 server access logs. */

import type { AccessStatus } from '../../../query/access-status.js';
import type { Status } from '../../../query/status.js';
import { useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { Copy } from '../parts/notes.js';
import type { FormField } from '../parts/search-form.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';
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

/** Buckets that are named, of a long list. */
const NAMED = 5;

/** Says which lines there are where none was found; where there are none at all, how to get some. */
function NoLines({ accessLogs: { lines, first, last, buckets } }: { accessLogs: AccessStatus }) {
  if (lines === 0)
    return (
      <div class="note">
        <p>
          The index has no S3 server access logs. Download those of your buckets, and ingest them with the
          rest:
        </p>
        {['aws s3 sync s3://LOG-BUCKET/PREFIX access-logs', 'offtrail ingest access-logs'].map(command => (
          <p key={command}>
            <code>{command}</code> <Copy text={command} what="the command" />
          </p>
        ))}
      </div>
    );
  const more = buckets.length - NAMED;
  return (
    <p class="note">
      No line fits. The index has {lines.toLocaleString('en-US')} lines, from <Time value={first} /> to{' '}
      <Time value={last} />, of{' '}
      {buckets.slice(0, NAMED).map(({ bucket }, i) => (
        <>
          {i > 0 && ', '}
          <LogText value={bucket} />
        </>
      ))}
      {more > 0 && `, and of ${more.toLocaleString('en-US')} more buckets`}.
    </p>
  );
}
