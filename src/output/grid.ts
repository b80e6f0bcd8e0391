/** Counts over time as a grid: a line for each thing, a character for each stretch of time, its shade the count. */

import { printable } from './escape.js';
import { clipped, cutTo, displayWidth } from './width.js';

/** A sign that a cell has in place of a shade. */
export interface GridSign {
  /** One character wide. */
  sign: string;
  /** The same in ASCII. */
  ascii: string;
  /** What it means, for the legend. */
  meaning: string;
  /** Whether it shows even where there is something to count. */
  isStrong: boolean;
}

export interface GridLine {
  label: string;
  /** A count for each step. */
  counts: ArrayLike<number>;
  /** The sign of each step: its number in the list of signs, plus one; 0 for none. */
  signs: ArrayLike<number>;
}

export interface GridOptions {
  lines: readonly GridLine[];
  /** Signs, those that say most first: where several steps share a character, it has the first. */
  signs: readonly GridSign[];
  /** What is counted, for the legend: `events by eventTime`. */
  counted: string;
  /** First second of the first step, since 1970. */
  origin: number;
  /** Seconds of a step. */
  stepWidth: number;
  /** Number of steps. */
  steps: number;
  /** Characters of a line. */
  width: number;
  /** Whether shades and signs are plain ASCII. */
  isAscii: boolean;
}

const SHADES = ['░', '▒', '▓', '█'];
const ASCII_SHADES = ['-', '+', '*', '#'];
const LONGEST_LABEL = 40;
const LEAST_ROOM = 10;
const GAP = '  ';

/** The lines, a time axis above them, and the legend below. */
export function grid(options: GridOptions): string {
  const { lines, steps, width, isAscii } = options;
  const natural = lines.reduce((most, { label }) => Math.max(most, displayWidth(shown(label))), 0);
  const labelWidth = Math.max(1, Math.min(natural, width - GAP.length - LEAST_ROOM));
  const room = Math.max(LEAST_ROOM, width - labelWidth - GAP.length);
  const perCharacter = Math.max(1, Math.ceil(steps / room));
  const merged = lines.map(line => mergedLine(line, options, perCharacter));
  const most = merged.reduce((max, { counts }) => Math.max(max, ...counts), 0);
  const shadeOf = shading(most, isAscii ? ASCII_SHADES : SHADES);
  const used = new Set<number>();
  const drawn = lines.map(({ label }, i) => {
    const text = cutTo(shown(label), labelWidth, 'middle');
    return (
      text +
      ' '.repeat(labelWidth - displayWidth(text)) +
      GAP +
      cellsOf(merged[i]!, options, shadeOf.of, used)
    );
  });
  const axis = ' '.repeat(labelWidth) + GAP + axisOf(options, perCharacter);
  const legend = [
    `each character is ${durationOf(perCharacter * options.stepWidth)}; ${options.counted}${shadeOf.legend}`,
    ...legendOf(options, used),
  ];
  return [axis, ...drawn, ...wrapped(legend, width)].map(line => `${line.trimEnd()}\n`).join('');
}

const shown = (label: string): string => clipped(label, LONGEST_LABEL, 'middle');

interface Merged {
  counts: number[];
  /** Number of the sign that stands there, plus one; 0 for none. */
  signs: number[];
}

/** The steps of a line put together to characters. */
function mergedLine(
  { counts, signs }: GridLine,
  { steps, signs: all }: GridOptions,
  perCharacter: number,
): Merged {
  const merged: Merged = { counts: [], signs: [] };
  for (let step = 0; step < steps; step += perCharacter) {
    let count = 0;
    let strong = 0;
    let weak = 0;
    for (let i = step; i < Math.min(steps, step + perCharacter); i++) {
      count += counts[i]!;
      const code = signs[i]!;
      if (code === 0) continue;
      if (all[code - 1]!.isStrong) strong = strong === 0 ? code : Math.min(strong, code);
      else weak = weak === 0 ? code : Math.min(weak, code);
    }
    merged.counts.push(count);
    merged.signs.push(strong !== 0 || count > 0 ? strong : weak);
  }
  return merged;
}

