/** What the histogram draws: the layers of its bars, and uPlot's options. */

import uPlot from 'uplot';
import type { Step, Timeline } from '../../../query/timeline.js';
import { clockAt, zoneName } from './time.js';

/** A part of each bar, the lowest first. */
export interface Layer {
  /** What it is called; undefined where it is a value of the column. */
  title?: string;
  /** The value; null for events that have none. */
  value?: string | null;
  /** Which of the colours: 1 to 7 for values. */
  color: number | 'rest' | 'failed' | 'events';
  countOf(step: Step): number;
}

/** Failed events and others, or the values of the column that it is split by and the rest. */
export function layersOf({ by, steps }: Timeline): Layer[] {
  if (by === undefined)
    return [
      { title: 'failed', color: 'failed', countOf: step => step.errors },
      { title: 'others', color: 'events', countOf: step => step.events - step.errors },
    ];
  const sums = new Map<string | null, number>();
  for (const { values } of steps)
    for (const { value, events } of values) sums.set(value, (sums.get(value) ?? 0) + events);
  const values = [...sums].sort((a, b) => b[1] - a[1]).map(([value]) => value);
  const countIn = (step: Step, value: string | null): number =>
    step.values.find(one => one.value === value)?.events ?? 0;
  const restOf = (step: Step): number => step.values.reduce((rest, { events }) => rest - events, step.events);
  return [
    ...values.map((value, i): Layer => ({ value, color: i + 1, countOf: step => countIn(step, value) })),
    ...(steps.some(step => restOf(step) > 0)
      ? [{ title: 'other values', color: 'rest', countOf: restOf } satisfies Layer]
      : []),
  ];
}

/** Seconds since 1970 of a step's beginning. */
export const stepSeconds = ({ time }: Step): number => Date.parse(time) / 1000;

const timeText = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** The last second of steps: the filter `to` includes it, and not the first of the next step. */
export const inclusiveEnd = (first: number, width: number): string => timeText(first + width - 1);

const UNITS: ReadonlyArray<[name: string, seconds: number]> = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `3 hours`. */
export function rangeText(seconds: number): string {
  const [name, size] = UNITS.find(([, one]) => seconds % one === 0) ?? ['second', 1];
  const count = seconds / size;
  return `${count.toLocaleString('en-US')} ${name}${count === 1 ? '' : 's'}`;
}

/** Bars that begin at the beginning of their step. */
const bars = uPlot.paths.bars!({ size: [0.92, 200], align: 1 });

interface ChartOptions {
  /** Where it is drawn: its size, and the colours of its style. */
  element: HTMLElement;
  zone: string;
  onRange(from: string, to: string): void;
  onHover(index: number | undefined): void;
}

/** uPlot's options and data: each layer is drawn as its sum with those below it, the highest first. */
export function chartOf(
  timeline: Timeline,
  layers: readonly Layer[],
  { element, zone, onRange, onHover }: ChartOptions,
): [uPlot.Options, uPlot.AlignedData] {
  const { steps, width } = timeline;
  const times = steps.map(stepSeconds);
  const begin = times[0]!;
  const end = times.at(-1)! + width;
  const sums = steps.map(() => 0);
  const stacked = layers.map(layer => {
    for (const [i, step] of steps.entries()) sums[i]! += layer.countOf(step);
    return [...sums];
  });
  const most = Math.max(1, ...sums);
  const colorOf = colorsOf(element);
  const series = layers.map((layer, i): [uPlot.Series, number[]] => [
    { fill: colorOf(`series-${layer.color}`), width: 0, points: { show: false }, paths: bars },
    stacked[i]!,
  ]);
  series.reverse();
  const axis = { stroke: colorOf('faint'), ticks: { show: false }, font: '11px system-ui, sans-serif' };
  const indexAt = (seconds: number): number =>
    Math.min(steps.length - 1, Math.max(0, Math.floor((seconds - begin) / width)));
  return [
    {
      width: element.clientWidth,
      height: element.clientHeight,
      padding: [6, 8, 0, 0],
      legend: { show: false },
      scales: { x: { time: true, range: [begin, end] }, y: { range: [0, most * 1.05] } },
      axes: [
        {
          ...axis,
          size: 22,
          space: 90,
          grid: { show: false },
          values: (_, ticks, __, ___, gap) => ticks.map(labelIn(zone, gap)),
        },
        {
          ...axis,
          size: 58,
          space: 30,
          grid: { stroke: colorOf('line'), width: 1 },
          values: (_, ticks) =>
            ticks.map(tick => (Number.isInteger(tick) ? tick.toLocaleString('en-US') : '')),
        },
      ],
      series: [{}, ...series.map(([one]) => one)],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      // Where the zone is not this machine's, midnight is another moment.
      tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), zoneName(zone)),
      hooks: {
        setCursor: [
          ({ cursor, posToVal }) =>
            onHover(
              cursor.left === undefined || cursor.left < 0 ? undefined : indexAt(posToVal(cursor.left, 'x')),
            ),
        ],
        setSelect: [
          chart => {
            const { left, width: size } = chart.select;
            if (size < 2) return;
            const from = times[indexAt(chart.posToVal(left, 'x'))]!;
            const to = times[indexAt(chart.posToVal(left + size, 'x'))]!;
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            onRange(timeText(from), inclusiveEnd(to, width));
          },
        ],
      },
    },
    [times, ...series.map(([, values]) => values)],
  ];
}

/** Labels of the axis: dates where ticks are days apart, else times, with the date at midnight. */
const labelIn =
  (zone: string, gap: number) =>
  (seconds: number): string => {
    const { date, time } = clockAt(seconds * 1000, zone);
    if (gap >= 86_400) return date;
    const short = gap < 60 ? time : time.slice(0, 5);
    return short.startsWith('00:00') && gap >= 60 ? date.slice(5) : short;
  };

/** Colours as a canvas takes them: what a style says may depend on the scheme. */
function colorsOf(element: HTMLElement): (name: string) => string {
  const probe = element.appendChild(document.createElement('span'));
  const colors = new Map<string, string>();
  const colorOf = (name: string): string => {
    const known = colors.get(name);
    if (known !== undefined) return known;
    probe.style.color = `var(--${name})`;
    const color = getComputedStyle(probe).color;
    colors.set(name, color);
    return color;
  };
  queueMicrotask(() => probe.remove());
  return colorOf;
}
