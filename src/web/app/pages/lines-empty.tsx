/** Why there may be no lines of access logs: which of them the index has. */

import type { AccessStatus } from '../../../query/access-status.js';
import type { Status } from '../../../query/status.js';
import { useAnswer } from '../ask.js';
import { Copy } from '../parts/notes.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';

/** The same of a list that has not asked for it yet. */
export function NothingOfLines() {
  const { answer } = useAnswer<Status>('status', {});
  return (
    <div class="nothing" role="status">
      <p>
        <strong>Nothing found.</strong>
      </p>
      {answer && <NoLines accessLogs={answer.accessLogs} />}
    </div>
  );
}

/** Buckets that are named, of a long list. */
const NAMED = 5;

/** Says which lines there are where none was found; where there are none at all, how to get some. */
export function NoLines({ accessLogs: { lines, first, last, buckets } }: { accessLogs: AccessStatus }) {
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
