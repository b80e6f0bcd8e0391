/** All functions of the dialect, by name. */

import { ADDRESSES } from './addresses.js';
import { AGGREGATES } from './aggregates.js';
import { ARRAY_BUILD_FUNCTIONS } from './array-build.js';
import { ARRAY_LAMBDA_FUNCTIONS } from './array-lambdas.js';
import { ARRAY_FUNCTIONS } from './arrays.js';
import { BITWISE } from './bitwise.js';
import { BYTES } from './bytes.js';
import { DIGEST_FUNCTIONS } from './digests.js';
import { FORMAT } from './format.js';
import { JSON_FUNCTIONS } from './json.js';
import { MAP_FUNCTIONS } from './maps.js';
import { MATH } from './math.js';
import { REGEXP } from './regexp.js';
import type { SqlFunction } from './registry.js';
import { ROUNDING } from './rounding.js';
import { STRINGS } from './strings.js';
import { TEXT_DISTANCE } from './text-distance.js';
import { TEXT_PARTS } from './text-parts.js';
import { TIME } from './time.js';
import { DURATION } from './time-duration.js';
import { TIME_FIELDS } from './time-fields.js';
import { TIME_FORMATS } from './time-format.js';
import { TIME_SEQUENCES } from './time-sequence.js';
import { TIME_UNITS } from './time-units.js';
import { URL_FUNCTIONS } from './url.js';
import { WINDOWS } from './windows.js';

/** The functions by family, as the documentation lists them. */
export const FAMILIES: ReadonlyArray<[title: string, functions: ReadonlyArray<readonly SqlFunction[]>]> = [
  ['Text', [STRINGS, TEXT_PARTS, TEXT_DISTANCE, FORMAT]],
  ['Regular expressions', [REGEXP]],
  ['JSON', [JSON_FUNCTIONS]],
  ['Dates and times', [TIME, TIME_FIELDS, TIME_FORMATS, TIME_UNITS, TIME_SEQUENCES, DURATION]],
  ['Arrays', [ARRAY_FUNCTIONS, ARRAY_BUILD_FUNCTIONS, ARRAY_LAMBDA_FUNCTIONS]],
  ['Maps', [MAP_FUNCTIONS]],
  ['Addresses', [ADDRESSES]],
  ['URLs', [URL_FUNCTIONS]],
  ['Bytes and hashes', [BYTES, DIGEST_FUNCTIONS]],
  ['Numbers', [MATH, ROUNDING, BITWISE]],
  ['Aggregates', [AGGREGATES]],
  ['Window functions', [WINDOWS]],
];

const ALL = FAMILIES.flatMap(([, lists]) => lists.flat());

/** The functions of each name, in the order of their signatures. */
export const FUNCTIONS: ReadonlyMap<string, readonly SqlFunction[]> = byName();

function byName(): Map<string, SqlFunction[]> {
  const overloads = new Map<string, SqlFunction[]>();
  for (const of of ALL) overloads.set(of.name, [...(overloads.get(of.name) ?? []), of]);
  return overloads;
}
