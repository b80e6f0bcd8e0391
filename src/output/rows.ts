/** Rows → text in one of the formats. Knows nothing of queries; text comes in pieces, so that output can begin at once. */

import { type Cell, cellSize, cellText } from './cell.js';
import { CSV, csvCell } from './csv.js';
import { printable, printableJson } from './escape.js';
import { batches, inPieces, slices } from './pieces.js';
import type { TableMemory } from './table.js';

export const FORMATS = ['table', 'vertical', 'json', 'jsonl', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export interface RenderOptions {
  format: Format;
  columns: readonly string[];
  /** Which columns hold JSON text: objects and lists in them are nested in json and jsonl. */
  nested?: readonly boolean[] | undefined;
  rows: Iterable<readonly Cell[]>;
  /** Characters of a line that a table must fit; undefined leaves every value whole. */
  width?: number | undefined;
  /** Whether the text goes to a terminal. JSON is always safe there; CSV keeps the exact bytes in a file. */
  terminal: boolean;
  /** Whether every value of CSV is quoted, so that an empty text is not taken for a null. Default false. */
  quotesAll?: boolean | undefined;
  /** Told the columns that a table has no room for. */
  onLeftOut?: ((columns: readonly string[]) => void) | undefined;
  /** Where these are a part of the rows. Default: they are all. */
  part?: Part | undefined;
}

/** A part of rows that come over time. */
interface Part {
  /** Rows of the parts before. */
  before: number;
  isLast: boolean;
  table: TableMemory;
}

/** Rows of a part: more than a table lays itself out by, so that it knows whether these are all. */
const TOGETHER = 500;
const LENGTH = 4 << 20;

/** The same of rows that come over time, as those of an engine do: what is there leaves before the rest has come. */
export async function* renderOverTime(
  options: Omit<RenderOptions, 'rows' | 'part'> & { rows: AsyncIterable<readonly Cell[]> },
): AsyncGenerator<string> {
  const table: TableMemory = {};
  let before = 0;
  let rows: Array<readonly Cell[]> = [];
  let length = 0;
  const pieces = (isLast: boolean) => render({ ...options, rows, part: { before, isLast, table } });
  for await (const row of options.rows) {
    rows.push(row);
    length += rowLength(row);
    if (rows.length < TOGETHER && length < LENGTH) continue;
    yield* await pieces(false);
    before += rows.length;
    rows = [];
    length = 0;
  }
  yield* await pieces(true);
}

/** The output, piece by piece. Libraries are loaded for the format that needs them: they would double the start-up. */
export async function render(options: RenderOptions): Promise<Iterable<string>> {
  const { format, columns, rows, terminal, part } = options;
  switch (format) {
    case 'table': {
      const { tableLines } = await import('./table.js');
      return inPieces(tableLines({ ...options, memory: part?.table }));
    }
    case 'vertical': {
      const { verticalLines } = await import('./vertical.js');
      return inPieces(verticalLines(columns, rows, terminal, part?.before));
    }
    case 'csv': {
      const { stringify } = await import('csv-stringify/sync');
      return csvPieces(options, stringify);
    }
    case 'jsonl':
      return inPieces(jsonLines(options));
    case 'json':
      return inPieces(jsonArray(options));
  }
}

/** A row longer than this is not made into one string. */
const LONG_ROW = 1 << 20;

const rowLength = (row: readonly Cell[]): number =>
  row.reduce((sum: number, cell) => sum + cellSize(cell), 0);

type JsonOptions = Pick<RenderOptions, 'columns' | 'rows' | 'nested'>;

/** The row as an object; two columns of one name keep both values. */
function* jsonRow(
  { columns, nested }: JsonOptions,
  row: readonly Cell[],
  before: string,
  after: string,
): Generator<string> {
  const name = (i: number): string => `${i === 0 ? '{' : ','}${JSON.stringify(columns[i])}:`;
  if (rowLength(row) <= LONG_ROW) {
    const members = row.map((cell, i) => name(i) + [...jsonCell(cell, nested?.[i])].join(''));
    yield `${before}${printableJson(members.join(''))}}${after}`;
    return;
  }
  yield before;
  for (const [i, cell] of row.entries()) {
    yield printableJson(name(i));
    for (const piece of jsonCell(cell, nested?.[i])) yield printableJson(piece);
  }
  yield `}${after}`;
}

function* jsonCell(cell: Cell, isNested = false): Generator<string> {
  if (cell === null || typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean') {
    yield typeof cell === 'bigint' ? String(cell) : JSON.stringify(cell);
    return;
  }
  const text = cellText(cell);
  if (isNested && isJsonTree(text)) {
    // As it is written: a number that was read and printed again could be another one. Line breaks stand between tokens.
    for (const slice of slices(text)) yield slice.replaceAll(/[\r\n\t]/g, ' ');
    return;
  }
  yield '"';
  for (const slice of slices(text)) yield JSON.stringify(slice).slice(1, -1);
  yield '"';
}

/** Whether a text is a JSON object or list. */
function isJsonTree(text: string): boolean {
  if (!/^[\t\n\r ]*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function* jsonLines(options: JsonOptions): Generator<string> {
  for (const row of options.rows) yield* jsonRow(options, row, '', '\n');
}

function* jsonArray(options: JsonOptions & Pick<RenderOptions, 'part'>): Generator<string> {
  const { before, isLast } = options.part ?? { before: 0, isLast: true };
  if (before === 0) yield '[';
  let separator = before === 0 ? '\n' : ',\n';
  for (const row of options.rows) {
    yield* jsonRow(options, row, separator, '');
    separator = ',\n';
  }
  if (isLast) yield separator === '\n' ? ']\n' : '\n]\n';
}

type Stringify = typeof import('csv-stringify/sync').stringify;

function* csvPieces(
  { columns, rows, terminal, quotesAll = false, part }: RenderOptions,
  stringify: Stringify,
): Generator<string> {
  const form = quotesAll ? { ...CSV, quoted_string: true } : CSV;
  const cell = (value: Cell): string | null => {
    if (value === null && quotesAll) return null;
    return terminal ? printable(csvCell(value)) : csvCell(value);
  };
  if (part === undefined || part.before === 0) yield stringify([columns.map(cell)], form);
  for (const batch of batches(rows, rowLength)) {
    const long = batch.at(-1)!;
    const isLong = rowLength(long) > LONG_ROW;
    if (isLong) batch.pop();
    yield stringify(
      batch.map(row => row.map(cell)),
      form,
    );
    if (isLong) yield* longCsvRow(long.map(cell), form, stringify);
  }
}

function* longCsvRow(
  cells: ReadonlyArray<string | null>,
  form: object,
  stringify: Stringify,
): Generator<string> {
  for (const [i, cell] of cells.entries())
    yield (i === 0 ? '' : ',') + stringify([[cell]], { ...form, eof: false });
  yield '\r\n';
}
