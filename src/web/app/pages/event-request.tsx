/** The access log's side of a request, and what it says otherwise than CloudTrail. */

import type { RequestSides } from '../../../query/access/sides.js';
import { useAnswer } from '../ask.js';
import { ErrorNote, Waiting } from '../parts/notes.js';
import { LogText } from '../parts/text.js';

/** Lines that are shown: a request has one, a batch several. */
const MOST = 50;

export function AccessSide({ sides }: { sides: Pick<RequestSides, 'lines' | 'differences'> }) {
  const { lines, differences } = sides;
  if (lines.length === 0) return <p class="absent">No line of an access log has this request.</p>;
  return (
    <>
      {lines.slice(0, MOST).map(({ accessRowid, line, path, ordinal }) => (
        <div key={accessRowid}>
          <p class="access-line">
            <LogText value={line} most={10_000} />
          </p>
          <p class="absent">
            from <LogText value={path} />, line {(ordinal + 1).toLocaleString('en-US')}
          </p>
        </div>
      ))}
      {lines.length > MOST && (
        <p>{(lines.length - MOST).toLocaleString('en-US')} more lines are not shown.</p>
      )}
      {differences.length === 0 ? (
        <p>The access log and CloudTrail do not contradict each other.</p>
      ) : (
        <ul>
          {differences.map(({ of, accessLog, cloudTrail }) => (
            <li key={of}>
              They differ in <strong>{of}</strong>: <LogText value={accessLog} /> in the access log,{' '}
              <LogText value={cloudTrail} /> in CloudTrail.
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The same for an event, by the id of its request. */
export function OtherSide({ requestId }: { requestId: string }) {
  const { answer, error, isWaiting } = useAnswer<RequestSides | null>('request', { requestId });
  return (
    <section>
      <h3>In the access log</h3>
      <ErrorNote error={error} />
      {answer ? <AccessSide sides={answer} /> : <Waiting isWaiting={isWaiting} />}
    </section>
  );
}
