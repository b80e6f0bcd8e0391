/** An aligned table: whole where it goes to a file, fitted to the width of a terminal. */

import pc from 'picocolors';
import { type Cell, cellSize, cellText } from './cell.js';
import { styleOf } from './columns.js';
import { printable } from './escape.js';
import { cutCells, fitted, GAP, isNumeric, type Layout } from './layout.js';
import { slices } from './pieces.js';
import { cutTo, displayWidth } from './width.js';

/** The layout is decided on the first rows, as many or as long as this; later ones are fitted to it. */
const SAMPLE = 200;
const SAMPLE_LENGTH = 1 << 20;
/** Where nothing is cut, a column is padded to no more than this: one huge value must not make every row huge. */
const WIDEST = 200;

export interface TableOptions {
  columns: readonly string[];
  rows: Iterable<readonly Cell[]>;
  /** Characters of a line; undefined leaves every value whole, and a longer one pushes its row to the right. */
  width?: number | undefined;
  /** Whether colours may be used. */
  terminal: boolean;
  /** Told the columns that there is no room for. */
  onLeftOut?: ((columns: readonly string[]) => void) | undefined;
  /** Of a table that comes in parts: how the first was laid out, for those after it. */
  memory?: TableMemory | undefined;
}

export interface TableMemory {
  lines?: (rows: Rows) => Iterable<string>;
}

type Rows = Iterable<readonly Cell[]>;
type Sample = ReadonlyArray<readonly Cell[]>;
type Colours = ReturnType<typeof pc.createColors>;

/** The table line by line; a long line comes in pieces. */
export function* tableLines(options: TableOptions): Generator<string> {
  const { columns, rows, width, terminal, onLeftOut, memory = {} } = options;
  if (memory.lines) {
    yield* memory.lines(rows);
    return;
  }
  const colours = pc.createColors(terminal && pc.isColorSupported);
  const iterator = rows[Symbol.iterator]();
  try {
    const { sample, isAll } = firstRows(iterator);
    const all = sampleThenRest(sample, iterator);
    let table: Table;
    if (width === undefined) table = wholeTable(columns, sample, colours);
    else {
      const layout = fitted(columns, sample, width, isAll);
      if (layout.leftOut.length > 0) onLeftOut?.(layout.leftOut);
      table = fittedTable(layout, colours);
    }
    memory.lines = table.lines;
    yield* table.head;
    yield* table.lines(all);
  } finally {
    iterator.return?.();
  }
}

function firstRows(rows: Iterator<readonly Cell[]>): { sample: Sample; isAll: boolean } {
  const sample: Array<readonly Cell[]> = [];
  let length = 0;
  while (sample.length < SAMPLE && length < SAMPLE_LENGTH) {
    const next = rows.next();
    if (next.done) return { sample, isAll: true };
    sample.push(next.value);
    length += next.value.reduce((sum: number, cell) => sum + cellSize(cell), 0);
  }
  return { sample, isAll: false };
}

function* sampleThenRest(sample: Sample, rest: Iterator<readonly Cell[]>): Generator<readonly Cell[]> {
  yield* sample;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

/** The lines above the rows, and those of rows. */
interface Table {
  head: string[];
  lines(rows: Rows): Iterable<string>;
}

function fittedTable(layout: Layout, { bold, red, dim }: Colours): Table {
  const { columns, day, width } = layout;
  const line = (cells: ReturnType<typeof cutCells>, style: (text: string, i: number) => string): string =>
    `${cells
      .map(({ text, width: own }, i) => {
        const spaces = ' '.repeat(Math.max(0, own - displayWidth(text)));
        if (columns[i]!.isRight) return spaces + style(text, i);
        // Blanks at the end of a line could wrap it.
        return style(text, i) + (cells.slice(i + 1).some(cell => cell.text !== '') ? spaces : '');
      })
      .join(GAP)
      .trimEnd()}\n`;
  const names = line(
    columns.map(column => ({ text: cutTo(column.head, column.width, 'end'), width: column.width })),
    text => (text === '' ? '' : bold(text)),
  );
  function* lines(rows: Rows): Generator<string> {
    for (const row of rows)
      yield line(cutCells(layout, row), (text, i) =>
        text !== '' && columns[i]!.style.kind === 'error' ? red(text) : text,
      );
  }
  const above = day === undefined ? [] : [`${dim(cutTo(`all on ${day}, UTC`, width, 'end'))}\n`];
  return { head: [...above, names], lines };
}

/** Every value whole. */
function wholeTable(columns: readonly string[], sample: Sample, { bold }: Colours): Table {
  const head = columns.map(printable);
  const widthOf = (text: string): number =>
    text.length > WIDEST ? WIDEST : Math.min(WIDEST, displayWidth(printable(text)));
  const widths = columns.map((name, i) =>
    sample.reduce((widest, row) => Math.max(widest, widthOf(cellText(row[i]!))), widthOf(name)),
  );
  const isRight = columns.map((name, i) => isNumeric(sample, i, styleOf(name)));
  const padding = (text: string, i: number): string => ' '.repeat(Math.max(0, widths[i]! - widthOf(text)));
  const titles = head.map((name, i) =>
    isRight[i] ? padding(name, i) + bold(name) : bold(name) + padding(name, i),
  );
  function* lines(rows: Rows): Generator<string> {
    for (const row of rows) {
      const last = row.findLastIndex(cell => cellText(cell) !== '');
      let line = '';
      for (const [i, cell] of row.slice(0, last + 1).entries()) {
        const text = cellText(cell);
        const spaces = padding(text, i);
        line += (i > 0 ? GAP : '') + (isRight[i] ? spaces : '');
        if (text.length <= WIDEST) line += printable(text);
        else {
          yield line;
          for (const slice of slices(text)) yield printable(slice);
          line = '';
        }
        if (!isRight[i] && i < last) line += spaces;
      }
      yield `${line.trimEnd()}\n`;
    }
  }
  return { head: [`${titles.join(GAP).trimEnd()}\n`], lines };
}
