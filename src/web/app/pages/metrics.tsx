/** The request metrics of CloudWatch for S3: charts, how far each can be trusted, numbers, and thresholds. */

import type { Breach } from '../../../query/metrics/alarm.js';
import { METRIC_NAMES } from '../../../query/metrics/definitions.js';
import { type Options, useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { CommandLine, ErrorNote, Waiting } from '../parts/notes.js';
import { numberText } from '../parts/number.js';
import { type FormField, formField, optionsOf, SearchForm } from '../parts/search-form.js';
import { Exports, Table, type TableColumn } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { change } from '../place.js';
import './metrics.css';
import { Charts, drawnStatistic, rounded, type ShownMetric, type ShownMetrics } from './metrics-charts.js';

const FIELDS: readonly FormField[] = [
  formField(
    'bucket',
    'bucket',
    'NAME',
    'only this bucket: its name, its ARN, or s3://NAME; all together where there is none',
  ),
  formField('prefix', 'prefix of keys', 'PREFIX', 'only requests for keys that begin with this'),
  formField('from', 'from', 'TIME', 'from this time on'),
  formField('to', 'to', 'TIME', 'up to this time, which is not in it'),
  formField('every', 'step', '1m, 5m, 1h, 1d', 'width of a step'),
  formField(
    'alarms',
    'alarm',
    '4xxErrors > 5%',
    'a threshold: a metric, a statistic where it is not the usual one, >, >=, < or <=, and a number',
    {
      isSingle: false,
    },
  ),
];

export function MetricsPage({ options }: PageProps) {
  const names = (options.metrics ?? []).filter(name => METRIC_NAMES.some(one => one === name));
  const asked: Options = {
    ...optionsOf(FIELDS, options),
    ...(names.length === 0 || names.length === METRIC_NAMES.length ? {} : { metrics: names }),
  };
  const { answer, command, error, isWaiting } = useAnswer<ShownMetrics>('metrics', asked);
  const { alarms, ...numbers } = asked;
  return (
    <>
      <h1>Metrics</h1>
      <SearchForm label="Metrics" fields={FIELDS} options={options} button="Show" />
      <Names chosen={names} />
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {answer && !error && (
        <div class={isWaiting ? 'is-old' : undefined}>
          <Counted metrics={answer} />
          {alarms !== undefined && <Breaches breaches={answer.breaches} options={asked} />}
          {answer.times.length > 0 && (
            <>
              <Charts metrics={answer} />
              <Numbers metrics={answer} options={numbers} />
            </>
          )}
        </div>
      )}
      <CommandLine command={command} />
    </>
  );
}

/** Which metrics are shown; none chosen stands for all. */
function Names({ chosen }: { chosen: readonly string[] }) {
  return (
    <details>
      <summary>Metrics: {chosen.length === 0 ? 'all' : chosen.join(', ')}</summary>
      <fieldset class="metric-names">
        <legend>Show these; none stands for all</legend>
        {METRIC_NAMES.map(name => (
          <label key={name}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={event => {
                const isChosen = event.currentTarget.checked;
                change({
                  metrics: METRIC_NAMES.filter(one => (one === name ? isChosen : chosen.includes(one))),
                });
              }}
            />
            {name}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

const SOURCES = {
  'access-logs': 'access logs',
  cloudtrail: 'data events of CloudTrail',
  both: 'access logs and data events of CloudTrail, each request once',
} as const;

/** What was counted, and what stands in no step. */
function Counted({ metrics }: { metrics: ShownMetrics }) {
  const { bucket, source, requests, eventsAlone, untimed, times, width } = metrics;
  const of = bucket === undefined ? 'all buckets' : <LogText value={bucket} />;
  if (times.length === 0)
    return (
      <p class="note">
        No requests of {of} in access logs or data events of this index: <a href="/status">Index</a> shows
        what it has.
      </p>
    );
  return (
    <p>
      {numberText(requests)} requests of {of} from {SOURCES[source]}
      {eventsAlone ? `, ${numberText(eventsAlone)} of them with an event and no line` : ''};{' '}
      {numberText(times.length)} steps of {durationText(width)}, UTC.
      {untimed > 0 && ` Lines without a time that can be read, in no step: ${numberText(untimed)}.`}
    </p>
  );
}

function durationText(seconds: number): string {
  const [size, unit] = UNITS.find(([of]) => seconds % of === 0)!;
  const count = seconds / size;
  return `${numberText(count)} ${unit}${count === 1 ? '' : 's'}`;
}

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** Steps that the table has. */
const MOST_STEPS = 500;

/** Each metric over all the time, and step by step. */
function Numbers({ metrics: { metrics, times }, options }: { metrics: ShownMetrics; options: Options }) {
  const statistics = [...new Set(metrics.flatMap(metric => metric.statistics))];
  const drawn = metrics.filter(metric => metric.statistics.length > 0);
  const steps = times
    .map((time, step) => ({ time, step }))
    .filter(({ step }) => drawn.some(({ samples }) => samples[step]! > 0));
  return (
    <>
      <h2>All the time</h2>
      <Table
        label="All the time"
        columns={[
          { name: 'metric', cell: ({ name }) => name },
          ...statistics.map(
            (name): TableColumn<ShownMetric> => ({
              ...{ name, isNumber: true },
              cell: ({ total }) => rounded(total[name]),
            }),
          ),
          { name: 'unit', cell: ({ unit }) => unit },
          { name: 'is', cell: ({ mark }) => mark },
          { name: 'because', cell: ({ reason }) => <LogText value={reason} /> },
        ]}
        rows={metrics}
      />
      <details>
        <summary>Step by step</summary>
        <Table
          label="Step by step"
          columns={[
            { name: 'time' },
            ...drawn.map((metric): TableColumn<{ time: string; step: number }> => {
              const statistic = drawnStatistic(metric);
              return {
                name: metric.name,
                title: `${metric.name} ${statistic}`,
                isNumber: true,
                cell: ({ step }) => rounded(metric.values[statistic]![step]),
              };
            }),
          ]}
          rows={steps.slice(0, MOST_STEPS)}
        />
        {steps.length > MOST_STEPS && (
          <p>and {numberText(steps.length - MOST_STEPS)} more steps, which the exports have</p>
        )}
      </details>
      <p>
        All steps and statistics: <Exports question="metrics" options={options} />
      </p>
    </>
  );
}

/** The steps in which a threshold is crossed. */
function Breaches({ breaches, options }: { breaches: readonly Breach[]; options: Options }) {
  return (
    <section aria-label="Alarms">
      <h2>Steps in which an alarm holds: {numberText(breaches.length)}</h2>
      {breaches.length === 0 ? (
        <p>None.</p>
      ) : (
        <>
          <Table
            label="Steps in which an alarm holds"
            columns={[
              { name: 'alarm' },
              { name: 'time' },
              { name: 'value', isNumber: true, cell: ({ value }) => rounded(value) },
              { name: 'samples', isNumber: true, cell: ({ samples }) => numberText(samples) },
            ]}
            rows={breaches}
          />
          <p>
            <Exports question="metrics" options={options} />
          </p>
        </>
      )}
    </section>
  );
}
