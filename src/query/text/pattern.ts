/** What a search looks for: a text or an expression → how it is found, and what every place where it occurs must hold. */

import { messageOf, UsageError } from '../../errors.js';
import { re2 } from '../../lazy.js';
import { fold, type View } from '../../views.js';

export interface PatternOptions {
  /** Upper and lower case differ. Default false. */
  caseSensitive?: boolean | undefined;
  /** Only matches without a letter, digit or underscore beside them. Default false. */
  word?: boolean | undefined;
  /** The texts are regular expressions in RE2's syntax. Default false. */
  regex?: boolean | undefined;
}

/** Offsets of a match. */
export interface Span {
  start: number;
  end: number;
}

/** One way in which a text may stand in a record. */
export interface Form {
  /**
   * Texts that a record with a match contains, each in one of its values or in what is constant between them: cut where
   * a match may go from one into the other.
   */
  pieces: readonly string[];
  /** True where the only piece is the text itself: then a piece found is the text found. */
  isWhole: boolean;
  /** True where a match in a part of a record's text is a match in the record: nothing depends on what stands around it. */
  isLiteral: boolean;
  /** The first match in a view of a record's text. */
  find(view: View): Span | undefined;
}

/** A record matches where one of the forms does. */
export type Pattern = readonly Form[];

/**
 * @param where what the text is looked for in: records, single values, beyond which no match goes, or lines of access logs
 * @throws UsageError `NO_TEXT`, `BAD_PATTERN`
 */
export function compilePattern(
  text: string,
  options: PatternOptions,
  where: 'record' | 'value' | 'line',
): Pattern {
  if (text === '')
    throw new UsageError('NO_TEXT', 'there is no text to search for', 'name at least one character');
  const written = [...new Set([text, text.normalize('NFC')])];
  if (options.regex) return written.map(pattern => inLine(expression(pattern, options), where));
  // Only JSON is kept without its white space.
  const forms = where === 'line' ? written : [...new Set([...written, ...written.flatMap(compacted)])];
  return forms.map(form => inLine(fixed(form, options, where !== 'record'), where));
}

/** What stands between the fields of a line, or has another place in the index than in the line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a client may write any byte
const BETWEEN_FIELDS = /[\s"[\]\u0000-\u001f]+/;

/** The same form of a text in a line: its pieces are cut where one field may end and another begin. */
function inLine(form: Form, where: 'record' | 'value' | 'line'): Form {
  if (where !== 'line') return form;
  // A dash may stand for a field that has no value in the index.
  const pieces = form.pieces
    .flatMap(piece => piece.split(BETWEEN_FIELDS))
    .filter(piece => piece !== '' && piece !== '-');
  return { ...form, pieces, isWhole: form.isWhole && pieces.length === 1 && pieces[0] === form.pieces[0] };
}

function fixed(
  text: string,
  { caseSensitive = false, word = false }: PatternOptions,
  inOneValue: boolean,
): Form {
  const wanted = caseSensitive ? text : fold(text);
  const pieces = inOneValue ? [text] : cut(text);
  return {
    pieces,
    isWhole: inOneValue || !MAY_STRADDLE.test(text),
    isLiteral: !word,
    find(view) {
      const subject = caseSensitive ? view.plain : view.folded;
      for (let start = subject.indexOf(wanted); start >= 0; start = subject.indexOf(wanted, start + 1)) {
        const end = start + wanted.length;
        if (!word || isWord(view.plain, start, end)) return { start, end };
      }
      return undefined;
    },
  };
}

const WORD = /[\p{L}\p{M}\p{N}_]/u;

function isWord(view: string, start: number, end: number): boolean {
  const before = start === 0 ? '' : String.fromCodePoint(view.codePointAt(start - 1)!);
  // The second half of a pair says nothing: take the whole.
  const wide = start > 1 && /[\udc00-\udfff]/.test(before) ? view.slice(start - 2, start) : before;
  const after = end < view.length ? String.fromCodePoint(view.codePointAt(end)!) : '';
  return !WORD.test(wide) && !WORD.test(after);
}

/**
 * Text with one of these may go from one value of a record into the next, between which stands `,"name":`; or from one
 * line of values into the next, which are not neighbours in the record.
 */
const MAY_STRADDLE = /["{}\n]|^:|,$/;

/** Cuts a text at every place where in a record one value may end and another begin. */
function cut(text: string): string[] {
  return text.split(/(?<=":)|(?=,")|(?<=^:)|(?=,$)|(?=\}$)/);
}

