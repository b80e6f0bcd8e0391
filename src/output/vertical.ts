/** Rows as blocks of lines: a field a line, whole. */

import pc from 'picocolors';
import { type Cell, cellText } from './cell.js';
import { printable } from './escape.js';
import { slices } from './pieces.js';
import { displayWidth } from './width.js';

/** `[1]`, then `name  value` for each column, and an empty line between the rows. `before`: rows that were printed. */
export function* verticalLines(
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
  terminal: boolean,
  before = 0,
): Generator<string> {
  const { bold, dim } = pc.createColors(terminal && pc.isColorSupported);
  const names = columns.map(printable);
  const widest = Math.max(...names.map(displayWidth));
  let count = before;
  for (const row of rows) {
    yield `${count === 0 ? '' : '\n'}${dim(`[${++count}]`)}\n`;
    for (const [i, cell] of row.entries()) {
      const name = names[i]!;
      const text = cellText(cell);
      yield bold(name) + (text === '' ? '' : ' '.repeat(widest - displayWidth(name) + 2));
      for (const slice of slices(text)) yield printable(slice);
      yield '\n';
    }
  }
}
