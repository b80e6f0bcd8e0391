/** A chart of one series over time. Dragging over it chooses a time. */

import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './chart.css';

export interface ChartProps {
  /** What it shows, for who does not see it. */
  label: string;
  /** Beginnings of steps, in seconds since 1970. */
  times: readonly number[];
  /** A number for each step; null for none. */
  values: ReadonlyArray<number | null>;
  /** Seconds of a step. */
  width: number;
  /** A value as text. */
  text: (value: number) => string;
  /** Told the time that was chosen, in seconds since 1970. */
  onChoose: (from: number, to: number) => void;
}

const HEIGHT = 144;

/** Charts that are there, by their element: what a canvas shows is in no document. */
export const charts = new WeakMap<Element, uPlot>();

export function Chart({ label, times, values, width, text, onChoose }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const chosen = useRef(onChoose);
  chosen.current = onChoose;
  const [pointed, setPointed] = useState<number>();
  useEffect(() => {
    const root = element.current!;
    const plot = new uPlot(
      optionsFor(root, text, {
        onPoint: setPointed,
        onChoose: (from, to) => chosen.current(from, to),
      }),
      // The last step has an end, too.
      [
        [...times, ...times.slice(-1).map(time => time + width)],
        [...values, ...values.slice(-1)],
      ],
      root,
    );
    charts.set(root, plot);
    const size = new ResizeObserver(() => plot.setSize({ width: root.clientWidth, height: HEIGHT }));
    size.observe(root);
    // Colours are read when it is drawn.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => plot.redraw(false, true);
    scheme.addEventListener('change', redraw);
    return () => {
      size.disconnect();
      scheme.removeEventListener('change', redraw);
      plot.destroy();
    };
  }, [times, values, width]);
  const value = pointed === undefined ? undefined : values[pointed];
  return (
    <>
      <p class="chart-value">
        {pointed !== undefined && times[pointed] !== undefined
          ? `${timeText(times[pointed])}: ${value === null || value === undefined ? 'none' : text(value)}`
          : ''}
      </p>
      <div class="chart" role="img" aria-label={label} ref={element}>
        <span class="axis-ink" />
        <span class="axis-line" />
      </div>
    </>
  );
}

const timeText = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** The step that is pointed to: it begins where it is drawn, and the end of the last one is none. */
function stepAt({ cursor: { left = -1 }, data: [times], posToVal }: uPlot): number | undefined {
  if (left < 0) return undefined;
  const time = posToVal(left, 'x');
  const next = times.findIndex(beginning => beginning > time);
  return next < 0 ? times.length - 2 : Math.max(0, next - 1);
}

/** The hour of a tick, or at midnight the day. */
function tickText(seconds: number): string {
  const text = timeText(seconds);
  return text.slice(11, 19) === '00:00:00' ? text.slice(0, 10) : text.slice(11, 16);
}

/** Whether a line would hardly be seen. */
const isSparse = (values: ArrayLike<number | null | undefined>): boolean =>
  Array.from(values).filter(value => value !== null).length < 3;

interface ChartEvents {
  onPoint: (step: number | undefined) => void;
  onChoose: (from: number, to: number) => void;
}

function optionsFor(
  root: HTMLElement,
  text: (value: number) => string,
  { onPoint, onChoose }: ChartEvents,
): uPlot.Options {
  const colourOf = (selector?: string): string =>
    getComputedStyle(selector === undefined ? root : root.querySelector(selector)!).color;
  const axis: uPlot.Axis = {
    stroke: () => colourOf('.axis-ink'),
    grid: { stroke: () => colourOf('.axis-line'), width: 1 },
    ticks: { stroke: () => colourOf('.axis-line'), width: 1, size: 4 },
    font: `12px ${getComputedStyle(root).fontFamily}`,
  };
  return {
    width: root.clientWidth || 300,
    height: HEIGHT,
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    padding: [8, 36, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    scales: {
      x: { range: (_, min, max) => [min, max] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.05 : 1] },
    },
    axes: [
      { ...axis, space: 72, values: (_, ticks) => ticks.map(tickText) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map(tick => (tick === null ? '' : text(tick))) },
    ],
    series: [
      {},
      {
        stroke: () => colourOf(),
        width: 1.5,
        fill: () => colourOf().replace(/^rgb\((.*)\)$/, 'rgba($1, 0.15)'),
        // A step holds from its beginning to its end.
        paths: uPlot.paths.stepped!({ align: 1 }),
        points: { show: (plot, series) => isSparse(plot.data[series]!) },
      },
    ],
    hooks: {
      setCursor: [plot => onPoint(stepAt(plot))],
      setSelect: [
        plot => {
          if (plot.select.width < 4) return;
          const at = (pixel: number): number => Math.round(plot.posToVal(pixel, 'x'));
          onChoose(at(plot.select.left), at(plot.select.left + plot.select.width));
        },
      ],
    },
  };
}
