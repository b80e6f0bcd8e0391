/** What the logs cover: a grid over time, the holes in it, and the trails as far as the logs tell. */

import type { CoverageCell } from '../../../query/coverage/coverage.js';
import { DELIVERED_SIGN, HOLE_KINDS, HOLE_SIGNS, type Hole, isStrong } from '../../../query/coverage/hole.js';
import type { TrailHistory } from '../../../query/coverage/trail-history.js';
import type { ShownCoverage } from '../../shortened.js';
import { useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { Cell } from '../parts/cell.js';
import { Grid } from '../parts/grid.js';
import { CommandLine, ErrorNote, HiddenNotes, Waiting } from '../parts/notes.js';
import { numberText } from '../parts/number.js';
import { type FormField, optionsOf, SearchForm } from '../parts/search-form.js';
import { WhoLink } from '../parts/summary.js';
import { Exports, Table, type TableColumn } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { addressOf } from '../place.js';
import { linesOf, stepsOf } from './coverage-lines.js';

const FIELDS: readonly FormField[] = [
  { ...field('from', 'from', 'TIME', 'from this time on'), isSingle: true },
  { ...field('to', 'to', 'TIME', 'up to this time'), isSingle: true },
  field('account', 'account', 'ID', 'only this account; a value that begins with ! must not match'),
  field('region', 'region', 'REGION', 'only this region; a value that begins with ! must not match'),
  { ...field('every', 'step', '30m, 1h, 1d, 1w', 'width of a step'), isSingle: true },
  {
    ...field('time', 'events count at', 'TIME', 'their eventTime, or the delivery of their file'),
    ...{ isSingle: true, choices: ['event', 'delivery'] },
  },
];

function field(name: string, label: string, value: string, description: string): FormField {
  return { name, label, value, description, isSingle: false };
}

export function CoveragePage({ options }: PageProps) {
  const asked = optionsOf(FIELDS, options);
  const { answer, command, error, isWaiting } = useAnswer<ShownCoverage>('coverage', asked);
  return (
    <>
      <h1>Coverage</h1>
      <SearchForm label="Coverage" fields={FIELDS} options={options} button="Show" />
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {answer && !error && (
        <div class={isWaiting ? 'is-old' : undefined}>
          <HiddenNotes spellings={answer.spellings} />
          <CoverageGrid coverage={answer} />
          <Outside coverage={answer} />
          <p>
            The cells as data: <Exports question="coverage" options={asked} />
          </p>
          <Holes coverage={answer} />
          <Trails trails={answer.trails} />
        </div>
      )}
      <CommandLine command={command} />
    </>
  );
}

function CoverageGrid({ coverage }: { coverage: ShownCoverage }) {
  const steps = stepsOf(coverage);
  const { cells, linesLeftOut } = coverage;
  if (steps.length === 0)
    return (
      <p class="note">
        Nothing of these accounts and regions is in the index: <a href="/status">Index</a> shows what there
        is.
      </p>
    );
  return (
    <>
      <Grid label="Coverage over time" lines={linesOf(coverage, steps)} steps={steps} />
      {linesLeftOut > 0 && (
        <p>
          {numberText(linesLeftOut)} more accounts and regions are not drawn: choose an account or a region
          above.
        </p>
      )}
      <Legend cells={cells} />
    </>
  );
}

/** What the looks and signs of the cells that are there mean. */
function Legend({ cells }: { cells: readonly CoverageCell[] }) {
  const kinds = HOLE_KINDS.filter(kind => cells.some(({ hole }) => hole === kind));
  const isDelivered = cells.some(({ hole, events }) => hole === null && events === 0);
  return (
    <ul class="legend" aria-label="Signs">
      <li>
        <span class="swatch events-1" />
        <span class="swatch events-2" />
        <span class="swatch events-3" />
        <span class="swatch events-4" />
        events, few to many
      </li>
      {isDelivered && (
        <li>
          <span class="swatch hole">{DELIVERED_SIGN[0]}</span>
          {DELIVERED_SIGN[2]}
        </li>
      )}
      {kinds.map(kind => (
        <li key={kind}>
          <span class={`swatch ${isStrong(kind) ? 'hole-strong' : 'hole'}`}>{HOLE_SIGNS[kind][0]}</span>
          {HOLE_SIGNS[kind][2]}
        </li>
      ))}
    </ul>
  );
}

/** What the map leaves out, and what it cannot know. */
function Outside({ coverage }: { coverage: ShownCoverage }) {
  const { untimedEvents, undatedFiles, filesOfDays, undatedMissing, hasDigests, cells } = coverage;
  const notes: Array<[isSaid: boolean, text: string]> = [
    [
      untimedEvents > 0,
      `Events without a time that can be read, not in the map: ${numberText(untimedEvents)}.`,
    ],
    [
      undatedFiles > 0,
      `Files whose names and folders do not say when they were delivered, not in the map: ${numberText(undatedFiles)}.`,
    ],
    [
      filesOfDays > 0,
      `Files of which only the day of delivery is known: ${numberText(filesOfDays)}; steps of 1d have them.`,
    ],
    [
      undatedMissing > 0,
      `Log files that digests list and that are not in the index, delivered at an unknown time: ${numberText(undatedMissing)}.`,
    ],
    [
      cells.length > 0 && !hasDigests,
      'No digests are in the index: what was delivered cannot be told from what was downloaded.',
    ],
  ];
  return (
    <>
      {notes
        .filter(([isSaid]) => isSaid)
        .map(([, text]) => (
          <p class="note" key={text}>
            {text}
          </p>
        ))}
    </>
  );
}

const HOLE_COLUMNS: ReadonlyArray<TableColumn<Hole>> = [
  { name: 'kind', title: 'hole', cell: ({ kind }) => <Cell value={kind} /> },
  { name: 'certainty', cell: ({ certainty }) => certainty },
  { name: 'account' },
  { name: 'region' },
  { name: 'from' },
  { name: 'to' },
  { name: 'files', isNumber: true, cell: ({ files }) => (files > 0 ? numberText(files) : '') },
  {
    name: 'reason',
    cell: ({ reason, eventID }) => (
      <>
        <LogText value={reason} />
        {eventID !== null && (
          <>
            {' '}
            (<a href={addressOf({ page: 'event', options: { eventId: [eventID] } })}>the event</a>)
          </>
        )}
      </>
    ),
  },
];

function Holes({ coverage }: { coverage: ShownCoverage }) {
  const { holes, holeCount, quiet, holesLeftOut } = coverage;
  return (
    <>
      <h2>Holes: {numberText(holeCount)}</h2>
      <p class="about">
        A hole is certain where a digest or an event says so, and possible where nothing but silence does. It
        is at least a step long.
      </p>
      {holes.length > 0 && <Table label="Holes" columns={HOLE_COLUMNS} rows={holes} />}
      {holesLeftOut > 0 && <p>and {numberText(holesLeftOut)} more groups of them</p>}
      {quiet > 0 && (
        <p>Quiet stretches, of which digests say that nothing was delivered: {numberText(quiet)}.</p>
      )}
      {holeCount > 0 && (
        <p>
          Holes of one kind and place stand together. One by one: <code>offtrail coverage --holes</code>
        </p>
      )}
    </>
  );
}

/** A call that changed a trail, with the trail. */
interface Change {
  trail: string | null;
  time: string;
  change: string;
  who: string | null;
  eventID: string | null;
}

function Trails({ trails }: { trails: readonly TrailHistory[] }) {
  if (trails.length === 0) return null;
  const rows = trails.flatMap(trail =>
    trail.changes.map(
      (change): Change => ({
        trail: trail.name,
        time: change.time,
        change: change.change,
        who: change.who,
        eventID: change.eventId,
      }),
    ),
  );
  return (
    <>
      <h2>Trails that somebody changed</h2>
      <Table
        label="Changes of trails"
        columns={[
          { name: 'trail' },
          { name: 'time' },
          { name: 'change' },
          {
            name: 'who',
            cell: ({ who }) => (who === null ? <LogText value={null} /> : <WhoLink value={who} />),
          },
          {
            name: 'event',
            cell: ({ eventID }) =>
              eventID !== null && (
                <a href={addressOf({ page: 'event', options: { eventId: [eventID] } })}>
                  <LogText value={eventID} />
                </a>
              ),
          },
        ]}
        rows={rows}
      />
    </>
  );
}
