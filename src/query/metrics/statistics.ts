/** The statistics of CloudWatch: of each step and of the whole time. */

import type { MetricClass } from '../../access-logs/operations.js';
import { UsageError } from '../../errors.js';
import type { Measure, MetricDefinition } from './definitions.js';
import { CLASSES, type Requests } from './requests.js';

/** Statistics by their names in CloudWatch; percentiles beside them as p99 and p99.9. */
export const BASIC_STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'] as const;

/** Values of a metric, step by step, and its sums. */
export interface Series {
  /** Values in each step. */
  samples: Float64Array;
  sums: Float64Array;
  /** NaN where a step has no value, as in the one below. */
  minima: Float64Array;
  maxima: Float64Array;
  /** All values in the order of steps, where percentiles are asked for. */
  sorted: { values: Float64Array; starts: Int32Array; all: Float64Array } | undefined;
}

/** The hundredths of a percent of p99.9; undefined for what is no percentile. */
export function percentileOf(statistic: string): number | undefined {
  const [, percent] = /^p(100(?:\.0{1,2})?|\d{1,2}(?:\.\d{1,2})?)$/i.exec(statistic) ?? [];
  return percent === undefined ? undefined : Math.round(Number(percent) * 100);
}

/**
 * The name of a statistic as CloudWatch writes it.
 * @throws UsageError `BAD_VALUE`
 */
export function statisticName(text: string): string {
  const name = BASIC_STATISTICS.find(one => one.toLowerCase() === text.trim().toLowerCase());
  if (name !== undefined) return name;
  if (percentileOf(text.trim()) !== undefined) return text.trim().toLowerCase();
  throw new UsageError(
    'BAD_VALUE',
    `there is no statistic ${JSON.stringify(text)}`,
    `one of ${BASIC_STATISTICS.join(', ')}, or a percentile: p50, p99, p99.9`,
  );
}

/** Whether CloudWatch has a statistic of a metric. */
export function hasStatistic({ statistics }: MetricDefinition, statistic: string): boolean {
  if (statistics === 'sum') return statistic === 'Sum';
  return percentileOf(statistic) === undefined || statistics === 'all';
}

/** What a request counts in a metric; NaN where it has no part in it. */
function measureOf(measure: Exclude<Measure, { of: 'requests' }>, requests: Requests): (i: number) => number {
  const { classes, hundreds } = requests;
  switch (measure.of) {
    case 'errors':
      return i => (hundreds[i] === measure.hundreds ? 1 : 0);
    case 'selected': {
      const select = CLASSES.indexOf('Select');
      return i => (classes[i] === select ? requests.sent[i]! : Number.NaN);
    }
    case 'nothing':
      return () => Number.NaN;
    default: {
      const values = requests[measure.of];
      return i => values[i]!;
    }
  }
}

/** Adds up a metric. `isSorted` keeps its values, in order, for percentiles. */
export function seriesOf(
  { measure }: MetricDefinition,
  requests: Requests,
  steps: number,
  isSorted: boolean,
): Series {
  if (measure.of === 'requests') return countsOf(measure.class, requests, steps);
  const measured = measureOf(measure, requests);
  const { count, steps: stepOf } = requests;
  const samples = new Float64Array(steps);
  const sums = new Float64Array(steps);
  const minima = new Float64Array(steps).fill(Number.NaN);
  const maxima = new Float64Array(steps).fill(Number.NaN);
  for (let i = 0; i < count; i++) {
    const value = measured(i);
    if (Number.isNaN(value)) continue;
    const step = stepOf[i]!;
    samples[step]!++;
    sums[step]! += value;
    if (!(minima[step]! <= value)) minima[step] = value;
    if (!(maxima[step]! >= value)) maxima[step] = value;
  }
  const sorted = isSorted ? sortedBySteps(requests, measured, samples) : undefined;
  return { samples, sums, minima, maxima, sorted };
}

/** Requests of a class: they have no other statistic than Sum. */
function countsOf(
  of: MetricClass | 'all',
  { count, classes, steps: stepOf }: Requests,
  steps: number,
): Series {
  const sums = new Float64Array(steps);
  const wanted = of === 'all' ? -1 : CLASSES.indexOf(of);
  for (let i = 0; i < count; i++) if (wanted < 0 || classes[i] === wanted) sums[stepOf[i]!]!++;
  const ones = sums.map(sum => (sum > 0 ? 1 : Number.NaN));
  return { samples: sums, sums, minima: ones, maxima: ones, sorted: undefined };
}

/** The values of each step together, in order, and all values in order. */
function sortedBySteps(
  { count, steps: stepOf }: Requests,
  measured: (i: number) => number,
  samples: Float64Array,
): NonNullable<Series['sorted']> {
  const starts = new Int32Array(samples.length + 1);
  for (let step = 0; step < samples.length; step++) starts[step + 1] = starts[step]! + samples[step]!;
  const values = new Float64Array(starts[samples.length]!);
  const next = starts.slice();
  for (let i = 0; i < count; i++) {
    const value = measured(i);
    if (!Number.isNaN(value)) values[next[stepOf[i]!]!++] = value;
  }
  const all = values.slice().sort();
  for (let step = 0; step < samples.length; step++)
    if (starts[step + 1]! - starts[step]! > 1) values.subarray(starts[step], starts[step + 1]).sort();
  return { values, starts, all };
}

/** The smallest value that so many hundredths of a percent of all values do not exceed: the nearest rank. */
function rank(values: Float64Array, from: number, to: number, hundredths: number): number {
  if (to <= from) return Number.NaN;
  return values[from + Math.max(1, Math.ceil((hundredths * (to - from)) / 10_000)) - 1]!;
}

/** A statistic of every step; NaN where a step has no value, but sums and counts are 0 there. */
export function statisticOf(series: Series, statistic: string): Float64Array {
  const { samples, sums, minima, maxima, sorted } = series;
  switch (statistic) {
    case 'Sum':
      return sums;
    case 'SampleCount':
      return samples;
    case 'Minimum':
      return minima;
    case 'Maximum':
      return maxima;
    case 'Average':
      return sums.map((sum, step) => sum / samples[step]!);
  }
  const hundredths = percentileOf(statistic)!;
  const { values, starts } = sorted!;
  return samples.map((_, step) => rank(values, starts[step]!, starts[step + 1]!, hundredths));
}

/** A statistic of all steps together; null where there is no value. */
export function totalOf(series: Series, statistic: string): number | null {
  const { samples, sums, minima, maxima, sorted } = series;
  const add = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const count = add(samples);
  if (statistic === 'SampleCount') return count;
  if (statistic === 'Sum') return add(sums);
  if (count === 0) return null;
  const best = (values: Float64Array, isBetter: (a: number, b: number) => boolean): number =>
    values.reduce((best, value) => (Number.isNaN(best) || isBetter(value, best) ? value : best), Number.NaN);
  if (statistic === 'Minimum') return best(minima, (a, b) => a < b);
  if (statistic === 'Maximum') return best(maxima, (a, b) => a > b);
  if (statistic === 'Average') return add(sums) / count;
  return rank(sorted!.all, 0, sorted!.all.length, percentileOf(statistic)!);
}
