/** `offtrail metrics`: the request metrics of CloudWatch, from logs. */

import type { Cell } from '../output/cell.js';
import { FORMATS } from '../output/rows.js';
import { METRIC_NAMES } from '../query/metrics/definitions.js';
import type { Metric, Metrics, MetricsOptions } from '../query/metrics/metrics.js';
import { given, limit, namesOf, numberOf, ROWS, text } from './options.js';
import { counted, EXIT, numberText, printJson, printRows, printValue, say, withIndex } from './terminal.js';
import { verb } from './verb.js';

const values = (description: string) => ({ type: 'string', array: true, nargs: 1, description }) as const;
const SOURCES = ['access-logs', 'cloudtrail', 'both'] as const;

export const metrics = verb({
  name: 'metrics',
  summary: 'the 16 request metrics that CloudWatch has for S3 buckets, and alarms on them',
  description:
    'The request metrics of CloudWatch for S3, from server access logs, from data events of CloudTrail, or from both with each request counted once. The table has a line for each metric with a chart over time; json, jsonl and csv have every step.',
  notes: [
    `The metrics: ${METRIC_NAMES.join(', ')}. Each is marked exact, approximate or not recorded, with the reason.`,
    'An alarm is a metric, a statistic where it is not the usual one, >, >=, < or <=, and a number: "4xxErrors > 5%", "FirstByteLatency p99 > 500", "AllRequests < 1". A step without requests has the sum 0, and no rate and no latency.',
    'Exit code: 0; with --alarm 1 where an alarm holds in any step, which is listed; 2 error, also where an alarm cannot be decided.',
  ],
  examples: [
    ['offtrail metrics', 'all metrics of all buckets together'],
    ['offtrail metrics --metric AllRequests,4xxErrors --every 1h --format csv', 'two of them, hour by hour'],
    ['offtrail metrics --alarm "4xxErrors > 50%" --every 1d', 'days on which half of the requests failed'],
  ],
  options: {
    bucket: text('only this bucket: its name, its ARN, or s3://NAME [default: all together]'),
    from: text('from this time on: any time that filters take [default: the first request]'),
    to: text('up to this time, which is not in it, as in CloudWatch [default: the last request]'),
    every: text('width of a step: 1m, 5m, 1h, 1d [default: chosen by the range]'),
    metric: values('only these metrics, with commas between; repeatable'),
    statistic: values(
      'only these statistics: Sum, Average, Minimum, Maximum, SampleCount, percentiles (p99, p99.9); repeatable [default: all but percentiles]',
    ),
    prefix: text('only requests for keys that begin with this'),
    source: {
      choices: SOURCES,
      requiresArg: true,
      description: 'what requests are counted from [default: what there is]',
    },
    alarm: values('a threshold, listed where it is crossed; repeatable'),
    limit: { ...limit, default: 'all', description: 'maximum number of rows, or all' },
    ...ROWS,
    format: {
      choices: [...FORMATS, 'cloudwatch'] as const,
      default: 'table',
      requiresArg: true,
      description:
        'output format; cloudwatch is the JSON of aws cloudwatch get-metric-statistics for one metric, of get-metric-data for several',
    },
  },
  async run({ options }) {
    const { db, bucket, from, to, every, prefix, source, format } = options;
    const most = numberOf(options.limit);
    const { metrics } = await import('../query/metrics/metrics.js');
    const query: MetricsOptions = {
      ...given({ bucket, from, to, every, prefix, source, alarms: options.alarm }),
      ...(options.metric ? { metrics: namesOf(options.metric) } : {}),
      ...(options.statistic ? { statistics: namesOf(options.statistic) } : {}),
    };
    return withIndex(db, async index => {
      const found = metrics(index, query, new Date());
      if (options.alarm) return printBreaches(found, format, most);
      await PRINTERS[format](found, most);
      sayWhat(found);
      return EXIT.ok;
    });
  },
});

type Format = (typeof FORMATS)[number];
type Printer = (found: Metrics, most: number) => Promise<void>;

const PRINTERS: Record<Format | 'cloudwatch', Printer> = {
  table: (found, most) => printTable(found, 'table', most),
  vertical: (found, most) => printTable(found, 'vertical', most),
  csv: (found, most) => printSteps(found, 'csv', most),
  jsonl: (found, most) => printSteps(found, 'jsonl', most),
  json: printWhole,
  async cloudwatch(found) {
    const { metricData, metricStatistics } = await import('../query/metrics/cloudwatch.js');
    const [first, ...more] = found.metrics;
    await printJson(first && more.length === 0 ? metricStatistics(first, found) : metricData(found), 4);
  },
};

