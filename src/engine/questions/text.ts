/**
 * Finding a text in the columns of a table: as conditions on decoded values, and on JSON as it is written; where it has
 * escapes, also with every string escaped as little as JSON allows, and in each decoded string.
 */

import { literal } from '../../query/filter/sql-text.js';
import { compacted, compilePattern, type PatternOptions } from '../../query/text/pattern.js';
import { fold } from '../../views.js';
import { portablePattern, quoted } from './regexp.js';
import type { SearchedColumn } from './table.js';

/** Stands between the values of columns that are looked at together: in no text that is looked for. */
const BETWEEN = ['\u0001', '\u0002', '\u0003'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII is what is looked for
const NOT_ASCII = /[^\u0000-\u007f]/;
/** What may stand beside a word, as a class of Trino's and Athena's engines. */
const NO_WORD = '[^\\p{L}\\p{M}\\p{N}_]';

/** A test on an expression that is a text. */
type Test = (expression: string) => string;

/**
 * The condition for events that have a text in one of the columns; NULL or false for all others.
 * @throws UsageError `NO_TEXT`, `BAD_PATTERN`, `NOT_ON_ENGINE`
 */
export function textCondition(
  text: string,
  columns: readonly SearchedColumn[],
  options: PatternOptions & { isValue: boolean },
): string {
  // Throws on what no search takes.
  compilePattern(text, options, 'value');
  const written = [...new Set([text, text.normalize('NFC')])];
  const needsNfc = NOT_ASCII.test(text);
  const inColumns = (tests: readonly Test[], among: readonly SearchedColumn[]): string[] =>
    among.length === 0 ? [] : inAny(tests, among, text, options.regex === true || options.word === true);
  const json = columns.filter(({ isJson }) => isJson);
  const plain = written.map(one => testOf(one, options, needsNfc));
  // In JSON the text may be one with white space between tokens.
  const compact = options.regex ? [] : [...new Set(written.flatMap(compacted))];
  const conditions = [
    ...inColumns(plain, columns),
    ...inColumns(
      compact.map(one => testOf(one, options, needsNfc)),
      json,
    ),
    ...json.map(({ expression }) => {
      const unescaped = `json_format(TRY(json_parse(${expression})))`;
      const strings = `regexp_extract_all(${expression}, '"(?:[^"\\\\]|\\\\.)*"')`;
      const inString = plain.map(test => test("json_extract_scalar(t, '$')"));
      return `(strpos(${expression}, '\\') > 0 AND (${[
        ...plain.map(test => test(unescaped)),
        `any_match(${strings}, t -> ${inString.join(' OR ')})`,
      ].join(' OR ')}))`;
    }),
  ];
  return `(${conditions.join('\n    OR ')})`;
}

function testOf(
  text: string,
  { caseSensitive = false, word = false, regex = false, isValue }: PatternOptions & { isValue: boolean },
  needsNfc: boolean,
): Test {
  const views = (expression: string): string[] =>
    needsNfc ? [expression, `normalize(${expression}, NFC)`] : [expression];
  // As `fold` does: each character by its capital, so that every form of a letter is one.
  const folded = (expression: string): string => (caseSensitive ? expression : `lower(upper(${expression}))`);
  const any =
    (test: Test): Test =>
    expression =>
      views(expression).map(test).join(' OR ');
  const around = (pattern: string): string =>
    word ? `(?:\\A|${NO_WORD})(?:${pattern})(?:\\z|${NO_WORD})` : pattern;
  if (regex) {
    const pattern = around(portablePattern(text, { isValue }));
    return any(of => `regexp_like(${of}, ${literal(caseSensitive ? pattern : `(?i)${pattern}`)})`);
  }
  const wanted = caseSensitive ? text : fold(text);
  if (word) return any(of => `regexp_like(${folded(of)}, ${literal(around(quoted(wanted)))})`);
  return any(of => `strpos(${folded(of)}, ${literal(wanted)}) > 0`);
}

/** Tests on columns: plain texts on all of them at once, patterns on each, so that no match goes from one into the next. */
function inAny(
  tests: readonly Test[],
  columns: readonly SearchedColumn[],
  text: string,
  isPattern: boolean,
): string[] {
  const between = BETWEEN.find(one => !text.includes(one));
  const many = columns.filter(({ isMany }) => isMany);
  const single = columns.filter(({ isMany }) => !isMany).map(({ expression }) => expression);
  const together =
    isPattern || between === undefined || single.length < 2
      ? single
      : [`concat_ws(chr(${between.codePointAt(0)}), ${single.join(', ')})`];
  return tests.flatMap(test => [
    ...together.map(test),
    ...many.map(({ expression }) => `any_match(${expression}, t -> ${test('t')})`),
  ]);
}
