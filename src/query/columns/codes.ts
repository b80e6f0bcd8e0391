/** Numbers that stand for values: what events and lines are counted by. */

import type { Dimension } from '../../dimensions.js';
import type { Chosen } from './selection.js';
import type { ValueReader } from './value-reader.js';

export type Values = ReadonlyArray<string | null>;

/** What distinguishes events: a number for each value, or for the values of several columns together. */
export interface Grouping<P extends string = Dimension> {
  /** The number of each event. */
  codes(chosen: Chosen<P>): Uint32Array;
  /** The values of a number, one for each column. */
  valuesOf(code: number): Values;
  /** Which of two numbers has the value that comes first, as texts by code units, null like an empty one. */
  compare?(a: number, b: number): number;
  /** Where most values may be different ones: tells of them as bytes. */
  values?: ValueReader<P>;
}

/** Numbers from 0 for values, the same to the same ones. */
export interface Codes {
  codeOf(values: Values): number;
  valuesOf(code: number): Values;
}

export function createCodes(): Codes {
  const all: Values[] = [];
  const codes = new Map<string | null, number>();
  return {
    codeOf(values) {
      const key = values.length === 1 ? values[0]! : JSON.stringify(values);
      let code = codes.get(key);
      if (code === undefined) {
        code = all.push(values) - 1;
        codes.set(key, code);
      }
      return code;
    },
    valuesOf: code => all[code]!,
  };
}