/** The steps in which an alarm holds. */
async function printBreaches(
  { breaches }: Metrics,
  format: Format | 'cloudwatch',
  most: number,
): Promise<number> {
  const rows = breaches.map(({ alarm, time, value, samples }): Cell[] => [alarm, time, value, samples]);
  const columns = ['alarm', 'time', 'value', 'samples'];
  await printRows({ columns, rows: rows.values() }, format === 'cloudwatch' ? 'json' : format, most);
  if (breaches.length === 0) say('no alarm holds in any step');
  return breaches.length > 0 ? EXIT.nothingFound : EXIT.ok;
}

/** Characters of a chart. */
const CHART = 40;

/** Statistics in order, as columns: those of any of the metrics. */
const columnsOf = ({ metrics }: Metrics): string[] => [
  ...new Set(metrics.flatMap(({ statistics }) => statistics)),
];

/** A line for each metric: what it was over all the time. */
async function printTable(found: Metrics, format: Format, most: number): Promise<void> {
  const [{ sparkline }, { isAsciiOnly }] = await Promise.all([
    import('../output/sparkline.js'),
    import('./coverage-grid.js'),
  ]);
  const statistics = columnsOf(found);
  const isAscii = isAsciiOnly(process.env);
  const chart = (metric: Metric): string => {
    const isAverage = metric.unit === 'Milliseconds' || /Errors$/.test(metric.name);
    const { sums, samples } = metric;
    return sparkline({ sums, samples: isAverage ? samples : undefined, width: CHART, isAscii }).trimEnd();
  };
  const rows = found.metrics.map((metric): Cell[] => [
    metric.name,
    metric.mark === 'not recorded' ? null : chart(metric),
    ...statistics.map(name => rounded(metric.total[name])),
    metric.unit,
    metric.mark,
    metric.reason,
  ]);
  const columns = ['metric', 'over time', ...statistics, 'unit', 'is', 'because'];
  await printRows({ columns, rows: rows.values() }, format, most);
}

/** Six digits are enough to read. */
const rounded = (value: number | null | undefined): number | null =>
  typeof value !== 'number' || Number.isInteger(value) ? (value ?? null) : Number(value.toPrecision(6));

const valueAt = (metric: Metric, statistic: string, step: number): number | null => {
  const value = metric.values[statistic]?.[step];
  return value === undefined || Number.isNaN(value) ? null : value;
};

/** A row for each step and metric; none where no request has a value. */
async function printSteps(found: Metrics, format: Format, most: number): Promise<void> {
  const statistics = columnsOf(found);
  function* rows(): Generator<Cell[]> {
    for (const metric of found.metrics)
      for (const [step, time] of found.times.entries())
        if (metric.samples[step]! > 0 && metric.statistics.length > 0)
          yield [
            time,
            metric.name,
            ...statistics.map(name => valueAt(metric, name, step)),
            metric.unit,
            metric.mark,
          ];
  }
  await printRows({ columns: ['time', 'metric', ...statistics, 'unit', 'mark'], rows: rows() }, format, most);
}

/** All of it as one object: metrics with their totals, marks and reasons, and the steps that have values. */
async function printWhole({ metrics, times, breaches: _, ...summary }: Metrics, most: number): Promise<void> {
  let left = most;
  const list = metrics.map(({ values: _values, sums: _sums, samples, ...metric }, i) => {
    const points = times.flatMap((time, step) => {
      if (!(samples[step]! > 0) || metric.statistics.length === 0 || left <= 0) return [];
      left--;
      const of = metrics[i]!;
      return [
        {
          time,
          ...Object.fromEntries(metric.statistics.map(name => [name, valueAt(of, name, step)])),
        },
      ];
    });
    return { ...metric, points };
  });
  await printValue({ ...summary, steps: times.length, metrics: list }, 'json');
}

/** Says what was counted, and what stands in no step. */
function sayWhat({ bucket, source, requests, eventsAlone, untimed, times, width }: Metrics): void {
  const of = bucket === undefined ? '' : ` of ${bucket}`;
  if (times.length === 0) {
    say(
      `no requests${of} in access logs or data events: offtrail sql "SELECT DISTINCT bucket_name FROM s3_access_logs" lists buckets`,
    );
    return;
  }
  const from = {
    'access-logs': 'access logs',
    cloudtrail: 'data events of CloudTrail',
    both: 'both sources',
  }[source];
  const alone = eventsAlone ? `, ${numberText(eventsAlone)} of them with an event and no line` : '';
  say(
    `${counted(requests, 'request')}${of} from ${from}${alone}; ${counted(times.length, 'step')} of ${widthText(width)}`,
  );
  if (untimed > 0) say(`${counted(untimed, 'line')} without a time that can be read: in no step`);
}

const widthText = (seconds: number): string => {
  for (const [unit, name] of [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const)
    if (seconds % unit === 0) return counted(seconds / unit, name);
  return counted(seconds, 'second');
};
