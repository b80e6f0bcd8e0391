/** Who uses an access key: what CloudTrail and access logs each know, what fits its last use, and what cannot be known. */

import type { KeyUsage } from '../../../query/access/key-usage.js';
import type { Candidate } from '../../../query/access/last-used.js';
import type { Neighbour } from '../../../query/access/neighbours.js';
import { useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { Cell } from '../parts/cell.js';
import { CommandLine, ErrorNote, Waiting } from '../parts/notes.js';
import { numberText } from '../parts/number.js';
import { type FormField, formField, optionsOf, SearchForm } from '../parts/search-form.js';
import { WhoLink } from '../parts/summary.js';
import { Exports, Table, type TableColumn } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';
import { addressOf } from '../place.js';
import { AccessLog, CloudTrail, More, ROWS } from './key-usage-sections.js';

const FIELDS: readonly FormField[] = [
  formField(
    'key',
    'access key or ARN',
    'AKIA…, arn:…',
    'an access key, or the ARN of an IAM user, a role or a session',
  ),
  formField(
    'lastUsed',
    'last used',
    'TIME',
    'when IAM says that it was last used; a whole minute stands for all of it',
  ),
  formField('service', 'service', 's3, ec2, …', 'the service that IAM names with it; needs the time'),
  formField('region', 'region', 'REGION', 'the region that IAM names with it; needs the time'),
  formField(
    'within',
    'within',
    'MINUTES',
    'minutes before and after the last use in which rows are looked at',
  ),
];

export function KeyUsagePage({ options }: PageProps) {
  const { key, ...others } = optionsOf(FIELDS, options);
  const asked = key === undefined ? undefined : { key, ...others, limit: ROWS };
  const { answer, command, error, isWaiting } = useAnswer<KeyUsage | null>('keyUsage', asked);
  return (
    <>
      <h1>Key usage</h1>
      <SearchForm label="Key usage" fields={FIELDS} options={options} button="Show" />
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {!asked && <p class="note">Name an access key, or the ARN of who uses it.</p>}
      {asked && answer !== undefined && !error && (
        <div class={isWaiting ? 'is-old' : undefined}>
          {answer === null ? <Unknown /> : <Usage usage={answer} />}
        </div>
      )}
      {asked && answer && !error && (
        <p class="command">
          <Exports question="keyUsage" options={asked} isTable={false} />
        </p>
      )}
      {asked && <CommandLine command={command} />}
    </>
  );
}

function Unknown() {
  return (
    <p class="note">
      These logs have nothing of it: no event, no call that issued it, no access log line of its requester. Of
      an access key <code>aws iam get-access-key-last-used --access-key-id</code> names the user: ask with the
      user’s ARN, and when it was last used.
    </p>
  );
}

function Usage({ usage }: { usage: KeyUsage }) {
  return (
    <>
      <p>
        <Who identity={usage.asked} />: {usage.foundAs}
      </p>
      <Unknowns unknown={usage.unknown} />
      <Owners usage={usage} />
      {usage.lastUsed && <LastUsed {...usage.lastUsed} />}
      <Addresses usage={usage} />
      <CloudTrail events={usage.cloudTrail} />
      <AccessLog lines={usage.accessLog} />
    </>
  );
}

function Who({ identity }: { identity: string | null }) {
  if (identity === null) return <Cell value={null} />;
  return <WhoLink value={identity} />;
}

function Unknowns({ unknown }: Pick<KeyUsage, 'unknown'>) {
  if (unknown.length === 0) return null;
  return (
    <section class="note" aria-label="What cannot be known">
      <strong>What cannot be known</strong>
      <ul>
        {unknown.map(text => (
          <li key={text}>
            <LogText value={text} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Owners({ usage: { owners, keys, issues, linesOfKeys } }: { usage: KeyUsage }) {
  return (
    <>
      {owners.length > 0 && (
        <>
          <h2>Whose it is</h2>
          <ul>
            {owners.map(({ arn, sources }) => (
              <li key={arn}>
                <Who identity={arn} />: <LogText value={sources.join('; ')} />
              </li>
            ))}
          </ul>
        </>
      )}
      {issues.length > 0 && (
        <>
          <h2>Issued</h2>
          <Table
            label="Issued"
            columns={[
              { name: 'eventTime', title: 'time', cell: ({ eventTime }) => <Time value={eventTime} /> },
              { name: 'eventName', title: 'call' },
              {
                name: 'caller',
                cell: ({ caller }) => <Who identity={caller.arn ?? caller.invokedBy ?? null} />,
              },
              { name: 'sourceIPAddress', title: 'address' },
              {
                name: 'eventID',
                title: 'event',
                cell: ({ eventID }) =>
                  eventID !== null && (
                    <a href={addressOf({ page: 'event', options: { eventId: [eventID] } })}>
                      <LogText value={eventID} />
                    </a>
                  ),
              },
            ]}
            rows={issues.slice(0, ROWS)}
          />
          <More count={issues.length - ROWS} />
        </>
      )}
      {keys.length > 0 && <OwnKeys keys={keys} linesOfKeys={linesOfKeys} />}
    </>
  );
}

/** The keys of the owner, with what each log has of them. */
function OwnKeys({ keys, linesOfKeys }: Pick<KeyUsage, 'keys' | 'linesOfKeys'>) {
  const linesOf = new Map(linesOfKeys.map(({ accessKeyId, lines }) => [accessKeyId, lines]));
  return (
    <>
      <h2>Keys of the owner in these logs</h2>
      <Table
        label="Keys of the owner in these logs"
        columns={[
          {
            name: 'accessKeyId',
            title: 'access key',
            cell: ({ accessKeyId }) => (
              <a href={addressOf({ page: 'key-usage', options: { key: [accessKeyId] } })}>
                <LogText value={accessKeyId} />
              </a>
            ),
          },
          {
            name: 'events',
            title: 'CloudTrail events',
            isNumber: true,
            cell: ({ events }) => numberText(events),
          },
          {
            name: 'lines',
            title: 'of which access logs have',
            isNumber: true,
            cell: ({ accessKeyId }) => numberText(linesOf.get(accessKeyId) ?? 0),
          },
        ]}
        rows={keys.slice(0, ROWS)}
      />
      <More count={keys.length - ROWS} />
    </>
  );
}

const CANDIDATE_COLUMNS: ReadonlyArray<TableColumn<Candidate>> = [
  { name: 'fit', cell: ({ fit }) => fit },
  { name: 'time', cell: ({ time }) => <Time value={time} /> },
  {
    name: 'secondsApart',
    title: 'seconds apart',
    isNumber: true,
    cell: ({ secondsApart }) => numberText(secondsApart),
  },
  { name: 'call', cell: ({ operation, eventName }) => <Cell value={operation ?? eventName} /> },
  ...(['bucket', 'key', 'region'] as const).map(
    (name): TableColumn<Candidate> => ({ name, cell: row => <Cell value={row[name]} /> }),
  ),
  { name: 'requester', cell: ({ requester }) => <Who identity={requester} /> },
  { name: 'address', cell: ({ address }) => <Who identity={address} /> },
  { name: 'userAgent', title: 'user agent', cell: ({ userAgent }) => <Cell value={userAgent} /> },
  { name: 'status', cell: ({ status, errorCode }) => <Cell value={status ?? errorCode} /> },
  { name: 'accessKeyId', title: 'access key', cell: ({ accessKeyId }) => <Cell value={accessKeyId} /> },
  { name: 'seen', cell: ({ seen }) => seen },
  { name: 'reasons', title: 'why', cell: ({ reasons }) => <Cell value={reasons.join('; ')} /> },
];

function LastUsed({ time, candidates, more }: NonNullable<KeyUsage['lastUsed']>) {
  return (
    <>
      <h2>
        Last used <Time value={time} />: {numberText(candidates.length)}{' '}
        {candidates.length === 1 ? 'row' : 'rows'} around it, the best first
      </h2>
      {candidates.length === 0 ? (
        <p>None fits: widen the minutes, or look at what cannot be known.</p>
      ) : (
        <Table label="Rows around the last use" columns={CANDIDATE_COLUMNS} rows={candidates} />
      )}
      <More count={more} />
    </>
  );
}

function Addresses({ usage: { addresses } }: { usage: KeyUsage }) {
  const rows = addresses.flatMap(({ address, neighbours }) =>
    neighbours.slice(0, ROWS).map(neighbour => ({ ...neighbour, address })),
  );
  if (rows.length === 0) return null;
  const count = (name: 'events' | 'lines'): TableColumn<Neighbour & { address: string }> => ({
    ...{ name, isNumber: true },
    cell: row => numberText(row[name]),
  });
  return (
    <>
      <h2>Who else was at its addresses</h2>
      <Table
        label="Who else was at its addresses"
        columns={[
          { name: 'address', cell: ({ address }) => <Who identity={address} /> },
          { name: 'who', cell: ({ arn }) => <Who identity={arn} /> },
          { name: 'instance' },
          count('events'),
          count('lines'),
          { name: 'first', cell: ({ first }) => <Cell value={first} /> },
          { name: 'last', cell: ({ last }) => <Cell value={last} /> },
        ]}
        rows={rows}
      />
    </>
  );
}
