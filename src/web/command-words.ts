/** The command line that gives what a view shows: as words for the command itself, and as text for a person's shell. */

import type { OptionKind } from '../option-kinds.js';
import { inParts } from '../output/escape.js';
import { dashed } from '../query/filter/filter.js';

/** Options of a question under the names of the library. */
export type Options = Readonly<Record<string, unknown>>;
/** Names of options with what each of them takes. */
export type Kinds = Readonly<Record<string, OptionKind>>;

export interface CommandShape {
  /** `['s3', 'anonymous']`. */
  verb: readonly string[];
  /** Names of the options that the command takes as words, in their order. */
  words?: readonly string[];
  /** Names of the command line where they are not those of the library with dashes. */
  names?: Readonly<Record<string, string>>;
  /** Options whose values stand together, with commas between. */
  joined?: readonly string[];
  /** Options that only the page has. */
  without?: readonly string[];
  /** What the command is given besides. */
  extra?: readonly string[];
}

/**
 * @param options checked ones
 * @returns the words after `offtrail`; undefined where a value has a character that no command line can hold
 */
export function commandWords(shape: CommandShape, options: Options, kinds: Kinds): string[] | undefined {
  const { verb, words = [], names = {}, joined = [], without = [], extra = [] } = shape;
  const flags: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    if (words.includes(name) || without.includes(name)) continue;
    const option = `--${names[name] ?? dashed(name)}`;
    if (kinds[name] === 'flag') flags.push(...(value === true ? [option] : []));
    else if (joined.includes(name)) flags.push(`${option}=${textsOf(value).join(',')}`);
    else for (const text of textsOf(value)) flags.push(`${option}=${text}`);
  }
  const plain = words.flatMap(name => textsOf(options[name]));
  // After -- nothing is taken for an option.
  const needsEnd = plain.some(word => word.startsWith('-'));
  const all = [...verb, ...flags, ...extra, ...(needsEnd ? ['--'] : []), ...plain];
  return all.some(word => word.includes('\0')) ? undefined : all;
}

const textsOf = (value: unknown): string[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

/** The words as one line for a POSIX shell. */
export function shellText(words: readonly string[]): string {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return ['offtrail', ...words.map((word, i) => (i < end ? shellWord(word) : quoted(word)))].join(' ');
}

/** What a shell is told so that the commands ask an index, by its path. */
export const settingText = (db: string): string => `export OFFTRAIL_DB=${quoted(db)}`;

function shellWord(word: string): string {
  const [, option, value] = /^(--[a-z0-9-]+)=(.*)$/s.exec(word) ?? [];
  if (option === undefined || value === undefined) return quoted(word);
  return value === '' || value.startsWith('-') ? `${option}=${quoted(value)}` : `${option} ${quoted(value)}`;
}

/**
 * In quotes where a shell would read it otherwise. What a screen must not be shown as itself stands as `$'\x…'`: a pasted
 * line cannot run itself, and looks like what it is.
 */
function quoted(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  if (inParts(word).some(part => !part.isSafe)) return `$'${word.replaceAll(/[^ -&(-[\]-~]/gu, escaped)}'`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const escaped = (char: string): string =>
  [...Buffer.from(char)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
