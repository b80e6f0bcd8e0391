/** Functions over regular expressions. */

import { invalidArgument } from '../errors.js';
import { type Match, matchesOf, type Pattern, pattern } from '../regexp/engine.js';
import { remember } from '../remember.js';
import { countTo, lengthOf, offsetOf } from '../text/code-points.js';
import type { Lambda } from '../values.js';
import { type SqlFunction, scalar } from './registry.js';

function groupOf(regexp: Pattern, group: bigint): number {
  if (group < 0n) invalidArgument('Group cannot be negative');
  if (group > regexp.groups)
    invalidArgument(`Pattern has ${regexp.groups} groups. Cannot access group ${group}`);
  return Number(group);
}

function extract(text: string, source: string, group = 0n): string | null {
  const regexp = pattern(source);
  const number = groupOf(regexp, group);
  return regexp.find(text)?.group(number) ?? null;
}

function extractAll(text: string, source: string, group = 0n): Array<string | null> {
  const regexp = pattern(source);
  const number = groupOf(regexp, group);
  return Array.from(matchesOf(regexp, text), match => match.group(number));
}

/** A piece of a replacement: text, or the number of a group. */
type Piece = string | number;

const piecesOf = remember((key: string): Piece[] => {
  const [replacement, source] = JSON.parse(key) as [string, string];
  return readReplacement(replacement, pattern(source));
});

function readReplacement(replacement: string, { groups, names }: Pattern): Piece[] {
  const illegal = (): never => invalidArgument(`Illegal replacement sequence: ${replacement}`);
  const unknown = (group: string): never =>
    invalidArgument(`Illegal replacement sequence: unknown group ${group}`);
  const pieces: Piece[] = [];
  for (let at = 0; at < replacement.length; at++) {
    const character = replacement[at]!;
    if (character !== '$') {
      if (character === '\\' && ++at >= replacement.length) illegal();
      pieces.push(replacement[at]!);
      continue;
    }
    if (replacement[at + 1] === '{') {
      const end = replacement.indexOf('}', at);
      const name = replacement.slice(at + 2, end < 0 ? undefined : end);
      pieces.push((end < 0 ? undefined : names.get(name)) ?? unknown(`{ ${name} }`));
      at = end;
      continue;
    }
    let digits = /^[0-9]+/.exec(replacement.slice(at + 1, at + 20))?.[0] ?? illegal();
    if (Number(digits[0]) > groups) unknown(digits[0]!);
    // As many digits as are a group's number.
    while (digits.length > 1 && Number(digits) > groups) digits = digits.slice(0, -1);
    pieces.push(Number(digits));
    at += digits.length;
  }
  return pieces;
}

function replaceMatches(text: string, source: string, by: (match: Match) => string | null): string | null {
  let out = '';
  let end = 0;
  for (const match of matchesOf(pattern(source), text)) {
    const value = by(match);
    if (value === null) return null;
    out += text.slice(end, match.start) + value;
    end = match.end;
  }
  return out + text.slice(end);
}

function replace(text: string, source: string, replacement = ''): string | null {
  const regexp = pattern(source);
  if (!regexp.find(text)) return text;
  const pieces = piecesOf(JSON.stringify([replacement, source]));
  return replaceMatches(text, source, match =>
    pieces.map(piece => (typeof piece === 'string' ? piece : (match.group(piece) ?? ''))).join(''),
  );
}

function replaceBy(text: string, source: string, lambda: Lambda): string | null {
  const { groups } = pattern(source);
  return replaceMatches(
    text,
    source,
    match => lambda(Array.from({ length: groups }, (_, i) => match.group(i + 1))) as string | null,
  );
}

function split(text: string, source: string): string[] {
  const parts: string[] = [];
  let end = 0;
  for (const match of matchesOf(pattern(source), text)) {
    parts.push(text.slice(end, match.start));
    end = match.end;
  }
  return [...parts, text.slice(end)];
}

function count(text: string, source: string): bigint {
  let matches = 0n;
  for (const _ of matchesOf(pattern(source), text)) matches++;
  return matches;
}

function position(text: string, source: string, start = 1n, occurrence = 1n): bigint {
  if (start < 1n) invalidArgument('start position cannot be smaller than 1');
  if (occurrence < 1n) invalidArgument('occurrence cannot be smaller than 1');
  const regexp = pattern(source);
  if (start > lengthOf(text)) return -1n;
  let at = offsetOf(text, Number(start) - 1);
  for (let left = occurrence; ; left--) {
    const match = at <= text.length ? regexp.find(text, at) : undefined;
    if (!match) return -1n;
    if (left === 1n) return BigInt(countTo(text, match.start) + 1);
    at =
      match.end > match.start ? match.end : match.end + ((text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1);
  }
}

export const REGEXP: readonly SqlFunction[] = [
  scalar(
    'regexp_like(varchar, varchar) -> boolean',
    'Whether a regular expression matches anywhere in a text.',
    (text: string, source: string) => pattern(source).test(text),
  ),
  scalar(
    'regexp_extract(varchar, varchar) -> varchar',
    'The first match of a regular expression, or null.',
    (text, source) => extract(text, source),
  ),
  scalar(
    'regexp_extract(varchar, varchar, bigint) -> varchar',
    'A group of the first match of a regular expression, or null.',
    extract,
  ),
  scalar(
    'regexp_extract_all(varchar, varchar) -> array(varchar)',
    'All matches of a regular expression.',
    (text, source) => extractAll(text, source),
  ),
  scalar(
    'regexp_extract_all(varchar, varchar, bigint) -> array(varchar)',
    'A group of all matches of a regular expression.',
    extractAll,
  ),
  scalar(
    'regexp_replace(varchar, varchar) -> varchar',
    'The text without the matches of a regular expression.',
    (text, source) => replace(text, source),
  ),
  scalar(
    'regexp_replace(varchar, varchar, varchar) -> varchar',
    'The text with another in place of each match of a regular expression; `$1` is its first group.',
    replace,
  ),
  scalar(
    'regexp_replace(varchar, varchar, function(array(varchar), varchar)) -> varchar',
    'The text with what a lambda makes of its groups in place of each match of a regular expression.',
    replaceBy,
  ),
  scalar(
    'regexp_split(varchar, varchar) -> array(varchar)',
    'The parts of a text between the matches of a regular expression.',
    split,
  ),
  scalar('regexp_count(varchar, varchar) -> bigint', 'Number of matches of a regular expression.', count),
  scalar(
    'regexp_position(varchar, varchar) -> integer',
    'Position of the first match of a regular expression, or -1.',
    (text, source) => position(text, source),
  ),
  scalar(
    'regexp_position(varchar, varchar, integer) -> integer',
    'Position of the first match of a regular expression at a position or after it, or -1.',
    (text, source, start) => position(text, source, start),
  ),
  scalar(
    'regexp_position(varchar, varchar, integer, integer) -> integer',
    'Position of the n-th match of a regular expression at a position or after it, or -1.',
    position,
  ),
];
