/** The text forms of an export, piece by piece. */

import { inPieces } from '../output/pieces.js';
import { render } from '../output/rows.js';
import { LINE_JOINS } from '../query/access/statement.js';
import { LINE_SQL } from '../store/access-view.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { prepared } from '../store/statements.js';
import type { RowsOfExport } from './rows.js';

/** Rows as CSV, every value in quotes so that an empty text is not a NULL, or as a JSON object a line. */
export async function rowPieces(
  form: 'csv' | 'jsonl',
  ids: Iterable<number>,
  { columns, nested, rowOf }: RowsOfExport,
): Promise<Iterable<string>> {
  function* rows() {
    for (const id of ids) yield rowOf(id);
  }
  return render({ format: form, columns, nested, rows: rows(), terminal: false, quotesAll: true });
}

/**
 * CloudTrail's own form. On one line as CloudTrail writes it, because engines that read JSON by lines take a file for a
 * row. Each record byte for byte as it was, but for white space between tokens.
 */
export function recordPieces(db: Db, ids: Iterable<number>): Iterable<string> {
  const recordOf = createRebuilder(db);
  function* texts(): Generator<string> {
    let before = '{"Records":[';
    for (const id of ids) {
      yield before + recordOf(id);
      before = ',';
    }
    yield before === ',' ? ']}' : `${before}]}`;
  }
  return inPieces(texts());
}

/** Bytes that leave together. */
const TOGETHER = 1 << 17;

/** Lines of access logs, byte for byte: text of clients in them need not be UTF-8. */
export function* linePieces(db: Db, ids: Iterable<number>): Generator<Buffer> {
  const find = prepared(db, `SELECT CAST(${LINE_SQL} AS BLOB) FROM ${LINE_JOINS} WHERE l.id = ?`).pluck();
  const lineBreak = Buffer.from('\n');
  let pieces: Buffer[] = [];
  let bytes = 0;
  for (const id of ids) {
    const line = find.get(id) as Buffer;
    pieces.push(line, lineBreak);
    bytes += line.length + 1;
    if (bytes < TOGETHER) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(pieces);
}
