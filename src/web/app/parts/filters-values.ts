/** The filters in an address: as options of a question, and the addresses with a value more or less. */

import type { FilterEntry, Start } from '../../start.js';
import type { Options } from '../ask.js';
import type { Place } from '../place.js';

type Values = Place['options'];

/** All filters that a history has, of events and of lines. */
export const allFilters = ({ filters, lineFilters }: Start): readonly FilterEntry[] => [
  ...filters,
  ...lineFilters,
];

/** The filters among the parameters of an address, in the order of the list: the same filters are the same question. */
export function filtersOf(start: Start, options: Values): Options {
  return Object.fromEntries(
    allFilters(start).flatMap(({ name, value, isSingle }): Array<[string, unknown]> => {
      const given = options[name];
      if (!given || given.length === 0) return [];
      if (value === '') return given[0] === 'true' ? [[name, true]] : [];
      return [[name, isSingle ? given[0] : given]];
    }),
  );
}

/**
 * The value of a filter that only events with just this text pass.
 * @returns undefined where the filter cannot say it
 */
export function valueFor({ name, hasWildcards }: FilterEntry, text: string): string | undefined {
  if (text.length > LONGEST || (name === 'ip' && !isAddress(text))) return undefined;
  const plain = hasWildcards ? text.replaceAll(/[\\*?]/g, '\\$&') : text;
  // The filter takes `\!` at the beginning for an exclamation mark, and has no way to write both characters.
  if (plain.startsWith('\\!')) return undefined;
  return plain.startsWith('!') ? `\\${plain}` : plain;
}

/** The same for events without it. */
export const exceptFor = (value: string): string => `!${value.replace(/^\\!/, '!')}`;

/** Characters of a value in an address. */
const LONGEST = 2000;

/** What the filter for addresses takes as one address, or as the name of a service. */
const isAddress = (text: string): boolean =>
  /^[0-9a-f:.]+$/i.test(text) || (/[a-z]/i.test(text) && !/[:/]/.test(text));

/** A value as it is shown: whether it leaves events out, and the text without that mark. */
export function readValue(value: string): { isExcluded: boolean; text: string } {
  return value.startsWith('!')
    ? { isExcluded: true, text: value.slice(1) }
    : { isExcluded: false, text: value.replace(/^\\!/, '!') };
}

/** The options with a value added to a filter; the contrary of it goes. */
export function withValue(options: Values, { name, isSingle }: FilterEntry, value: string): Values {
  const before = isSingle ? [] : (options[name] ?? []);
  const contrary = contraryOf(value);
  return { ...options, [name]: [...before.filter(one => one !== value && one !== contrary), value] };
}

const contraryOf = (value: string): string => {
  const { isExcluded, text } = readValue(value);
  if (!isExcluded) return exceptFor(value);
  return text.startsWith('!') ? `\\${text}` : text;
};

export function withoutValue(options: Values, name: string, value: string): Values {
  return { ...options, [name]: (options[name] ?? []).filter(one => one !== value) };
}

/** The options without any filter. */
export function withoutFilters(start: Start, options: Values): Values {
  const names = new Set(allFilters(start).map(({ name }) => name));
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.has(name)));
}