/**
 * The text without the white space that indented JSON has between its tokens: records are kept without it. A text may
 * begin inside a string or outside; where neither makes it a piece of JSON, it is no such text.
 */
export function compacted(text: string): string[] {
  if (!/"\s*:|\n/.test(text)) return [];
  return [false, true].flatMap(inString => compact(text, inString) ?? []);
}

const BETWEEN_STRINGS = /^(?:[\s{}[\],:]|true|false|null|-?\d[\d.eE+-]*)*$/;

function compact(text: string, beginsInString: boolean): string | undefined {
  let out = '';
  let isString = beginsInString;
  for (const part of text.split(/((?:\\[\s\S]|[^"\\])*(?:"|$))/).filter(Boolean)) {
    const body = part.endsWith('"') ? part.slice(0, -1) : part;
    if (!isString && !BETWEEN_STRINGS.test(body)) return undefined;
    // Scalars with only white space between them are not JSON.
    if (!isString && /[\w.+-]\s+[\w.+-]/.test(body)) return undefined;
    out += isString ? part : part.replaceAll(/\s/g, '');
    isString = !isString;
  }
  return out === '' ? undefined : out;
}

function expression(pattern: string, { caseSensitive = false, word = false }: PatternOptions): Form {
  const { RE2JS } = re2();
  const compiled = (() => {
    try {
      return RE2JS.compile(pattern, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
    } catch (error) {
      throw new UsageError(
        'BAD_PATTERN',
        `${JSON.stringify(pattern)} is not a valid regular expression: ${messageOf(error)}`,
        'the syntax is that of RE2 and Go; it has no look-around and no back references',
        { cause: error },
      );
    }
  })();
  return {
    pieces: literals(pattern),
    isWhole: false,
    isLiteral: false,
    find({ plain }) {
      const match = compiled.matcher(plain);
      while (match.find()) {
        const span = { start: match.start(), end: match.end() };
        if (!word || isWord(plain, span.start, span.end)) return span;
      }
      return undefined;
    },
  };
}

/**
 * Texts that whatever the expression matches contains. Only what stands outside groups and classes is looked at, and in
 * doubt nothing is taken: a text too few costs time, one too many a match.
 */
export function literals(pattern: string): string[] {
  const found: string[] = [];
  let run: string[] = [];
  const end = (): void => {
    if (run.length > 0) found.push(run.join(''));
    run = [];
  };
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const c = String.fromCodePoint(rest.codePointAt(0)!);
    if (c === '|') return [];
    if (c === '(' || c === '[') {
      end();
      at += c === '(' ? groupLength(rest) : classLength(rest);
    } else if (c === '\\') {
      if (/^\\[^\w\s]/u.test(rest)) run.push(String.fromCodePoint(rest.codePointAt(1)!));
      else end();
      // A quoted stretch may hold anything.
      if (rest.startsWith('\\Q')) return [];
      at += ESCAPE.exec(rest)![0].length;
    } else if (c === '*' || c === '?' || c === '{') {
      run.pop();
      end();
      at += /^\{\d*,?\d*\}/.exec(rest)?.[0].length ?? 1;
    } else if (c === '+') {
      end();
      at++;
    } else if (c === '.' || c === '^' || c === '$') {
      end();
      at++;
    } else {
      run.push(c);
      at += c.length;
    }
  }
  end();
  return found.flatMap(cut);
}

const ESCAPE = /^\\(?:x\{[^}]*\}?|x..|[pP]\{[^}]*\}?|[pP].|[0-7]{1,3}|.)?/su;

function classLength(rest: string): number {
  // The first bracket, if it comes first, is a member; named classes have brackets of their own.
  const whole = /^\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]/su.exec(rest);
  return whole ? whole[0].length : rest.length;
}

function groupLength(rest: string): number {
  let depth = 0;
  for (let at = 0; at < rest.length; ) {
    const c = rest[at]!;
    if (c === '\\') {
      if (rest.startsWith('\\Q', at)) return rest.length;
      at += ESCAPE.exec(rest.slice(at))![0].length;
      continue;
    }
    if (c === '[') {
      at += classLength(rest.slice(at));
      continue;
    }
    if (c === '(') depth++;
    if (c === ')') depth--;
    at++;
    if (depth === 0) return at;
  }
  return rest.length;
}
