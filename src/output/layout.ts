/** Which columns of a table a terminal has room for, and how wide each is. */

import { type Cell, cellText } from './cell.js';
import { type ColumnStyle, styleOf } from './columns.js';
import { printable } from './escape.js';
import { type Cut, clipped, cutTo, displayWidth } from './width.js';

export const GAP = '  ';

export interface Column {
  /** Its place in a row. */
  index: number;
  head: string;
  width: number;
  style: ColumnStyle;
  isRight: boolean;
}

export interface Layout {
  columns: Column[];
  /** Names of the columns that there is no room for. */
  leftOut: string[];
  /** The day of all times, which then stand without it. */
  day: string | undefined;
  /** The printable text of a cell, in the shorter form if this layout has those; not yet cut. */
  textOf(column: Column, cell: Cell): string;
  /** Characters of a line. */
  width: number;
}

/** A column under a name shorter than this is no narrower than its name; otherwise the name may be cut to it. */
const LEAST_NAME = 6;

/**
 * Fits columns into a width: whole if there is room, else in their shorter forms, else without the columns that say
 * least and with the others cut, the weightiest least.
 * @param isAll whether the sample has all rows
 */
export function fitted(
  names: readonly string[],
  sample: ReadonlyArray<readonly Cell[]>,
  width: number,
  isAll: boolean,
): Layout {
  const columns = names.map(
    (name, index): Column => ({
      index,
      head: printable(name),
      width: 0,
      style: styleOf(name),
      isRight: isNumeric(sample, index, styleOf(name)),
    }),
  );
  const whole = (column: Column, cell: Cell): string => clipped(cellText(cell), width, cutOf(column));
  measure(columns, sample, whole);
  if (lineWidth(columns) <= width) return { columns, leftOut: [], day: undefined, textOf: whole, width };

  const day = isAll ? commonDay(columns, sample) : undefined;
  const textOf = (column: Column, cell: Cell): string => {
    const text = column.style.short?.(cellText(cell)) ?? cellText(cell);
    const isDated = day !== undefined && column.style.kind === 'time';
    return clipped(isDated ? text.slice(day.length + 1) : text, width, cutOf(column));
  };
  const content = measure(columns, sample, textOf);
  const chosen = choose(columns, content, width);
  return {
    columns: chosen,
    leftOut: names.filter((_, i) => !chosen.some(column => column.index === i)),
    day: chosen.some(({ style }) => style.kind === 'time') ? day : undefined,
    textOf,
    width,
  };
}

export const cutOf = ({ style }: Column): Cut => (style.cut === 'never' ? 'middle' : style.cut);

/** Whether a column of these rows has numbers, which stand at its right. */
export function isNumeric(
  rows: ReadonlyArray<readonly Cell[]>,
  index: number,
  { kind }: ColumnStyle,
): boolean {
  const cells = rows.map(row => row[index]!).filter(cell => cell !== null);
  const isNumber = (cell: Cell): boolean =>
    typeof cell === 'number' ||
    typeof cell === 'bigint' ||
    (kind === 'count' && typeof cell === 'string' && /^[\d,.]+$/.test(cell));
  return cells.length > 0 && cells.every(isNumber);
}

/** Gives every column its natural width; returns those of the contents without the names above them. */
function measure(
  columns: readonly Column[],
  sample: ReadonlyArray<readonly Cell[]>,
  textOf: Layout['textOf'],
): number[] {
  return columns.map(column => {
    const content = sample.reduce(
      (widest, row) => Math.max(widest, displayWidth(textOf(column, row[column.index]!))),
      0,
    );
    column.width = Math.max(content, displayWidth(column.head));
    return content;
  });
}

const lineWidth = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width }) => sum + width, 0) + GAP.length * Math.max(0, columns.length - 1);

/** The weightiest columns whose least widths fit, each as wide as the room allows. */
function choose(columns: readonly Column[], content: readonly number[], width: number): Column[] {
  const natural = columns.map(column => column.width);
  for (const [i, column] of columns.entries()) {
    const name = Math.min(natural[i]!, LEAST_NAME);
    column.width = Math.min(width, Math.max(name, Math.min(content[i]!, column.style.least)));
  }
  // What no row has says least of all.
  const weight = ({ index, style }: Column): number => (content[index] === 0 ? 0 : style.weight);
  const chosen: Column[] = [];
  for (const column of columns.toSorted((a, b) => weight(b) - weight(a)))
    if (chosen.length === 0 || lineWidth([...chosen, column]) <= width) chosen.push(column);
  // Values come before the names above them.
  widen(chosen, content, width);
  widen(chosen, natural, width);
  return chosen.sort((a, b) => a.index - b.index);
}

/** Shares the room that is left among the columns that are not as wide as they could be, by their weight. */
function widen(chosen: readonly Column[], widest: readonly number[], width: number): void {
  const need = ({ width: now, style }: Column): number => now / style.weight;
  for (let room = width - lineWidth(chosen); room > 0; room--) {
    const open = chosen.filter(column => column.width < widest[column.index]!);
    if (open.length === 0) return;
    open.reduce((best, column) => (need(column) < need(best) ? column : best)).width++;
  }
}

const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The day that all times are of, if they are. */
function commonDay(columns: readonly Column[], sample: ReadonlyArray<readonly Cell[]>): string | undefined {
  const times = columns.filter(({ style }) => style.kind === 'time');
  const days = new Set(
    sample.flatMap(row =>
      times.map(({ index }) => row[index]!).flatMap(cell => (cell === null ? [] : [dayOf(cell)])),
    ),
  );
  const [day] = days;
  return days.size === 1 ? day : undefined;
}

const dayOf = (cell: Cell): string | undefined => TIME.exec(cellText(cell))?.[1];

/**
 * The cells of a row, cut to their columns. A value that must not be cut takes what it needs from the others of its row,
 * from those that weigh least first: then the row is out of line, but whole where it matters.
 */
export function cutCells(
  { columns, textOf, width }: Layout,
  row: readonly Cell[],
): Array<{ text: string; width: number }> {
  const texts = columns.map(column => textOf(column, row[column.index]!));
  const widths = columns.map(({ width: own, style }, i) =>
    style.cut === 'never' ? Math.max(own, displayWidth(texts[i]!)) : own,
  );
  let excess = widths.reduce((sum, own) => sum + own, 0) + GAP.length * (columns.length - 1) - width;
  const order = columns.map((_, i) => i).sort((a, b) => columns[a]!.style.weight - columns[b]!.style.weight);
  for (const isLast of [false, true])
    for (const i of order) {
      if (excess <= 0) break;
      if ((columns[i]!.style.cut === 'never') !== isLast) continue;
      const taken = Math.min(excess, widths[i]! - 1);
      widths[i]! -= taken;
      excess -= taken;
    }
  return texts.map((text, i) => ({
    text: cutTo(text, widths[i]!, cutOf(columns[i]!)),
    width: widths[i]!,
  }));
}
