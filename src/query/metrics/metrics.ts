/** The request metrics of CloudWatch for S3, from access logs, from CloudTrail's data events, or from both. */

import { UsageError } from '../../errors.js';
import type { Db } from '../../store/open.js';
import { secondText } from '../columns/selection.js';
import { parseTime } from '../filter/time.js';
import { inSnapshot } from '../snapshot.js';
import { type Alarm, alarmOf, type Breach, checkStatistic, isCrossed, metricNamed } from './alarm.js';
import { type Mark, METRICS, type MetricDefinition, type MetricName } from './definitions.js';
import { readEvents } from './events.js';
import { type Asked, readLines } from './lines.js';
import { type Reading, trustOf } from './marks.js';
import { type Steps, stepsOf, timesOf } from './range.js';
import { createRequests, type Requests, type Values } from './requests.js';
import { eventExtent, lineExtent, untimedLines } from './sources.js';
import {
  BASIC_STATISTICS,
  hasStatistic,
  percentileOf,
  type Series,
  seriesOf,
  statisticName,
  statisticOf,
  totalOf,
} from './statistics.js';

/** What requests are counted from; `both` counts each once, by its request id. */
export const METRIC_SOURCES = ['access-logs', 'cloudtrail', 'both'] as const;
export type MetricSource = (typeof METRIC_SOURCES)[number];

export interface MetricsOptions {
  /** Only this bucket: its name, its ARN, or s3://NAME. Default: all buckets together. */
  bucket?: string | undefined;
  /** From this time on. Default: the first request. */
  from?: string | undefined;
  /** Up to this time, which is not in it, as in CloudWatch. Default: the last request. */
  to?: string | undefined;
  /** Width of a step: 1m, 5m, 1h, 1d. Default: the narrowest that gives no more than 100 steps. */
  every?: string | undefined;
  /** Only requests for keys that begin with this. */
  prefix?: string | undefined;
  /** What requests are counted from. Default: what there is. */
  source?: MetricSource | undefined;
  /** Names of metrics. Default: all 16, or those of the alarms. */
  metrics?: string[] | undefined;
  /** Names of statistics. Default: all of a metric but percentiles. */
  statistics?: string[] | undefined;
  /** Thresholds: `4xxErrors > 5%`, `FirstByteLatency p99 > 500`. */
  alarms?: string[] | undefined;
}

/** A metric over time. */
export interface Metric {
  /** Its name in CloudWatch. */
  name: MetricName;
  /** Count, Bytes or Milliseconds. */
  unit: MetricDefinition['unit'];
  /** How far it can be trusted. */
  mark: Mark;
  /** What it follows from, and what that misses. */
  reason: string;
  /** The statistics, in order. None of a metric that is not recorded. */
  statistics: string[];
  /** Each statistic of the whole time; null where no request has a value. */
  total: Record<string, number | null>;
  /** Each statistic step by step; NaN where no request has a value. */
  values: Record<string, Float64Array>;
  /** Requests with a value, step by step. */
  samples: Float64Array;
  /** Their sum, step by step, whatever statistics are asked for. */
  sums: Float64Array;
}

export interface Metrics {
  /** Name of the bucket; undefined for all buckets. */
  bucket: string | undefined;
  /** What keys begin with; undefined for all requests. */
  prefix: string | undefined;
  /** What requests were counted from. */
  source: MetricSource;
  /** Seconds of a step. */
  width: number;
  /** First second of each step. */
  times: string[];
  /** The metrics, in CloudWatch's order. */
  metrics: Metric[];
  /** Steps in which a threshold is crossed, alarm by alarm. */
  breaches: Breach[];
  /** Number of requests. */
  requests: number;
  /** Those of them that have an event and no line; undefined where both were not read. */
  eventsAlone: number | undefined;
  /** Lines of the bucket without a time that can be read: they are in no step. */
  untimed: number;
}

interface Wanted {
  definition: MetricDefinition;
  statistics: string[];
}

/**
 * Computes the metrics. Values that log files do not have are not made up: a metric without any is `not recorded`.
 * @throws UsageError `BAD_VALUE`, `BAD_WIDTH`, `BAD_TIME`, `EMPTY_RANGE`
 */
export function metrics(db: Db, options: MetricsOptions, now: Date): Metrics {
  const alarms = (options.alarms ?? []).map(alarmOf);
  const wanted = wantedOf(options, alarms);
  const asked = askedOf(options);
  const { bucket, prefix } = asked;
  return inSnapshot(db, () => {
    const { source, steps } = placeOf(db, asked, options, now);
    if (alarms.length > 0 && steps.count === 0)
      throw new UsageError(
        'BAD_VALUE',
        `no alarm can be decided: there are no requests${bucket === undefined ? '' : ` of ${JSON.stringify(bucket)}`}`,
        'ingest its access logs, or the data events of CloudTrail',
      );
    const requests = createRequests();
    const reading = read(db, { asked, source, steps, requests, needed: neededOf(wanted) });
    const answer = wanted.map(one => metricOf(one, { requests, steps, reading }));
    const times = timesOf(steps);
    return {
      ...{ bucket, prefix, source, width: steps.width, times },
      metrics: answer,
      breaches: alarms.flatMap(alarm => breachesOf(alarm, { metrics: answer, times })),
      requests: requests.count,
      eventsAlone: source === 'both' ? reading.alone : undefined,
      untimed: source === 'cloudtrail' ? 0 : untimedLines(db, asked),
    };
  });
}

