/** What few calls need is made when one does; libraries, too, which together would double the start of every command. */

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What `make` gives, made when it is first asked for. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Reads relative times; 85 ms to load. */
export const chrono = (): typeof import('chrono-node') => require('chrono-node');
/** Reads addresses and blocks. */
export const ipaddr = (): typeof import('ipaddr.js') => require('ipaddr.js');
/** Tells which known word was probably meant. */
export const levenshtein = (): typeof import('fastest-levenshtein') => require('fastest-levenshtein');
/** Regular expressions in linear time. */
export const re2 = (): typeof import('re2js') => require('re2js');
/** The AWS CLI's `--query`. */
export const jmespath = (): typeof import('jmespath') & { compile(expression: string): unknown } =>
  require('jmespath');
/** Reads the profile. */
export const toml = (): typeof import('smol-toml') => require('smol-toml');
