/** Rows → text in one of the four formats. Knows nothing of queries; text comes in pieces, so that output can begin at once. */

import type { Cell } from './cell.js';
import { printable, printableJson } from './escape.js';

export const FORMATS = ['table', 'json', 'jsonl', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export interface RenderOptions {
  format: Format;
  columns: readonly string[];
  rows: Iterable<readonly Cell[]>;
  /** Width the table must fit; undefined leaves it as wide as its values. */
  width?: number | undefined;
  /** Whether the text goes to a terminal. JSON is always safe there; CSV keeps the exact bytes in a file. */
  terminal: boolean;
}

/** The output, piece by piece. Libraries are loaded for the format that needs them: they would double the start-up. */
export async function render({
  format,
  columns,
  rows,
  width,
  terminal,
}: RenderOptions): Promise<Iterable<string>> {
  switch (format) {
    case 'table': {
      const { tablePieces } = await import('./table.js');
      return tablePieces(columns, rows, width, terminal);
    }
    case 'csv': {
      const { stringify } = await import('csv-stringify/sync');
      return csvPieces(columns, rows, terminal, stringify);
    }
    case 'jsonl':
      return jsonLines(columns, rows);
    case 'json':
      return jsonArray(columns, rows);
  }
}

/** Rows are joined to pieces of about this many, so that a write is not a row. */
const PIECE = 200;

function* inPieces<T>(rows: Iterable<T>): Generator<T[]> {
  let piece: T[] = [];
  // The first rows leave at once.
  let size = 20;
  for (const row of rows) {
    piece.push(row);
    if (piece.length >= size) {
      yield piece;
      piece = [];
      size = PIECE;
    }
  }
  if (piece.length > 0) yield piece;
}

/** The row as an object; two columns of one name keep both values. */
function jsonRow(columns: readonly string[], row: readonly Cell[]): string {
  const members = columns.map((name, i) => `${JSON.stringify(name)}:${jsonCell(row[i]!)}`);
  return printableJson(`{${members.join(',')}}`);
}

function jsonCell(cell: Cell): string {
  if (typeof cell === 'bigint') return String(cell);
  if (Buffer.isBuffer(cell)) return JSON.stringify(cell.toString('hex'));
  return JSON.stringify(cell);
}

function* jsonLines(columns: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  for (const piece of inPieces(rows)) yield piece.map(row => `${jsonRow(columns, row)}\n`).join('');
}

function* jsonArray(columns: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  yield '[';
  let separator = '\n';
  for (const piece of inPieces(rows)) {
    yield separator + piece.map(row => jsonRow(columns, row)).join(',\n');
    separator = ',\n';
  }
  yield separator === '\n' ? ']\n' : '\n]\n';
}

function* csvPieces(
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
  terminal: boolean,
  stringify: typeof import('csv-stringify/sync').stringify,
): Generator<string> {
  // A cell that begins like a formula gets an apostrophe in front (OWASP, "CSV Injection"): the library sees to the
  // characters themselves, these are blanks that a spreadsheet may pass over.
  const HIDDEN_FORMULA = /^(?:\n|[\s\0\ufeff\u200b]+[=+\-@＝＋－＠])/;
  const csv = (records: readonly (readonly string[])[]): string =>
    stringify(records as string[][], { escape_formulas: true, record_delimiter: 'windows' });
  const cell = (value: Cell): string => {
    const text = Buffer.isBuffer(value) ? value.toString('hex') : value === null ? '' : String(value);
    const shown = terminal ? printable(text) : text;
    return HIDDEN_FORMULA.test(text) ? `'${shown}` : shown;
  };
  yield csv([columns]);
  for (const piece of inPieces(rows)) yield csv(piece.map(row => row.map(cell)));
}
