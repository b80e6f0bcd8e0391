/** The charts of metrics, each with how far it can be trusted. */

import { useMemo } from 'preact/hooks';
import type { Metric, Metrics } from '../../../query/metrics/metrics.js';
import { Chart } from '../parts/chart.js';
import { LogText } from '../parts/text.js';
import { change } from '../place.js';
import './metrics.css';

/** A metric as JSON has it: lists of numbers, and null where there is none. */
export interface ShownMetric extends Omit<Metric, 'values' | 'samples' | 'sums'> {
  values: Record<string, Array<number | null>>;
  samples: number[];
  sums: number[];
}
export interface ShownMetrics extends Omit<Metrics, 'metrics'> {
  metrics: ShownMetric[];
}

/** Six digits are enough to read. */
export const rounded = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? '–'
    : value.toLocaleString('en-US', { maximumSignificantDigits: 6 });

/** The statistic that a chart shows: rates and latencies are averages, all else are sums. */
export const drawnStatistic = ({
  name,
  unit,
  statistics,
}: Pick<ShownMetric, 'name' | 'unit' | 'statistics'>): string => {
  const usual = unit === 'Milliseconds' || /Errors$/.test(name) ? 'Average' : 'Sum';
  return statistics.includes(usual) ? usual : statistics[0]!;
};

const secondsOf = (time: string): number => Date.parse(time) / 1000;
const textOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

export function Charts({ metrics: { metrics, times, width } }: { metrics: ShownMetrics }) {
  const seconds = useMemo(() => times.map(secondsOf), [times]);
  const choose = (from: number, to: number): void => change({ from: [textOf(from)], to: [textOf(to)] });
  return (
    <div class="charts">
      {metrics.map(metric => (
        <section key={metric.name} aria-label={metric.name}>
          <h2>
            {metric.name} <span class={`trust trust-${metric.mark}`}>{metric.mark}</span>
          </h2>
          <p class="reason">
            <LogText value={metric.reason} />
          </p>
          {metric.statistics.length > 0 && (
            <MetricChart metric={metric} seconds={seconds} width={width} onChoose={choose} />
          )}
        </section>
      ))}
    </div>
  );
}

function MetricChart({
  metric,
  seconds,
  width,
  onChoose,
}: {
  metric: ShownMetric;
  seconds: readonly number[];
  width: number;
  onChoose: (from: number, to: number) => void;
}) {
  const statistic = drawnStatistic(metric);
  const { unit, name, values, total } = metric;
  return (
    <Chart
      label={`${name}, ${statistic} in ${unit}: ${rounded(total[statistic])} in all the time; the table has the numbers`}
      times={seconds}
      values={values[statistic]!}
      width={width}
      text={value => value.toLocaleString('en-US', { maximumSignificantDigits: 4, notation: 'compact' })}
      onChoose={onChoose}
    />
  );
}
