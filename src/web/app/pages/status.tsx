/** What the index holds. */

import type { Status } from '../../../query/status.js';
import { useAnswer } from '../ask.js';
import { CommandLine, ErrorNote, Waiting } from '../parts/notes.js';
import { LogText } from '../parts/text.js';

export function StatusPage() {
  const { answer, command, error, isWaiting } = useAnswer<Status>('status', {});
  return (
    <>
      <h1>Index</h1>
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {answer && (
        <dl class="facts">
          {Object.entries(answer)
            .filter(([, value]) => typeof value !== 'object')
            .map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>
                  <LogText value={value} />
                </dd>
              </>
            ))}
        </dl>
      )}
      <CommandLine command={command} />
    </>
  );
}
