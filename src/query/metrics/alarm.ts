/** Thresholds of metrics: `4xxErrors > 5%`, `FirstByteLatency p99 > 500`, `AllRequests < 1`. */

import { UsageError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { METRICS, type MetricDefinition } from './definitions.js';
import { hasStatistic, statisticName } from './statistics.js';

/** A threshold, read. */
export interface Alarm {
  /** As it was written. */
  text: string;
  metric: MetricDefinition;
  statistic: string;
  operator: '>' | '>=' | '<' | '<=';
  threshold: number;
}

/** A step in which a threshold is crossed. */
export interface Breach {
  /** The threshold, as it was written. */
  alarm: string;
  /** First second of the step. */
  time: string;
  /** Value of the statistic in the step. */
  value: number;
  /** Requests with a value in the step. */
  samples: number;
}

/**
 * The definition of a metric, in any case.
 * @throws UsageError `BAD_VALUE`
 */
export function metricNamed(text: string): MetricDefinition {
  const metric = METRICS.find(({ name }) => name.toLowerCase() === text.trim().toLowerCase());
  if (metric) return metric;
  const names = METRICS.map(({ name }) => name);
  const meant = nearest(text, names);
  throw new UsageError(
    'BAD_VALUE',
    `there is no request metric ${JSON.stringify(text)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    `one of ${names.join(', ')}`,
  );
}

const ALARM = /^(\w+)(?:\s+([A-Za-z]\w*(?:\.\d+)?))?\s*(>=|<=|>|<)\s*(\d{1,15}(?:\.\d{1,9})?)\s*(%)?$/;

/**
 * Reads a threshold. Without a statistic it is the rate for a percentage, the average for latencies, else the sum.
 * @throws UsageError `BAD_VALUE`
 */
export function alarmOf(text: string): Alarm {
  const [, name, statistic, operator, number, percent] = ALARM.exec(text.trim()) ?? [];
  if (name === undefined)
    throw new UsageError(
      'BAD_VALUE',
      `cannot read the alarm ${JSON.stringify(text)}`,
      'write a metric, a statistic where it is not the usual one, >, >=, < or <=, and a number: "4xxErrors > 5%", "FirstByteLatency p99 > 500"',
    );
  const metric = metricNamed(name);
  const isRate = metric.measure.of === 'errors';
  if (percent !== undefined && !isRate)
    throw new UsageError('BAD_VALUE', `${metric.name} is no rate: its threshold is not a percentage`);
  const usual = percent !== undefined || metric.unit === 'Milliseconds' ? 'Average' : 'Sum';
  const chosen = statistic === undefined ? usual : statisticName(statistic);
  checkStatistic(metric, chosen);
  return {
    text: text.trim(),
    metric,
    statistic: chosen,
    operator: operator as Alarm['operator'],
    threshold: Number(number) / (percent === undefined ? 1 : 100),
  };
}

/** @throws UsageError `BAD_VALUE` where CloudWatch has no such statistic of a metric */
export function checkStatistic(metric: MetricDefinition, statistic: string): void {
  if (hasStatistic(metric, statistic)) return;
  throw new UsageError(
    'BAD_VALUE',
    `CloudWatch has no ${statistic} of ${metric.name}`,
    metric.statistics === 'sum' ? 'it has Sum' : 'it has Sum, Average, Minimum, Maximum and SampleCount',
  );
}

/** Whether a value crosses a threshold; a step without a value (NaN) crosses none. */
export function isCrossed({ operator, threshold }: Alarm, value: number): boolean {
  switch (operator) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
  }
}
