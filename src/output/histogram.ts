/** Counts over time as lines with bars. */

import { printable } from './escape.js';
import { clipped, cutTo, displayWidth } from './width.js';

export interface HistogramRow {
  label: string;
  total: number;
  /** Further numbers, in the order of the columns. */
  counts: readonly number[];
}

export interface HistogramOptions {
  /** The names of the label, of the total and of the counts. */
  columns: readonly string[];
  rows: readonly HistogramRow[];
  /** Characters of a line. */
  width: number;
}

const GAP = '  ';
/** A name gets shorter, in these steps, where there is no room. */
const NAMES = [24, 16, 10];
const SHORTEST_BAR = 10;
/** Parts of a character, so that small numbers differ. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Whether all columns and some bar fit into the width. */
export function fitsHistogram(options: HistogramOptions): boolean {
  return layoutOf(options).room >= SHORTEST_BAR;
}

/** The lines, cut where not even the shortest form fits. */
export function histogram(options: HistogramOptions): string {
  const { head, cells, widths, room } = layoutOf(options);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => {
        const spaces = ' '.repeat(Math.max(0, widths[i]! - displayWidth(cell)));
        return i === 0 ? cell + spaces : spaces + cell;
      })
      .join(GAP);
  const most = options.rows.reduce((max, { total }) => Math.max(max, total), 1);
  const lines = options.rows.map(({ total }, i) => line(cells[i]!) + GAP + bar(total / most, room));
  return [line(head), ...lines].map(text => `${cutTo(text.trimEnd(), options.width, 'end')}\n`).join('');
}

function layoutOf({ columns, rows, width }: HistogramOptions): {
  head: string[];
  cells: string[][];
  widths: number[];
  /** What is left for the bars. */
  room: number;
} {
  const cells = rows.map(({ label, total, counts }) => [printable(label), ...[total, ...counts].map(String)]);
  const values = columns.map((_, i) => cells.reduce((widest, row) => Math.max(widest, row[i]!.length), 0));
  const layouts = NAMES.map(widest => {
    const head = columns.map(name => short(name, widest));
    const widths = head.map((name, i) => Math.max(displayWidth(name), values[i]!));
    const used = widths.reduce((sum, w) => sum + w + GAP.length, 0);
    return { head, cells, widths, room: Math.max(0, width - used) };
  });
  return layouts.find(({ room }) => room >= SHORTEST_BAR) ?? layouts.at(-1)!;
}

function bar(share: number, room: number): string {
  // Whatever is there shows.
  const eighths = share === 0 ? 0 : Math.max(1, Math.round(share * room * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

/** The end of a long name says more than its beginning: of an ARN, of a host. */
function short(name: string, widest: number): string {
  return cutTo(clipped(name, widest, 'middle'), widest, 'middle');
}
