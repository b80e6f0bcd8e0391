/** What the index holds, and what could not be read. */

import type { Status } from '../../../query/status.js';
import { useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { Cell } from '../parts/cell.js';
import { CommandLine, ErrorNote, Waiting } from '../parts/notes.js';
import { numberText } from '../parts/number.js';
import { Exports, Table, type TableColumn } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { addressOf } from '../place.js';
import './status.css';

export function StatusPage({ start }: PageProps) {
  const { answer, command, error, isWaiting } = useAnswer<Status>('status', {});
  return (
    <>
      <h1>Index</h1>
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {answer && (
        <div class="narrow">
          <Sums status={answer} name={start.index} bytes={start.indexBytes} />
          <Flaws status={answer} />
          <Sections status={answer} />
          <p>
            Places, sources and files as data: <Exports question="status" options={{}} />
          </p>
        </div>
      )}
      <CommandLine command={command} />
    </>
  );
}

/** The earliest and the latest of some texts of times. */
const ends = (times: ReadonlyArray<string | null>): [string, string] | undefined => {
  const known = times.filter(time => time !== null).sort();
  return known.length === 0 ? undefined : [known[0]!, known.at(-1)!];
};

function Sums({
  status: { files, records, places, accessLogs, run },
  name,
  bytes,
}: {
  status: Status;
  name: string;
  bytes: number;
}) {
  const span = ends(places.flatMap(({ first, last }) => [first, last]));
  const count = (values: ReadonlyArray<string | null>): string =>
    numberText(new Set(values.filter(value => value !== null)).size);
  return (
    <dl class="sums">
      <Sum name="events" about={span && <LogText value={`${span[0]} to ${span[1]}`} />}>
        {numberText(places.reduce((sum, { events }) => sum + events, 0))}
      </Sum>
      <Sum name="accounts">{count(places.map(({ account }) => account))}</Sum>
      <Sum name="regions">{count(places.map(({ region }) => region))}</Sum>
      <Sum
        name="files"
        about={`${numberText(files.indexed)} indexed (${numberText(files.damaged)} damaged), ${numberText(files.skipped)} skipped, ${numberText(files.failed)} failed`}
      >
        {numberText(files.total)}
      </Sum>
      <Sum
        name="records"
        about={`${numberText(records.stored)} stored, ${numberText(records.duplicate)} duplicate, ${numberText(records.rejected)} rejected`}
      >
        {numberText(records.total)}
      </Sum>
      <Sum
        name="access log lines"
        about={accessLogs.first !== null && `${accessLogs.first} to ${accessLogs.last}`}
      >
        {numberText(accessLogs.lines)}
      </Sum>
      <Sum
        name="size"
        about={
          <>
            <LogText value={name} />
            {run && `, last ingest ${run.started}`}
          </>
        }
      >
        {sizeText(bytes)}
      </Sum>
    </dl>
  );
}

function Sum({
  name,
  about,
  children,
}: {
  name: string;
  about?: preact.ComponentChildren;
  children: preact.ComponentChildren;
}) {
  return (
    <div class="sum">
      <dt>{name}</dt>
      <dd>
        {children}
        {about && <small>{about}</small>}
      </dd>
    </div>
  );
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `412 kB`, `1.3 GB`. */
function sizeText(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** unit;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${UNITS[unit]}`;
}

/** A line for everything that is not as it should be. */
function Flaws({ status: { records, passedOver, repaired, incomplete } }: { status: Status }) {
  const flaws: Array<[count: number, text: string]> = [
    [records.conflicting, 'stored with the eventID of another record and other content.'],
    [records.untimed, 'stored without an eventTime that can be read: in no range of time.'],
    [records.suspect, 'stored from files whose checksum does not hold.'],
    [records.removed, 'no longer in their files: offtrail status --removed lists them.'],
    [
      records.rejected + records.rejectedBefore,
      'rejected: offtrail status --rejected lists them with their reasons.',
    ],
  ];
  return (
    <>
      {incomplete && (
        <p class="note error">
          {incomplete.isRunning
            ? 'An ingest is running: the index does not have everything yet.'
            : 'The last ingest did not finish: run it again.'}
          {incomplete.files !== null &&
            ` ${numberText(incomplete.filesDone)} of ${numberText(incomplete.files)} files are in the index.`}
        </p>
      )}
      {flaws
        .filter(([count]) => count > 0)
        .map(([count, text]) => (
          <p class="note" key={text}>
            {numberText(count)} {count === 1 ? 'record' : 'records'} {text}
          </p>
        ))}
      {repaired > 0 && (
        <p class="note">
          Parts of the indexes for text and columns that an ingest found damaged or of an older form, and
          built again: {numberText(repaired)}.
        </p>
      )}
      {passedOver.length > 0 && (
        <>
          <h2>Passed over by the last ingest</h2>
          <Table
            label="Passed over by the last ingest"
            columns={[{ name: 'path' }, { name: 'reason' }]}
            rows={passedOver.slice(0, LISTED)}
          />
          <More count={passedOver.length - LISTED} command="offtrail status --failed" />
        </>
      )}
    </>
  );
}

/** Rows of a section. */
const LISTED = 50;

function More({ count, command }: { count: number; command: string }) {
  if (count <= 0) return null;
  return (
    <p>
      and {numberText(count)} more: <code>{command}</code>
    </p>
  );
}

/** A column of counts. */
const number = <T extends object>(name: keyof T & string, title?: string): TableColumn<T> => ({
  ...{ name, isNumber: true },
  ...(title === undefined ? {} : { title }),
  cell: row => numberText(row[name] as number),
});

type Place = Status['places'][number];
type Source = Status['sources'][number];

/** A value that leads to the events that have it. */
const linked =
  <T extends object>(name: keyof T & string, option: string) =>
  (row: T) => {
    const value = row[name];
    if (value === null) return <LogText value={null} />;
    return (
      <a href={addressOf({ page: 'events', options: { [option]: [String(value)] } })}>
        <Cell value={value} />
      </a>
    );
  };

function Sections({ status: { reasons, places, sources, evidence, accessLogs } }: { status: Status }) {
  return (
    <>
      <h2>Accounts and regions</h2>
      <Table
        label="Accounts and regions"
        columns={[
          { name: 'account', cell: linked<Place>('account', 'account') },
          { name: 'region', cell: linked<Place>('region', 'region') },
          number<Place>('events'),
          { name: 'first', title: 'first event' },
          { name: 'last', title: 'last event' },
        ]}
        rows={places.slice(0, LISTED)}
      />
      <More count={places.length - LISTED} command="offtrail status --format json" />
      <h2>Event sources</h2>
      <Table
        label="Event sources"
        columns={[
          { name: 'eventsource', title: 'event source', cell: linked<Source>('eventsource', 'service') },
          number<Source>('events'),
        ]}
        rows={sources.slice(0, LISTED)}
      />
      <More count={sources.length - LISTED} command="offtrail top service --limit all" />
      {accessLogs.buckets.length > 0 && (
        <>
          <h2>Buckets with access logs</h2>
          <Table
            label="Buckets with access logs"
            columns={[
              { name: 'bucket' },
              number<(typeof accessLogs.buckets)[number]>('lines'),
              { name: 'first', title: 'first line' },
              { name: 'last', title: 'last line' },
            ]}
            rows={accessLogs.buckets.slice(0, LISTED)}
          />
          <More count={accessLogs.buckets.length - LISTED} command="offtrail status --format json" />
        </>
      )}
      <h2>What digests say of the log files</h2>
      {evidence.length === 0 ? (
        <p>No digest is in the index: AWSLogs/ACCOUNT/CloudTrail-Digest has them.</p>
      ) : (
        <Table
          label="What digests say of the log files"
          columns={[
            {
              name: 'verdict',
              cell: ({ verdict }) => <a href="/verify">{verdict}</a>,
            },
            number<Status['evidence'][number]>('files'),
            number<Status['evidence'][number]>('events'),
          ]}
          rows={evidence}
        />
      )}
      <h2>Files</h2>
      <Table
        label="Files"
        columns={[
          { name: 'state' },
          { name: 'reason', title: 'reason or shape' },
          number<Status['reasons'][number]>('files'),
        ]}
        rows={reasons}
      />
    </>
  );
}