/** The metrics that are asked for, each with those of the statistics that CloudWatch has of it. */
function wantedOf({ metrics: names, statistics }: MetricsOptions, alarms: readonly Alarm[]): Wanted[] {
  const chosen = statistics?.map(statisticName);
  const named = names?.map(metricNamed);
  if (named && chosen)
    for (const definition of named)
      if (!chosen.some(statistic => hasStatistic(definition, statistic)))
        checkStatistic(definition, chosen[0]!);
  return METRICS.flatMap(definition => {
    const ofAlarms = alarms.filter(({ metric }) => metric === definition).map(({ statistic }) => statistic);
    const isNamed = named ? named.includes(definition) : alarms.length === 0;
    const asked = isNamed ? (chosen ?? BASIC_STATISTICS).filter(one => hasStatistic(definition, one)) : [];
    const all = [...new Set([...asked, ...ofAlarms])];
    return all.length > 0 ? [{ definition, statistics: all }] : [];
  });
}

/** The bucket and the prefix, also of `s3://bucket/prefix` and of an ARN. */
function askedOf({ bucket, prefix }: MetricsOptions): Asked {
  const [, name, path] = /^(?:s3:\/\/|arn:[^:]*:s3:::)([^/]+)(?:\/(.*))?$/is.exec(bucket ?? '') ?? [];
  const inPath = path?.replace(/\*$/, '') || undefined;
  return { bucket: name ?? bucket, prefix: (prefix || undefined) ?? inPath };
}

/** What is read, and the steps of the time that is asked for. */
function placeOf(
  db: Db,
  { bucket }: Asked,
  { from, to, every, source: wanted }: MetricsOptions,
  now: Date,
): { source: MetricSource; steps: Steps } {
  const second = (time: string): number => Date.parse(parseTime(time, now)) / 1000;
  const [start, end] = [from, to].map(time => (time === undefined ? undefined : second(time)));
  if (start !== undefined && end !== undefined && end <= start)
    throw new UsageError(
      'EMPTY_RANGE',
      `nothing lies between ${secondText(start)} and ${secondText(end)}`,
      '`from` must be earlier than `to`',
    );
  const lines = wanted === 'cloudtrail' ? undefined : lineExtent(db, bucket);
  const events = wanted === 'access-logs' ? undefined : eventExtent(db, bucket);
  const source =
    wanted ?? (lines === undefined && events ? 'cloudtrail' : events === undefined ? 'access-logs' : 'both');
  const extents = [lines, events].filter(extent => extent !== undefined);
  if (extents.length === 0) return { source, steps: stepsOf(0, 0, every) };
  const first = start ?? Math.min(...extents.map(extent => extent.first));
  const last = end ?? Math.max(...extents.map(extent => extent.last)) + 1;
  return { source, steps: stepsOf(first, Math.max(first, last), every) };
}

/** The values that metrics are computed from. */
function neededOf(wanted: readonly Wanted[]): Set<keyof Values> {
  return new Set(
    wanted.flatMap(({ definition: { measure } }) =>
      measure.of === 'selected'
        ? ['sent']
        : measure.of === 'requests' || measure.of === 'errors' || measure.of === 'nothing'
          ? []
          : [measure.of],
    ),
  );
}

/** Reads the requests, events first: what they know of bodies goes to their lines. */
function read(
  db: Db,
  {
    asked,
    source,
    steps,
    requests,
    needed,
  }: {
    asked: Asked;
    source: MetricSource;
    steps: Steps;
    requests: Requests;
    needed: ReadonlySet<keyof Values>;
  },
): Reading {
  const none = { alone: 0, collapsed: 0, received: new Map<number, number>() };
  const joins = source === 'both';
  const events = source === 'access-logs' ? none : readEvents(db, asked, steps, { requests, joins });
  const lines =
    source === 'cloudtrail'
      ? { unknown: 0 }
      : readLines(db, asked, steps, { requests, received: events.received, needed });
  return { source, requests: requests.count, ...events, ...lines };
}

function metricOf(
  { definition, statistics }: Wanted,
  { requests, steps, reading }: { requests: Requests; steps: Steps; reading: Reading },
): Metric {
  const isSorted = statistics.some(statistic => percentileOf(statistic) !== undefined);
  const series: Series = seriesOf(definition, requests, steps.count, isSorted);
  const { mark, reason } = trustOf(definition, reading, totalOf(series, 'SampleCount')!);
  const shown = mark === 'not recorded' ? [] : statistics;
  return {
    ...{ name: definition.name, unit: definition.unit, mark, reason, statistics: shown },
    total: Object.fromEntries(shown.map(statistic => [statistic, totalOf(series, statistic)])),
    values: Object.fromEntries(shown.map(statistic => [statistic, statisticOf(series, statistic)])),
    samples: series.samples,
    sums: series.sums,
  };
}

/**
 * The steps in which a threshold is crossed.
 * @throws UsageError `BAD_VALUE` for a metric that is not recorded: silence must not be taken for health
 */
function breachesOf(
  alarm: Alarm,
  { metrics: all, times }: { metrics: readonly Metric[]; times: readonly string[] },
): Breach[] {
  const metric = all.find(({ name }) => name === alarm.metric.name)!;
  const values = metric.values[alarm.statistic];
  if (values === undefined)
    throw new UsageError(
      'BAD_VALUE',
      `the alarm ${JSON.stringify(alarm.text)} cannot be decided: ${metric.name} is not recorded (${metric.reason})`,
      'name another metric, or ingest what has it',
    );
  return times.flatMap((time, step) => {
    const value = values[step]!;
    return isCrossed(alarm, value)
      ? [{ alarm: alarm.text, time, value, samples: metric.samples[step]! }]
      : [];
  });
}