function cellsOf(
  { counts, signs }: Merged,
  { signs: all, isAscii }: GridOptions,
  shadeOf: (count: number) => string,
  used: Set<number>,
): string {
  return counts
    .map((count, i) => {
      const code = signs[i]!;
      if (code === 0) return count === 0 ? ' ' : shadeOf(count);
      used.add(code);
      const { sign, ascii } = all[code - 1]!;
      return isAscii ? ascii : sign;
    })
    .join('');
}

/** Shades by powers, since counts of places differ by orders of magnitude; the legend says the bounds. */
function shading(most: number, shades: readonly string[]): { of(count: number): string; legend: string } {
  if (most === 0) return { of: () => ' ', legend: '' };
  const base = Math.max(2, Math.ceil((most + 1) ** (1 / shades.length)));
  const bounds = shades.map((_, i) => base ** i).filter(bound => bound <= most);
  const of = (count: number): string => {
    let i = bounds.length - 1;
    while (i > 0 && count < bounds[i]!) i--;
    return shades[i]!;
  };
  const n = (value: number): string => value.toLocaleString('en-US');
  const ranges = bounds.map((bound, i) => {
    const next = bounds[i + 1];
    const to = next === undefined ? most : next - 1;
    return `${shades[i]!} ${n(bound)}${to > bound ? ` to ${n(to)}` : ''}`;
  });
  return { of, legend: `: ${ranges.join('  ')}` };
}

function legendOf({ signs, isAscii }: GridOptions, used: ReadonlySet<number>): string[] {
  return signs.flatMap(({ sign, ascii, meaning }, i) =>
    used.has(i + 1) ? [`${isAscii ? ascii : sign} ${meaning}`] : [],
  );
}

/** The parts of a legend, as many in a line as fit. */
function wrapped(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const [i, part] of parts.entries()) {
    const before = lines.at(-1);
    const joined = before === undefined ? part : `${before}${GAP}${part}`;
    if (before !== undefined && i > 1 && displayWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(cutTo(printable(part), width, 'end'));
  }
  return lines;
}

const DAY = 86_400;
/** Seconds between marks of the axis. */
const MARKS = [300, 900, 3600, 3 * 3600, 6 * 3600, DAY];

/** Marks with the time that begins at them: days, or hours where there are few days. */
function axisOf({ origin, stepWidth, steps }: GridOptions, perCharacter: number): string {
  const width = perCharacter * stepWidth;
  const characters = Math.ceil(steps / perCharacter);
  const every = MARKS.find(seconds => seconds >= width * 14) ?? DAY;
  let line = '';
  for (let i = 0; i < characters; i++) {
    const time = origin + i * width;
    const isMark = i === 0 || Math.floor(time / every) !== Math.floor((time - width) / every);
    // A space at least between two marks.
    if (!isMark || (line.length > 0 && line.length + 1 > i)) continue;
    const iso = isoOf(time);
    const isDay = i === 0 || width >= DAY || time % DAY < width;
    const text = isDay && width >= DAY ? iso.slice(0, 10) : isDay ? iso.slice(0, 16) : iso.slice(11, 16);
    if (i > 0 && i + text.length + 1 > characters) break;
    line = `${line.padEnd(i)}|${width < DAY && isDay && time % DAY === 0 ? iso.slice(0, 10) : text}`;
  }
  return line;
}

/** A second as text; the empty text where no calendar has it. */
function isoOf(second: number): string {
  const date = new Date(second * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/^\+0*(?=\d{4})/, '');
}

/** `30 minutes`, `an hour`, `2 days`. */
function durationOf(seconds: number): string {
  if (seconds % DAY === 0)
    return seconds === DAY ? 'a day' : `${(seconds / DAY).toLocaleString('en-US')} days`;
  if (seconds % 3600 === 0) return seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`;
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}
