/** The command line that gives what a view shows: as words for the command itself, and as text for a person's shell. */

import { dashed } from '../query/filter/filter.js';

/** Options of a question under the names of the library. */
export type Options = Readonly<Record<string, unknown>>;

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

/** @returns the words after `offtrail` */
export function commandWords(shape: CommandShape, options: Options): string[] {
  const { verb, words = [], names = {}, joined = [], without = [], extra = [] } = shape;
  const flags: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    if (words.includes(name) || without.includes(name) || value === undefined || value === false) continue;
    const option = `--${names[name] ?? dashed(name)}`;
    if (value === true) flags.push(option);
    else if (joined.includes(name)) flags.push(`${option}=${textsOf(value).join(',')}`);
    else for (const text of textsOf(value)) flags.push(`${option}=${text}`);
  }
  const plain = words.flatMap(name => textsOf(options[name]));
  // After -- nothing is taken for an option.
  const needsEnd = plain.some(word => word.startsWith('-'));
  return [...verb, ...flags, ...extra, ...(needsEnd ? ['--'] : []), ...plain];
}

const textsOf = (value: unknown): string[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

/** The words as one line for a POSIX shell. */
export const shellText = (words: readonly string[]): string =>
  ['offtrail', ...words].map(shellWord).join(' ');

function shellWord(word: string): string {
  const [, option, value] = /^(--[a-z0-9-]+)=(.*)$/s.exec(word) ?? [];
  if (option === undefined || value === undefined) return quoted(word);
  return value === '' || value.startsWith('-') ? `${option}=${quoted(value)}` : `${option} ${quoted(value)}`;
}

/** In quotes where a shell would read it otherwise; control characters as `$'…'`, so that a pasted line cannot run itself. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(word))
    return `$'${word.replaceAll(/[^ -&(-[\]-~]/gu, escaped)}'`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const escaped = (char: string): string =>
  [...Buffer.from(char)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
