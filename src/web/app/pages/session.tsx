/** Credentials followed both ways and across accounts: who issued them, what was done with them, where they led. */

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Issue } from '../../../query/sessions/issued.js';
import type { Session } from '../../../query/sessions/session.js';
import type { Sessions } from '../../../query/sessions/sessions.js';
import { useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { CommandLine, ErrorNote, useStale, Waiting } from '../parts/notes.js';
import { identity as asIdentity, exactly, exactPattern, LogLink, WhoLink } from '../parts/summary.js';
import { Exports } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';
import { change, first } from '../place.js';
import { branchesOf } from './session-tree.js';
import './session.css';

/** The answer as JSON has it: a list, not a map. */
type Found = Omit<Sessions, 'sessions'> & { sessions: Session[] };

const LIMIT = 50;

export function SessionPage({ options }: PageProps) {
  const session = first(options, 'session');
  const limit = Number(first(options, 'limit') ?? LIMIT);
  const asked = session === undefined ? undefined : { session, limit };
  const { answer, command, error, isWaiting } = useAnswer<Found>('sessions', asked);
  const stale = useStale(isWaiting);
  return (
    <>
      <h1>
        Session{session !== undefined && ': '}
        {session !== undefined && <LogText value={session} />}
      </h1>
      <SessionForm key={session} session={session} />
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {answer && asked && !error && (
        <div {...stale}>
          <p>
            Found as {answer.foundAs}
            {answer.takenFor.length > 0 && (
              <>
                ; no session has it as it is written, taken for <LogText value={answer.takenFor.join(', ')} />
              </>
            )}
            . {answer.sessions.length.toLocaleString('en-US')}{' '}
            {answer.sessions.length === 1 ? 'session' : 'sessions'}, each below the one that issued it.
          </p>
          <Tree found={answer} />
          {answer.notFollowed > 0 && (
            <p class="note">
              {answer.notFollowed.toLocaleString('en-US')} more sessions are not followed.{' '}
              <button type="button" class="small" onClick={() => change({ limit: [String(limit * 4)] })}>
                follow more
              </button>
            </p>
          )}
        </div>
      )}
      <p class="command">{asked && <Exports question="sessions" options={asked} />}</p>
      <CommandLine command={command} />
    </>
  );
}

function SessionForm({ session }: { session: string | undefined }) {
  const [text, setText] = useState(session ?? '');
  return (
    <form
      class="search-row"
      onSubmit={event => {
        event.preventDefault();
        change({ session: text ? [text] : [], limit: [] });
      }}
    >
      <label>
        Access key, role, user, or eventID of the call that gave credentials{' '}
        <input
          id="session"
          type="search"
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Follow</button>
    </form>
  );
}

/** The sessions as a flat list with their depth: chains of any length do not nest elements without bound. */
function Tree({ found: { sessions, roots } }: { found: Found }) {
  return (
    <ul class="sessions" aria-label="Sessions">
      {branchesOf(sessions, roots).map(({ session, depth }) => (
        <li
          key={session.accessKeyId}
          class={session.isAsked ? 'asked' : undefined}
          style={{ marginInlineStart: `${1.5 * Math.min(depth, 12)}rem` }}
        >
          <OneSession session={session} depth={depth} />
        </li>
      ))}
    </ul>
  );
}

/** Calls that are named at first. */
const CALLS = 8;

function OneSession({ session, depth }: { session: Session; depth: number }) {
  const { accessKeyId, identity, issuedBy, alsoIn, otherIssues, signIn, missing, refused } = session;
  const arn = identity?.arn ?? issuedBy?.arn ?? issuedBy?.roleArn;
  const source = identity?.sourceIdentity ?? issuedBy?.sourceIdentity;
  return (
    <>
      <p class="session-head">
        {session.isAsked && <span class="badge">asked for</span>}{' '}
        {depth > 0 && <span class="absent">level {depth + 1}</span>}{' '}
        <LogLink page="who" options={{ identity: asIdentity(accessKeyId) }} value={accessKeyId} />{' '}
        {arn && <WhoLink value={arn} />}
      </p>
      {issuedBy && (
        <Line>
          issued <IssueText issue={issuedBy} />
          {depth === 0 && (
            <>
              , to{' '}
              <LogText
                value={issuedBy.caller.arn ?? issuedBy.caller.invokedBy ?? issuedBy.caller.accountId}
              />
            </>
          )}
        </Line>
      )}
      {alsoIn.map(other => (
        <Line key={other.eventRowid}>
          also recorded in account <LogText value={other.account} />: <EventLink id={other.eventID} />
        </Line>
      ))}
      {otherIssues.length > 0 && (
        <Line>
          {otherIssues.length.toLocaleString('en-US')} other calls also gave this key, and no sharedEventID
          says that they are one: who had it is not certain
        </Line>
      )}
      {signIn && (
        <Line>
          probably from <LogText value={signIn.eventName} /> at <Time value={signIn.eventTime} /> from{' '}
          <LogText value={signIn.sourceIPAddress} />, by user and time: <EventLink id={signIn.eventID} />
        </Line>
      )}
      {missing && (
        <Line>
          <LogText value={missing} />
        </Line>
      )}
      {source && (
        <Line>
          source identity <LogText value={source} />
        </Line>
      )}
      {identity?.mfaAuthenticated === 'true' && <Line>with MFA</Line>}
      <Use session={session} />
      {refused.slice(0, CALLS).map(issue => (
        <Line key={issue.eventRowid}>
          <span class="failed">refused</span> <IssueText issue={issue} />:{' '}
          <LogText value={[issue.errorCode, issue.errorMessage].filter(Boolean).join(': ')} />
        </Line>
      ))}
      {refused.length > CALLS && (
        <Line>{(refused.length - CALLS).toLocaleString('en-US')} more were refused</Line>
      )}
    </>
  );
}

/** What was done with a key: calls that write first. */
function Use({ session: { accessKeyId, events, errors, first: begin, last, calls } }: { session: Session }) {
  const [isWhole, setWhole] = useState(false);
  if (events === 0) return <Line>never used in these logs</Line>;
  const key = { accessKey: exactly(accessKeyId) };
  return (
    <>
      <Line>
        <LogLink page="events" options={key}>
          {events.toLocaleString('en-US')} {events === 1 ? 'event' : 'events'}
        </LogLink>
        , {errors.toLocaleString('en-US')} failed, from <Time value={begin} /> to <Time value={last} />
      </Line>
      <ul class="calls" aria-label="Calls">
        {calls.slice(0, isWhole ? undefined : CALLS).map(call => (
          <li key={`${call.eventSource} ${call.eventName} ${call.readOnly}`}>
            <LogLink
              page="events"
              options={{
                ...key,
                ...(call.eventName ? { eventName: exactPattern(call.eventName) } : {}),
                ...(call.eventSource ? { service: exactly(call.eventSource) } : {}),
              }}
            >
              <LogText value={call.eventSource?.split('.')[0]} /> <LogText value={call.eventName} />
            </LogLink>{' '}
            {call.events.toLocaleString('en-US')}
            {call.readOnly === 'false' && <span class="absent"> writes</span>}
            {call.errors > 0 && <span class="failed"> {call.errors.toLocaleString('en-US')} failed</span>}
          </li>
        ))}
        {calls.length > CALLS && (
          <li>
            <button type="button" class="small" onClick={() => setWhole(!isWhole)}>
              {isWhole ? 'show fewer' : `show all ${calls.length.toLocaleString('en-US')} calls`}
            </button>
          </li>
        )}
      </ul>
    </>
  );
}

const Line = ({ children }: { children: ComponentChildren }) => <p class="session-line">{children}</p>;

function EventLink({ id }: { id: string | null }) {
  return id === null ? <LogText value={id} /> : <LogLink page="event" options={{ eventId: id }} value={id} />;
}

function IssueText({ issue }: { issue: Issue }) {
  const { eventName, eventTime, eventID, account, roleArn, sessionName, userName, expiration } = issue;
  const more: Array<[string, string | null]> = [
    ['of', roleArn],
    ['as', sessionName],
    ['for', userName],
    ['in account', account],
    ['until', expiration],
  ];
  return (
    <>
      <Time value={eventTime} /> by <LogText value={eventName} />
      {more.map(([word, value]) =>
        value === null ? null : (
          <span key={word}>
            {' '}
            {word} <LogText value={value} />
          </span>
        ),
      )}
      : <EventLink id={eventID} />
    </>
  );
}
