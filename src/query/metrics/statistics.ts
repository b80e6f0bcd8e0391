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
  sorted: { values: Float64Array; starts: Int32Array } | undefined;
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

/** What each request counts in a metric; NaN where it has no part in it. */
function valuesOf(
  measure: Exclude<Measure, { of: 'requests' | 'errors' }>,
  requests: Requests,
): Float64Array {
  const { classes, sent, count } = requests;
  switch (measure.of) {
    case 'selected': {
      const select = CLASSES.indexOf('Select');
      const selected = new Float64Array(count).fill(Number.NaN);
      for (let i = 0; i < count; i++) if (classes[i] === select) selected[i] = sent[i]!;
      return selected;
    }
    case 'nothing':
      return new Float64Array(0);
    default:
      return requests[measure.of].subarray(0, count);
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
  if (measure.of === 'errors') return errorsOf(measure.hundreds, requests, steps);
  const all = valuesOf(measure, requests);
  const { steps: stepOf } = requests;
  const samples = new Float64Array(steps);
  const sums = new Float64Array(steps);
  const minima = new Float64Array(steps).fill(Number.NaN);
  const maxima = new Float64Array(steps).fill(Number.NaN);
  for (let i = 0; i < all.length; i++) {
    const value = all[i]!;
    if (Number.isNaN(value)) continue;
    const step = stepOf[i]!;
    samples[step]!++;
    sums[step]! += value;
    if (!(minima[step]! <= value)) minima[step] = value;
    if (!(maxima[step]! >= value)) maxima[step] = value;
  }
  const sorted = isSorted ? sortedBySteps(requests, all, samples) : undefined;
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

/** Each request is 1 or 0: an error, or none. */
function errorsOf(of: 4 | 5, { count, hundreds, steps: stepOf }: Requests, steps: number): Series {
  const samples = new Float64Array(steps);
  const sums = new Float64Array(steps);
  for (let i = 0; i < count; i++) {
    samples[stepOf[i]!]!++;
    if (hundreds[i] === of) sums[stepOf[i]!]!++;
  }
  const where = (holds: (step: number) => boolean): Float64Array =>
    samples.map((n, step) => (n === 0 ? Number.NaN : Number(holds(step))));
  const minima = where(step => sums[step] === samples[step]);
  const maxima = where(step => sums[step]! > 0);
  return { samples, sums, minima, maxima, sorted: undefined };
}

/** The values of each step together, in order. */
function sortedBySteps(
  { steps: stepOf }: Requests,
  measured: Float64Array,
  samples: Float64Array,
): NonNullable<Series['sorted']> {
  const starts = new Int32Array(samples.length + 1);
  for (let step = 0; step < samples.length; step++) starts[step + 1] = starts[step]! + samples[step]!;
  const values = new Float64Array(starts[samples.length]!);
  const next = starts.slice();
  for (let i = 0; i < measured.length; i++) {
    const value = measured[i]!;
    if (!Number.isNaN(value)) values[next[stepOf[i]!]!++] = value;
  }
  for (let step = 0; step < samples.length; step++) sortPart(values, starts[step]!, starts[step + 1]!);
  return { values, starts };
}

/** So few values are sorted by insertion: a minute has some, and a month 43,200 minutes. */
const FEW = 40;

function sortPart(values: Float64Array, from: number, to: number): void {
  if (to - from > FEW) values.subarray(from, to).sort();
  else
    for (let i = from + 1; i < to; i++) {
      const value = values[i]!;
      let at = i;
      for (; at > from && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
      values[at] = value;
    }
}

/** Place, from 0, of the smallest value that so many hundredths of a percent of all values do not exceed: the nearest rank. */
const placeOf = (count: number, hundredths: number): number =>
  Math.max(1, Math.ceil((hundredths * count) / 10_000)) - 1;

function rank(values: Float64Array, from: number, to: number, hundredths: number): number {
  return to <= from ? Number.NaN : values[from + placeOf(to - from, hundredths)]!;
}

/** The same of values that are in no order. Few of them lie between two neighbours of a sample: only those are sorted. */
function rankOfAll(values: Float64Array, hundredths: number): number {
  const place = placeOf(values.length, hundredths);
  const every = Math.max(1, Math.floor(values.length / SAMPLED));
  const sample = Float64Array.from(
    { length: Math.ceil(values.length / every) },
    (_, i) => values[i * every]!,
  );
  sample.sort();
  const at = Math.floor(place / every);
  const [low, high] = [sample[Math.max(0, at - MARGIN)]!, sample[Math.min(sample.length - 1, at + MARGIN)]!];
  const between = values.filter(value => value >= low && value <= high).sort();
  const below = values.reduce((count, value) => (value < low ? count + 1 : count), 0);
  // The sample was not one: values in an order of their own.
  return between[place - below] ?? values.slice().sort()[place]!;
}
/** Values that are sorted to see where the others lie, and how many of them on both sides are taken. */
const SAMPLED = 10_000;
const MARGIN = 300;

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
  return rankOfAll(sorted!.values, percentileOf(statistic)!);
}
