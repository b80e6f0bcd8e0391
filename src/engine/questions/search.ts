/** Any text in the columns of events, asked of an engine: it has columns where an index has the record's own text. */

import { FIELDS, IDENTITY_LEAVES, TLS_LEAVES } from '../../cloudtrail/fields.js';
import { UsageError } from '../../errors.js';
import { surroundings } from '../../output/excerpt.js';
import type { Spelling } from '../../query/columns/spelling.js';
import { type EventSummary, SUMMARY_WHO } from '../../query/event-summary.js';
import { checkedLimit } from '../../query/limit.js';
import { type Match, type SearchOptions, textsOf } from '../../query/search-run.js';
import { compilePattern } from '../../query/text/pattern.js';
import { viewColumns } from '../../store/view.js';
import { fold, jsonViews, plainViews, viewOf } from '../../views.js';
import type { EngineValue } from '../engine.js';
import { type Asker, numberCell, textCell } from './asker.js';
import { checkAskable, engineFilters, limitText, whereText } from './filters.js';
import { type EventTable, eventTable, notThere, type SearchedColumn } from './table.js';
import { textCondition } from './text.js';

/** An event that a search found. */
export interface EngineHit extends EventSummary {
  /** The text as the event has it; null where the match cannot be shown. */
  match: string | null;
  /** What stands before and after it in its column. */
  around: { before: string; after: string } | null;
}

export interface EngineSearch {
  /** To be read once; they come as the engine gives them. */
  hits: AsyncIterable<EngineHit>;
  spellings: readonly Spelling[];
}

/**
 * Finds events by a text in their columns.
 * @throws UsageError `NOT_ON_ENGINE`, and those of `search`
 */
export async function askSearch(asker: Asker, options: SearchOptions): Promise<EngineSearch> {
  const { table, columns, where, most, spellings } = searching(asker, options);
  const summary = SUMMARY.map(([, expression]) => expression);
  const statement = [
    `SELECT\n  ${[...summary, ...columns.map(({ expression }) => expression)].map((expression, i) => `${expression} AS c${i}`).join(',\n  ')}`,
    `\nFROM ${table.name}${whereText(where)}`,
    `\nORDER BY ${table.order(options.order === 'oldest' ? 'ASC' : 'DESC')}`,
    limitText(most),
  ].join('');
  const locate = createLocator(options, columns);
  async function* hits(): AsyncGenerator<EngineHit> {
    for await (const row of asker.rows(statement)) {
      const found = locate(row.slice(SUMMARY.length));
      yield {
        ...(Object.fromEntries(
          SUMMARY.map(([name], i) => [name, textCell(row[i])]),
        ) as unknown as EventSummary),
        match: found?.view.slice(found.start, found.end) ?? null,
        around: found ? surroundings(found.view, found.start, found.end) : null,
      };
    }
  }
  return { hits: hits(), spellings };
}

/** The number of events that a search finds, up to the limit. */
export async function countSearch(asker: Asker, options: SearchOptions): Promise<number> {
  const { table, where, most } = searching(asker, options);
  const [row] = await asker.all(`SELECT count(*)\nFROM ${table.name}${whereText(where)}`);
  return Math.min(most, numberCell(row?.[0]) ?? 0);
}

const SUMMARY: ReadonlyArray<[name: keyof EventSummary, expression: string]> = [
  ['eventTime', 'eventTime'],
  ['eventSource', 'eventSource'],
  ['eventName', 'eventName'],
  ['who', `coalesce(${SUMMARY_WHO.map(leaf => `nullif(userIdentity.${leaf}, '')`).join(', ')})`],
  ['sourceIPAddress', 'sourceIPAddress'],
  ['awsRegion', 'awsRegion'],
  ['errorCode', 'errorCode'],
  ['eventID', 'eventID'],
];

interface Searching {
  table: EventTable;
  columns: readonly SearchedColumn[];
  where: string[];
  most: number;
  spellings: readonly Spelling[];
}

/** What both the rows and their number need. */
function searching(asker: Asker, options: SearchOptions): Searching {
  const { any = false, not = [], caseSensitive, word, regex, field, limit, source, status, token } = options;
  const { text: _text, order: _order, ...more } = options;
  checkAskable('search', { source, status, token });
  const texts = textsOf(options);
  const most = checkedLimit(limit);
  const table = eventTable(asker.table);
  const columns = field === undefined ? table.searched : searchedIn(table, field);
  const pattern = { caseSensitive, word, regex, isValue: field !== undefined };
  const holds = (one: string): string => textCondition(one, columns, pattern);
  const wanted = texts.map(holds);
  const unwanted = [not].flat().map(one => `NOT coalesce(${holds(one)}, false)`);
  const { where, spellings } = engineFilters(asker, table, filtersOf(more));
  if (field === undefined) sayWhatIsNotSearched(asker, [...texts, ...[not].flat()], regex === true);
  return {
    table,
    columns,
    where: [...where, ...(any ? [`(${wanted.join('\n    OR ')})`] : wanted), ...unwanted],
    most,
    spellings,
  };
}

/** The filters among the options of a search. */
function filtersOf(options: Omit<SearchOptions, 'text' | 'order'>) {
  const { any, not, caseSensitive, word, regex, field, limit, source, status, token, ...filters } = options;
  return filters;
}

/** @throws UsageError `NO_SUCH_COLUMN`, `NOT_ON_ENGINE` */
function searchedIn(table: EventTable, field: string): readonly SearchedColumn[] {
  const name = field.toLowerCase();
  if (!viewColumns().some(({ column }) => column === name))
    throw new UsageError(
      'NO_SUCH_COLUMN',
      `cloudtrail_logs has no column ${JSON.stringify(field)}`,
      'docs/schema.md lists the columns',
    );
  const columns = table.searchedIn(name);
  if (columns === undefined) throw notThere(table, name);
  return columns;
}

/** Every name that stands in records, folded. */
const NAMES = [
  ...FIELDS.map(({ name }) => name),
  ...[...IDENTITY_LEAVES, ...TLS_LEAVES].flatMap(path => path.split('.')),
].map(fold);

/** What an index finds in a record, and an engine in none of its columns. */
function sayWhatIsNotSearched({ notes }: Asker, texts: readonly string[], isRegex: boolean): void {
  notes.add(
    'an engine searches the values of its columns, each on its own: not names of fields, not a text that goes from one field into the next, nor fields that the table has no column for',
  );
  if (isRegex) notes.add('\\b, and letters in any case beyond ASCII, are read as the engine reads them');
  for (const text of texts)
    if (!isRegex && NAMES.some(name => name.includes(fold(text))))
      notes.add(
        `${JSON.stringify(text)} is also in names of fields, where an index finds it in nearly every record`,
      );
}

/** Finds where the first of the texts stands, in the first column that has it. */
function createLocator(
  options: SearchOptions,
  columns: readonly SearchedColumn[],
): (values: readonly EngineValue[]) => Match | undefined {
  const forms = textsOf(options).flatMap(text => [
    ...compilePattern(text, options, 'value'),
    ...compilePattern(text, options, 'record'),
  ]);
  return values => {
    for (const form of forms)
      for (const [i, { isJson }] of columns.entries())
        for (const text of [values[i] ?? null].flat() as EngineValue[]) {
          if (typeof text !== 'string') continue;
          for (const view of (isJson ? jsonViews : plainViews)(text)) {
            const span = form.find(viewOf(view));
            if (span) return { ...span, view };
          }
        }
    return undefined;
  };
}
