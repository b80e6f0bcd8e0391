/** Metrics in the form of the AWS CLI: `cloudwatch get-metric-statistics` and `get-metric-data`. */

import type { Metric, Metrics } from './metrics.js';
import { percentileOf } from './statistics.js';

/** As the AWS CLI writes times. */
const timestamp = (time: string): string => time.replace(/Z$/, '+00:00');

/** Steps in which a metric has values: CloudWatch has no datapoint elsewhere. */
function* stepsWithValues({ samples }: Metric): Generator<number> {
  for (let step = 0; step < samples.length; step++) if (samples[step]! > 0) yield step;
}

/** What `aws cloudwatch get-metric-statistics` prints of a metric, oldest first. */
export function metricStatistics(metric: Metric, { times }: Pick<Metrics, 'times'>): object {
  const basic = metric.statistics.filter(name => percentileOf(name) === undefined);
  const extended = metric.statistics.filter(name => percentileOf(name) !== undefined);
  const valuesOf = (names: readonly string[], step: number): object =>
    Object.fromEntries(names.map(name => [name, metric.values[name]![step]]));
  const datapoints = metric.statistics.length === 0 ? [] : [...stepsWithValues(metric)];
  return {
    Label: metric.name,
    Datapoints: datapoints.map(step => ({
      Timestamp: timestamp(times[step]!),
      ...valuesOf(basic, step),
      Unit: metric.unit,
      ...(extended.length > 0 ? { ExtendedStatistics: valuesOf(extended, step) } : {}),
    })),
  };
}

/** What `aws cloudwatch get-metric-data` prints, a result for each metric and statistic, newest first. */
export function metricData({ metrics, times }: Pick<Metrics, 'metrics' | 'times'>): object {
  return {
    MetricDataResults: metrics.flatMap(metric => {
      const steps = [...stepsWithValues(metric)].reverse();
      return metric.statistics.map(name => ({
        Id: `m_${metric.name}_${name}`.replaceAll('.', '_').toLowerCase(),
        Label: metric.statistics.length === 1 ? metric.name : `${metric.name} ${name}`,
        Timestamps: steps.map(step => timestamp(times[step]!)),
        Values: steps.map(step => metric.values[name]![step]),
        StatusCode: 'Complete',
      }));
    }),
    Messages: [],
  };
}
