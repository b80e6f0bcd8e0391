/** Writes texts and numbers as Trino does in JSON. */

import { javaDouble } from '../cast/number-text.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what JSON escapes.
const SPECIAL = /["\\\u0000-\u001f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what JSON escapes.
const EVERY_SPECIAL = /["\\\u0000-\u001f]/g;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const escapeOne = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** A text in quotes. */
export const jsonString = (text: string): string =>
  `"${SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, escapeOne) : text}"`;

/** A double; what JSON has no number for is a text. */
export const jsonDouble = (value: number): string =>
  Number.isFinite(value) ? javaDouble(value) : `"${javaDouble(value)}"`;

/** Characters of the longest bigint; a longer whole number is none. */
export const LONGEST_BIGINT = 20;

const MOST_IN_MESSAGE = 10_000;

/** JSON text as messages show it. */
export const shortened = (text: string): string =>
  text.length <= MOST_IN_MESSAGE ? text : `${text.slice(0, MOST_IN_MESSAGE)}...(truncated)`;

/** Whether a number of JSON is a whole one, by how it is written. */
export const isWholeText = (text: string): boolean => !/[.eE]/.test(text);

/** A number as Trino writes it again: whole as it stands, any other as a double. */
export function jsonNumber(text: string): string {
  if (!isWholeText(text)) return jsonDouble(Number(text));
  return text === '-0' ? '0' : text;
}
