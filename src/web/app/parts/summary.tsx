/** What one event says, readable: who did what, when, from where, with what result, on what. */

import type { ComponentChildren } from 'preact';
import { addressOf } from '../place.js';
import './summary.css';
import { LogText } from './text.js';
import { Time } from './time.js';

/** Columns of an event that a summary is made of; the names are those that answers have. */
export const SUMMARY_COLUMNS = [
  ...['eventTime', 'eventName', 'eventSource', 'awsRegion', 'sourceIPAddress', 'userAgent'],
  ...['errorCode', 'errorMessage', 'requestID', 'eventID', 'readOnly', 'eventType', 'recipientAccountId'],
  ...['eventCategory', 'username', 'accessKeyId', 'useridentity_type', 'useridentity_arn'],
  ...['useridentity_principalid', 'useridentity_accountid', 'useridentity_invokedby'],
  ...['useridentity_sessioncontext_sessionissuer_arn', 'useridentity_sessioncontext_sourceidentity'],
  ...['useridentity_sessioncontext_attributes_mfaauthenticated', 'is_anonymous'],
  ...['useridentity_sessioncontext_attributes_creationdate', 'bucketname', 'objectkey', 'resources'],
  ...['sharedEventID', 'vpcEndpointId', 'tlsdetails_tlsversion', 'timestamp', 'region', 'event_rowid'],
];

/** The columns of one event. */
export type EventRow = Readonly<Record<string, string | number | null>>;

export const textOf = (row: EventRow, name: string): string | undefined => {
  const value = row[name];
  return value === null || value === undefined || value === '' ? undefined : String(value);
};

/** A value of a filter that stands for just this text. */
export const exactly = (text: string): string => (text.startsWith('!') ? `\\${text}` : text);
/** The same for a filter with wildcards. */
export const exactPattern = (text: string): string => exactly(identity(text));
/** A text as the page `who` takes it: one that stands for just this. */
export const identity = (text: string): string => text.replaceAll(/[\\*?]/g, '\\$&');

/** Longer values make no link: an answer has them cut, and an address must be short enough for the server. */
const LONGEST_LINK = 4000;

/** A link within the page that shows text of a log. */
export function LogLink({
  page,
  options,
  value,
  children,
}: {
  page: string;
  options: Readonly<Record<string, string | readonly string[]>>;
  value?: unknown;
  children?: ComponentChildren;
}) {
  const lists = Object.fromEntries(Object.entries(options).map(([name, one]) => [name, [one].flat()]));
  const shown = children ?? <LogText value={value} />;
  const address = addressOf({ page, options: lists });
  return address.length > LONGEST_LINK ? <span>{shown}</span> : <a href={address}>{shown}</a>;
}

export const WhoLink = ({ value }: { value: string }) => (
  <LogLink page="who" options={{ identity: identity(value) }} value={value} />
);

interface Resource {
  resourceType?: string | null;
  resourceName?: string | null;
}

function resourcesIn(row: EventRow): Resource[] {
  try {
    const list: unknown = JSON.parse(textOf(row, 'resources') ?? '[]');
    return Array.isArray(list) ? (list as Resource[]).slice(0, 200) : [];
  } catch {
    return [];
  }
}

interface Fact {
  label: string;
  value: ComponentChildren;
}

/** Facts of an event, in the order in which somebody asks for them; those that it does not have are left out. */
function factsOf(row: EventRow): Fact[] {
  const facts: Fact[] = [];
  const add = (label: string, name: string, show?: (text: string) => ComponentChildren): void => {
    const text = textOf(row, name);
    if (text !== undefined) facts.push({ label, value: show ? show(text) : <LogText value={text} /> });
  };
  const asEvents = (filter: string, form: (text: string) => string) => (text: string) => (
    <LogLink page="events" options={{ [filter]: form(text) }} value={text} />
  );
  const asWho = (text: string) => <WhoLink value={text} />;
  add('When', 'eventTime', text => <Time value={text} />);
  add('Call', 'eventName', asEvents('eventName', exactPattern));
  add('Service', 'eventSource', asEvents('service', exactly));
  facts.push({ label: 'Result', value: <Result row={row} /> });
  add('Who', 'useridentity_arn', asWho);
  if (textOf(row, 'useridentity_arn') === undefined) add('Who', 'useridentity_principalid', asWho);
  if (row.is_anonymous) facts.push({ label: 'Anonymous', value: 'the request was not signed by anybody' });
  add('Type of identity', 'useridentity_type', asEvents('identityType', exactly));
  add('User name', 'username', asWho);
  add('Role', 'useridentity_sessioncontext_sessionissuer_arn', asWho);
  add('Access key', 'accessKeyId', asWho);
  add('Source identity', 'useridentity_sessioncontext_sourceidentity');
  add('Session since', 'useridentity_sessioncontext_attributes_creationdate', text => <Time value={text} />);
  add('With MFA', 'useridentity_sessioncontext_attributes_mfaauthenticated');
  add('Account of the caller', 'useridentity_accountid', asWho);
  add('Called by', 'useridentity_invokedby', asWho);
  add('From', 'sourceIPAddress', asWho);
  add('VPC endpoint', 'vpcEndpointId');
  add('With', 'userAgent', asEvents('userAgent', exactPattern));
  add('TLS', 'tlsdetails_tlsversion');
  add('Region', 'awsRegion', asEvents('region', exactly));
  add('Account', 'recipientAccountId', asEvents('account', exactly));
  add('Bucket', 'bucketname', text => <LogLink page="bucket" options={{ bucket: text }} value={text} />);
  add('Object', 'objectkey', asEvents('key', exactPattern));
  const resources = resourcesIn(row);
  if (resources.length > 0) facts.push({ label: 'Resources', value: <Resources resources={resources} /> });
  add('Reads only', 'readOnly');
  add('Kind of event', 'eventCategory');
  add('Type of event', 'eventType');
  add('Request id', 'requestID', text => <LogLink page="event" options={{ requestId: text }} value={text} />);
  add('Shared event id', 'sharedEventID');
  add('Event id', 'eventID');
  return facts;
}

function Result({ row }: { row: EventRow }) {
  const code = textOf(row, 'errorCode');
  const message = textOf(row, 'errorMessage');
  if (code === undefined && message === undefined) return <>succeeded</>;
  return (
    <span class="failed">
      failed: {code !== undefined && <LogText value={code} />}{' '}
      {message !== undefined && <LogText value={message} />}
    </span>
  );
}

function Resources({ resources }: { resources: readonly Resource[] }) {
  return (
    <ul class="plain">
      {resources.map(({ resourceType, resourceName }, i) => (
        <li key={i}>
          {resourceName ? (
            <LogLink page="events" options={{ resourceName: exactly(resourceName) }} value={resourceName} />
          ) : (
            <LogText value={null} />
          )}{' '}
          <span class="absent">
            <LogText value={resourceType} />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Summary({ row }: { row: EventRow }) {
  return (
    <dl class="facts summary">
      {factsOf(row).map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
