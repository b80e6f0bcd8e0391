/** One identity: what it is, when and from where it was seen, what it called, what failed, and its sessions. */

import { useState } from 'preact/hooks';
import type { Status } from '../../../query/status.js';
import type { Timeline } from '../../../query/timeline.js';
import type { Who } from '../../../query/who.js';
import { type Options, useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { CommandLine, ErrorNote, HiddenNotes, useStale, Waiting } from '../parts/notes.js';
import { SmallChart } from '../parts/small-chart.js';
import { exactly, exactPattern, LogLink } from '../parts/summary.js';
import { Exports } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';
import { change, first, type Place } from '../place.js';
import { NothingFoundNote } from './bucket-nothing.js';
import { asLink, filtersOf, SetFilters, TimeRange } from './search-filters.js';
import './who.css';
import { CountTable } from './who-sections.js';

export function WhoPage({ start, options }: PageProps) {
  const identity = first(options, 'identity');
  const filters = filtersOf(start, options);
  const asked = identity === undefined ? undefined : { identity, ...filters };
  const { answer, command, error, isWaiting } = useAnswer<Who | null>('who', asked);
  const stale = useStale(isWaiting);
  return (
    <>
      <h1>
        Who{identity !== undefined && ': '}
        {identity !== undefined && <LogText value={nameOf(identity)} />}
      </h1>
      <IdentityForm key={identity} identity={identity} options={options} />
      <SetFilters start={start} options={options} />
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {asked && answer === null && !isWaiting && !error && (
        <NothingFoundNote filters={filters}>
          No event was made by <LogText value={identity} />, or none that the filters leave.
        </NothingFoundNote>
      )}
      {answer && asked && !error && (
        <div {...stale}>
          <Profile who={answer} identity={identity!} filters={filters} />
        </div>
      )}
      <p class="command">{asked && <Exports question="who" options={asked} />}</p>
      <CommandLine command={command} />
    </>
  );
}

function IdentityForm({ identity, options }: { identity: string | undefined; options: Place['options'] }) {
  const [text, setText] = useState(identity ?? '');
  return (
    <form
      class="search-row"
      onSubmit={event => {
        event.preventDefault();
        change({ identity: text ? [text] : [] });
      }}
    >
      <label>
        Identity or address{' '}
        <input
          id="identity"
          type="search"
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
      </label>
      <TimeRange options={options} />
      <button type="submit">Look up</button>
    </form>
  );
}

/** The filter that gives the events of what a text was found as; without one the event list cannot show them. */
const FILTER_FOR: Readonly<Record<string, [filter: string, form: (text: string) => string]>> = {
  'access key': ['accessKey', exactly],
  ARN: ['requester', exactly],
  'user name': ['user', exactPattern],
  'principal id': ['requester', exactly],
  role: ['requester', exactly],
  'type of identity': ['identityType', exactly],
  'source address': ['ip', exactly],
};

/** The filter for the events of an identity; undefined where none gives just those. */
function filterFor({ foundAs, takenFor }: Who, identity: string): Record<string, string> | undefined {
  const name = nameOf(identity);
  const value = takenFor[0] ?? name;
  if (takenFor.length > 1) return undefined;
  const forms = foundAs.map(as => FILTER_FOR[as]);
  const [first] = forms;
  if (!first || forms.includes(undefined)) return undefined;
  // Of a name of several kinds one filter knows them all.
  const [filter, form] = forms.length > 1 ? (['requester', exactly] as const) : first;
  if (!/(?<!\\)[*?]/.test(identity)) return { [filter]: form(value) };
  return filter === 'user' ? { user: identity } : undefined;
}

/** An identity without what makes its wildcards characters. */
const nameOf = (identity: string): string => identity.replaceAll(/\\([\\*?])/g, '$1');

function Profile({ who, identity, filters }: { who: Who; identity: string; filters: Options }) {
  const name = nameOf(identity);
  const own = filterFor(who, identity);
  const context = own && { ...asLink(filters), ...own };
  return (
    <>
      <HiddenNotes spellings={who.spellings} />
      {who.takenFor.length > 0 && (
        <p class="note">
          No event has it as it is written; taken for <LogText value={who.takenFor.join(', ')} />.
        </p>
      )}
      <dl class="facts">
        <dt>Found as</dt>
        <dd>{who.foundAs.join(', ')}</dd>
        <dt>Events</dt>
        <dd>
          {context ? (
            <LogLink page="events" options={context}>
              {who.events.toLocaleString('en-US')}
            </LogLink>
          ) : (
            who.events.toLocaleString('en-US')
          )}
          , {who.errors.toLocaleString('en-US')} failed
        </dd>
        <dt>First seen</dt>
        <dd>
          <Time value={who.first} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <Time value={who.last} />
        </dd>
      </dl>
      <MoreOf who={who} name={name} />
      {own && <Over filters={{ ...filters, ...own }} events={who.events} />}
      <div class="count-tables">
        {who.sections.map(({ title, columns, rows }) => (
          <CountTable
            key={title}
            title={title[0]!.toUpperCase() + title.slice(1)}
            columns={columns}
            rows={rows}
            context={context}
            {...(PAGE_OF[title] ? { href: PAGE_OF[title] } : {})}
          />
        ))}
      </div>
    </>
  );
}

/** Sections whose values have a page of their own. */
const PAGE_OF: Readonly<Record<string, { page: string; option: string }>> = {
  addresses: { page: 'who', option: 'identity' },
  buckets: { page: 'bucket', option: 'bucket' },
  sessions: { page: 'session', option: 'session' },
};

/** Other pages about the same. */
function MoreOf({ who, name }: { who: Who; name: string }) {
  const isKey = who.foundAs.includes('access key') || who.foundAs.includes('ARN');
  const hasSessions = isKey || who.foundAs.some(as => ['role', 'user name'].includes(as));
  const status = useAnswer<Status>('status', isKey ? {} : undefined);
  const hasLines = (status.answer?.accessLogs.lines ?? 0) > 0;
  return (
    <nav aria-label="More of this identity" class="links">
      {hasSessions && (
        <LogLink page="session" options={{ session: name }}>
          session tree
        </LogLink>
      )}
      {isKey && hasLines && (
        <LogLink page="key-usage" options={{ key: name }}>
          use of the key, with the access logs
        </LogLink>
      )}
      <LogLink page="search" options={{ text: name }}>
        the text in all records
      </LogLink>
    </nav>
  );
}

/** Its events over time. */
export function Over({ filters, events }: { filters: Options; events?: number }) {
  const { answer, error } = useAnswer<Timeline>('timeline', filters);
  if (error) return <ErrorNote error={error} />;
  if (!answer) return <div class="chart-room" />;
  const shown = answer.steps.reduce((sum, step) => sum + step.events, 0);
  return (
    <>
      <SmallChart steps={answer.steps} label="Events over time" />
      {events !== undefined && shown + answer.untimed < events && (
        <p class="absent">
          {shown.toLocaleString('en-US')} of the {events.toLocaleString('en-US')} events are in this picture.
        </p>
      )}
    </>
  );
}
