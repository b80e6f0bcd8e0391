/** Aggregates of statistics: moments, correlation, percentiles. */

import { invalidArgument } from '../errors.js';
import type { Type } from '../types.js';
import { compare, type Value } from '../values.js';
import { type AggregateFunction, type Aggregation, aggregate, type Bindings } from './registry.js';

interface Moments {
  n: number;
  mean: number;
  m2: number;
  m3: number;
  m4: number;
}

/** Moments by Welford's method, as one pass can have them. */
const moments = (finish: (of: Moments) => number | null): Aggregation<Moments> => ({
  start: () => ({ n: 0, mean: 0, m2: 0, m3: 0, m4: 0 }),
  step(of, value: number) {
    const before = of.n++;
    const delta = value - of.mean;
    const step = delta / of.n;
    const square = step * step;
    const term = delta * step * before;
    of.mean += step;
    of.m4 += term * square * (of.n * of.n - 3 * of.n + 3) + 6 * square * of.m2 - 4 * step * of.m3;
    of.m3 += term * step * (of.n - 2) - 3 * step * of.m2;
    of.m2 += term;
    return of;
  },
  result: of => finish(of),
});

const variance = moments(({ n, m2 }) => (n < 2 ? null : m2 / (n - 1)));
const deviation = moments(({ n, m2 }) => (n < 2 ? null : Math.sqrt(m2 / (n - 1))));

interface Pairs {
  n: number;
  x: number;
  y: number;
  xx: number;
  yy: number;
  xy: number;
}

const pairs = (finish: (of: Pairs) => number | null): Aggregation<Pairs> => ({
  start: () => ({ n: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 }),
  step(of, y: number, x: number) {
    const before = of.n++;
    const [dx, dy] = [x - of.x, y - of.y];
    of.x += dx / of.n;
    of.y += dy / of.n;
    const share = before / of.n;
    of.xx += dx * dx * share;
    of.yy += dy * dy * share;
    of.xy += dx * dy * share;
    return of;
  },
  result: of => (of.n === 0 ? null : finish(of)),
});

/** Exact percentiles of all values: `approx_percentile` without its error. */
const percentiles =
  (weighted: boolean) =>
  ({ args: types }: Bindings): Aggregation<{ rows: Array<[Value, number]>; wanted: Value }> => {
    const [type] = types as [Type];
    const isList = types[weighted ? 2 : 1]!.kind === 'array';
    return {
      start: () => ({ rows: [], wanted: null }),
      step(of, value: Value, ...rest: Value[]) {
        const weight = weighted ? Number(rest[0]) : 1;
        if (weight <= 0 && weighted) invalidArgument('percentile weight must be > 0');
        of.wanted = rest[weighted ? 1 : 0]!;
        for (const share of isList ? (of.wanted as readonly number[]) : [of.wanted as number])
          if (!(share >= 0 && share <= 1)) invalidArgument('Percentile must be between 0 and 1');
        of.rows.push([value, weight]);
        return of;
      },
      result({ rows, wanted }) {
        if (rows.length === 0) return null;
        rows.sort(([a], [b]) => compare(a, b, type));
        const total = rows.reduce((sum, [, weight]) => sum + weight, 0);
        const at = (share: number): Value => {
          let sum = 0;
          for (const [value, weight] of rows) {
            sum += weight;
            if (sum > share * total || sum >= total) return value;
          }
          return null;
        };
        return isList ? (wanted as readonly number[]).map(at) : at(wanted as number);
      },
    };
  };

const numeric = (name: string, meaning: string, make: Aggregation<Moments>): AggregateFunction =>
  aggregate(`${name}(double) -> double`, meaning, () => make);

/** For both kinds of floating point: of whole numbers Trino takes the narrower one. */
const paired = (
  name: string,
  meaning: string,
  finish: (of: Pairs) => number | null,
): readonly AggregateFunction[] => [
  aggregate(`${name}(double, double) -> double`, meaning, () => pairs(finish)),
  aggregate(`${name}(real, real) -> real`, meaning, () =>
    pairs(of => {
      const result = finish(of);
      return result === null ? null : Math.fround(result);
    }),
  ),
];

/** What cannot be told, as of values that are all the same, is null. */
const finite = (result: number): number | null => (Number.isFinite(result) ? result : null);

export const STATISTICS: readonly AggregateFunction[] = [
  ...['bigint', 'double', 'real'].flatMap(type => [
    aggregate(
      `approx_percentile(${type}, double) -> ${type}`,
      'The value below which a share of all lies; exact.',
      percentiles(false),
    ),
    aggregate(
      `approx_percentile(${type}, array(double)) -> array(${type})`,
      'The values below which shares of all lie; exact.',
      percentiles(false),
    ),
    aggregate(
      `approx_percentile(${type}, double, double) -> ${type}`,
      'The same, each value with a weight.',
      percentiles(true),
    ),
  ]),
  numeric('variance', 'The variance of a sample.', variance),
  numeric('var_samp', 'The variance of a sample.', variance),
  numeric(
    'var_pop',
    'The variance of a population.',
    moments(({ n, m2 }) => (n === 0 ? null : m2 / n)),
  ),
  numeric('stddev', 'The standard deviation of a sample.', deviation),
  numeric('stddev_samp', 'The standard deviation of a sample.', deviation),
  numeric(
    'stddev_pop',
    'The standard deviation of a population.',
    moments(({ n, m2 }) => (n === 0 ? null : Math.sqrt(m2 / n))),
  ),
  numeric(
    'skewness',
    'The skewness.',
    moments(({ n, m2, m3 }) => (n < 3 ? null : (Math.sqrt(n) * m3) / m2 ** 1.5)),
  ),
  numeric(
    'kurtosis',
    'The excess kurtosis.',
    moments(({ n, m2, m4 }) => {
      if (n < 4) return null;
      const sum = ((n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3))) * (m4 / (m2 / (n - 1)) ** 2);
      return sum - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3));
    }),
  ),
  ...paired('corr', 'The correlation.', ({ xy, xx, yy }) => finite(xy / Math.sqrt(xx * yy))),
  ...paired('covar_pop', 'The covariance of a population.', ({ n, xy }) => xy / n),
  ...paired('covar_samp', 'The covariance of a sample.', ({ n, xy }) => (n < 2 ? null : xy / (n - 1))),
  ...paired('regr_slope', 'The slope of the line of least squares.', ({ xy, xx }) => finite(xy / xx)),
  ...paired('regr_intercept', 'Where the line of least squares meets the axis.', ({ x, y, xy, xx }) =>
    finite(y - (xy / xx) * x),
  ),
];
