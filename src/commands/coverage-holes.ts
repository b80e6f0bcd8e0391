/** Lists of holes: a table where the terminal has room for it, else some lines for each hole, of which nothing is cut. */

import type { Cell } from '../output/cell.js';
import { printable } from '../output/escape.js';
import { displayWidth } from '../output/width.js';
import type { Hole } from '../query/coverage/hole.js';

/** Columns of the list below a map. */
export const LIST_COLUMNS = ['hole', 'certainty', 'account', 'region', 'from', 'to', 'reason'];

export const listRow = ({ kind, certainty, account, region, from, to, reason }: Hole): Cell[] => [
  ...[kind, certainty, account, region, from, to, reason],
];

/** Columns of the whole list. */
export const HOLE_COLUMNS = [...LIST_COLUMNS.slice(0, -1), 'files', 'name', 'eventID', 'reason'];

export const holeRow = (hole: Hole): Cell[] => [
  ...[...listRow(hole).slice(0, -1), hole.files, hole.name, hole.eventID, hole.reason],
];

const GAP = '  ';

const textOf = (cell: Cell): string => printable(String(cell ?? ''));

/** The width of the widest text in each column. */
const widthsOf = (rows: ReadonlyArray<readonly string[]>): number[] =>
  (rows[0] ?? []).map((_, i) => rows.reduce((widest, row) => Math.max(widest, displayWidth(row[i]!)), 0));

/** Whether a table fits into so many characters of a line. */
export function fitsTable(
  columns: readonly string[],
  rows: ReadonlyArray<readonly Cell[]>,
  width: number,
): boolean {
  const widths = widthsOf([columns, ...rows.map(row => row.map(textOf))]);
  return widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1)) <= width;
}

/**
 * The holes, each in some lines: what it is, where and when; below that the reason, and with `isWhole` the file, the
 * trail and the event that it names.
 */
export function holeLines(holes: readonly Hole[], { isWhole }: { isWhole: boolean }): string {
  const rows = holes.map(hole => listRow(hole).slice(0, -1).map(textOf));
  const widths = widthsOf(rows);
  const padded = (text: string, i: number): string => text + ' '.repeat(widths[i]! - displayWidth(text));
  return holes
    .flatMap(({ reason, name, eventID }, i) => [
      rows[i]!.map(padded).join(GAP).trimEnd(),
      `    ${textOf(reason)}`,
      ...(isWhole && name !== null ? [`    ${textOf(name)}`] : []),
      ...(isWhole && eventID !== null ? [`    eventID ${textOf(eventID)}`] : []),
    ])
    .map(line => `${line}\n`)
    .join('');
}
