/** Counts over time as lines with bars. */

import stringWidth from 'string-width';
import { printable } from './escape.js';

export interface HistogramRow {
  label: string;
  total: number;
  /** Further numbers, in the order of the columns. */
  counts: readonly number[];
}

const GAP = '  ';
const WIDEST_NAME = 24;
const SHORTEST_BAR = 10;
/** Parts of a character, so that small numbers differ. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** @param columns the names of the label, of the total and of the counts */
export function histogram({
  columns,
  rows,
  width,
}: {
  columns: readonly string[];
  rows: readonly HistogramRow[];
  /** Characters of a line. */
  width: number;
}): string {
  const head = columns.map(name => short(printable(name)));
  const cells = rows.map(({ label, total, counts }) => [printable(label), ...[total, ...counts].map(String)]);
  const widths = head.map((name, i) => Math.max(stringWidth(name), ...cells.map(row => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => {
        const blanks = ' '.repeat(Math.max(0, widths[i]! - stringWidth(cell)));
        return i === 0 ? cell + blanks : blanks + cell;
      })
      .join(GAP);
  const used = widths.reduce((sum, w) => sum + w + GAP.length, 0);
  const room = Math.max(SHORTEST_BAR, width - used);
  const most = rows.reduce((max, { total }) => Math.max(max, total), 1);
  const lines = rows.map(({ total }, i) => `${line(cells[i]!)}${GAP}${bar(total / most, room)}`.trimEnd());
  return [line(head).trimEnd(), ...lines].map(text => `${text}\n`).join('');
}

function bar(share: number, room: number): string {
  // Whatever is there shows.
  const eighths = share === 0 ? 0 : Math.max(1, Math.round(share * room * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

/** The end of a long name says more than its beginning: of an ARN, of a host. */
function short(name: string): string {
  return name.length <= WIDEST_NAME ? name : `…${name.slice(-(WIDEST_NAME - 1))}`;
}
