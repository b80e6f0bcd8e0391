/** An aligned table that fits the terminal. */

import Table from 'cli-table3';
import pc from 'picocolors';
import stringWidth from 'string-width';
import type { Cell } from './cell.js';
import { printable } from './escape.js';

/** Column widths are decided on the first rows; later ones are cut to them, or wider than the column without a terminal. */
const SAMPLE = 200;
const GAP = 2;
const NARROWEST = 8;
/** A column up to this wide, an eventTime, is cut only when nothing else is left to cut. */
const SHORT = 20;
/** Without a terminal a column is padded to no more than this: one huge value must not make every row huge. */
const WIDEST = 200;

const BARE = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map(name => [name, '']),
);

/** The table in pieces: the header with the first rows, then the rest as it comes. */
export function* tablePieces(
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
  width: number | undefined,
  terminal: boolean,
): Generator<string> {
  const { bold } = pc.createColors(terminal && pc.isColorSupported);
  let head: string[] | undefined = columns.map(printable);
  let widths: number[] | undefined;
  let piece: string[][] = [];

  function flush(): string {
    widths ??= narrow(
      head!.map((name, i) => Math.max(widthOf(name), ...piece.map(row => widthOf(row[i]!)))),
      width,
    );
    const table = new Table({
      chars: { ...BARE, middle: ' '.repeat(GAP) },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
      // Without a terminal nothing is cut: a wider value pushes its row to the right.
      ...(width === undefined ? {} : { colWidths: widths }),
    });
    if (width === undefined) piece = piece.map(row => row.map((cell, i) => pad(cell, widths![i]!)));
    if (head) {
      const names = width === undefined ? head.map((name, i) => pad(name, widths![i]!)) : head;
      table.push(names.map(name => bold(name)));
    }
    head = undefined;
    table.push(...piece);
    piece = [];
    return `${table
      .toString()
      .split('\n')
      .map(line => line.trimEnd())
      .join('\n')}\n`;
  }

  for (const row of rows) {
    piece.push(row.map(show));
    if (piece.length >= SAMPLE) yield flush();
  }
  if (piece.length > 0 || head) yield flush();
}

/** Long cells are measured by their beginning, which is wider than any column: the whole would take minutes. */
const MEASURED = 1000;

function widthOf(cell: string): number {
  return stringWidth(cell.length > MEASURED ? cell.slice(0, MEASURED) : cell);
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - widthOf(cell)));
}

function show(cell: Cell): string {
  if (cell === null) return '';
  return printable(Buffer.isBuffer(cell) ? cell.toString('hex') : String(cell));
}

/** Takes from the widest columns until the row fits; times and names, which are short, come last. */
function narrow(natural: number[], width: number | undefined): number[] {
  if (width === undefined) return natural.map(w => Math.min(w, WIDEST));
  const widths = [...natural];
  let excess = widths.reduce((sum, w) => sum + w, 0) + GAP * (widths.length - 1) - width;
  for (const isLast of [false, true]) {
    const open = widths.map((_, i) => isLast || natural[i]! > SHORT);
    while (excess > 0) {
      const widest = Math.max(0, ...widths.filter((_, i) => open[i]));
      if (widest <= NARROWEST) break;
      widths[widths.findLastIndex((w, i) => open[i] && w === widest)]!--;
      excess--;
    }
  }
  return widths;
}
