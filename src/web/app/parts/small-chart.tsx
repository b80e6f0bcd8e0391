/** Small pictures of numbers: a bar beside a count, and bars over time. */

import './small-chart.css';
import { Time } from './time.js';

/** How large a number is beside the largest; the number itself stands beside it. */
export function Bar({ value, most }: { value: number; most: number }) {
  const share = most > 0 ? Math.max(value / most, 0) : 0;
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width: `${(100 * Math.min(share, 1)).toFixed(1)}%` }} />
    </span>
  );
}

export interface ChartStep {
  /** First second of the step, as an eventTime. */
  time: string;
  events: number;
  errors: number;
}

const HEIGHT = 40;

/** Events over time, the failed ones in another colour; each bar tells its numbers. */
export function SmallChart({ steps, label }: { steps: readonly ChartStep[]; label: string }) {
  const most = steps.reduce((max, { events }) => Math.max(max, events), 0);
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last || most === 0) return null;
  const height = (count: number): number => (count === 0 ? 0 : Math.max((HEIGHT * count) / most, 1));
  return (
    <figure class="small-chart">
      <svg
        viewBox={`0 0 ${steps.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label}: from ${first.time} to ${last.time}, at most ${most.toLocaleString('en-US')} in a step`}
      >
        {steps.map(({ time, events, errors }, i) => (
          <g key={time}>
            <title>{`${time}: ${events.toLocaleString('en-US')} events, ${errors.toLocaleString('en-US')} failed`}</title>
            <rect class="room" x={i} y={0} width={1} height={HEIGHT} />
            <rect class="all" x={i + 0.05} y={HEIGHT - height(events)} width={0.9} height={height(events)} />
            <rect
              class="errors"
              x={i + 0.05}
              y={HEIGHT - height(errors)}
              width={0.9}
              height={height(errors)}
            />
          </g>
        ))}
      </svg>
      <figcaption>
        <Time value={first.time} />
        <span>at most {most.toLocaleString('en-US')} in a step</span>
        <Time value={last.time} />
      </figcaption>
    </figure>
  );
}
