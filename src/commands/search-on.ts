/** What `offtrail search --on` prints: matches as an index shows them. */

import type { EngineHit } from '../engine/questions/search.js';
import type { Value } from '../query/sqlite.js';
import { lineTexts, type SearchFormat, SUMMARY_COLUMNS } from './search-output.js';
import { print, printRows } from './terminal.js';

/**
 * Prints the events that a search found, as they come.
 * @param column the one that is searched; undefined where all are
 * @returns how many there were
 */
export async function printHits(
  hits: AsyncIterable<EngineHit>,
  format: SearchFormat,
  column: string | undefined,
): Promise<number> {
  if (format !== 'text')
    return printRows({ columns: [...SUMMARY_COLUMNS, 'match'], rows: rowsOf(hits) }, format);
  const lineText = await lineTexts(column?.toLowerCase());
  let count = 0;
  for await (const hit of hits) {
    count++;
    await print(lineText({ summary: hit, isLine: false, marks: [], match: matchOf(hit) }));
  }
  return count;
}

async function* rowsOf(hits: AsyncIterable<EngineHit>): AsyncGenerator<Value[]> {
  for await (const hit of hits) yield [...SUMMARY_COLUMNS.map(name => hit[name]), hit.match];
}

/** The match in what stands around it. */
function matchOf({ match, around }: EngineHit) {
  if (match === null) return undefined;
  const { before, after } = around ?? { before: '', after: '' };
  return { view: before + match + after, start: before.length, end: before.length + match.length };
}
