/** What was read of a text by a pattern, and the time that it makes, as Joda computes it. */

import { invalidArgument } from '../errors.js';
import { DAY_MS } from './calendar.js';
import { type Field, MONTH_MS, YEAR } from './fields.js';
import { fromLocal } from './zones.js';

/** The year of a text that has a month or a day but no year. */
const DEFAULT_YEAR = 2000;

interface Saved {
  field: Field;
  value: number;
}

interface Bucket {
  saved: Saved[];
  /** Of a text that has an offset, in milliseconds. */
  offset: number | undefined;
  /** Of a text that has a zone. */
  zone: string | undefined;
}

/** Reads a part of a text into a bucket: the position behind it, or `~` of where it cannot be read. */
export type Parser = (bucket: Bucket, text: string, position: number) => number;

export interface ParsedTime {
  /** Since 1970-01-01 00:00: UTC if there was an offset or a zone. */
  ms: number;
  offset: number | undefined;
  zone: string | undefined;
}

/** Joda's sentence about a text that cannot be read at a position. */
function malformed(text: string, position: number): string {
  const end = position + 32;
  const sample = text.length <= end + 3 ? text : `${text.slice(0, end)}...`;
  if (position <= 0) return `Invalid format: "${sample}"`;
  if (position >= text.length) return `Invalid format: "${sample}" is too short`;
  return `Invalid format: "${sample}" is malformed at "${sample.slice(position)}"`;
}

/** Reads a whole text. */
export function parseWith(parser: Parser, text: string): ParsedTime {
  const bucket: Bucket = { saved: [], offset: undefined, zone: undefined };
  const end = parser(bucket, text, 0);
  if (end < text.length) return invalidArgument(malformed(text, end < 0 ? ~end : end));
  const { offset, zone } = bucket;
  const local = compute(bucket.saved, text);
  if (offset !== undefined) return { ms: local - offset, offset, zone: undefined };
  if (zone === undefined) return { ms: local, offset: undefined, zone };
  const { ms, isGap } = fromLocal(zone, local);
  if (isGap)
    return invalidArgument(
      `Cannot parse "${text}": Illegal instant due to time zone offset transition (${zone})`,
    );
  return { ms, offset: undefined, zone };
}

const longestFirst = (a: Saved, b: Saved): number =>
  a.field.range === b.field.range
    ? a.field.unit === b.field.unit
      ? 0
      : b.field.unit - a.field.unit
    : b.field.range - a.field.range;

function compute(saved: Saved[], text: string): number {
  const fields = saved.length > 1 ? saved.sort(longestFirst) : saved;
  const first = fields[0]?.field;
  if (first && first.unit >= DAY_MS && first.unit <= MONTH_MS)
    fields.unshift({ field: YEAR, value: DEFAULT_YEAR });
  let ms = 0;
  for (const { field, value } of fields) ms = field.floor(field.set(ms, value, text));
  // Again: a field that was set later may have changed an earlier.
  for (const { field, value } of fields) ms = field.set(ms, value, text);
  const last = fields.at(-1);
  return last ? last.field.floor(ms) : ms;
}

/** Parsers one after the other. */
export const sequence = (...parsers: readonly Parser[]): Parser => sequenceOf(parsers);

/** Any number of parsers one after the other. */
export function sequenceOf(parsers: readonly Parser[]): Parser {
  return (bucket, text, position) => {
    let at = position;
    for (const parser of parsers) {
      at = parser(bucket, text, at);
      if (at < 0) return at;
    }
    return at;
  };
}

/** The parser that reads most; `undefined` at the end stands for nothing at all. */
export function longest(...parsers: ReadonlyArray<Parser | undefined>): Parser {
  return (bucket, text, position) => {
    const original = { saved: bucket.saved.slice(), offset: bucket.offset, zone: bucket.zone };
    let best = position;
    let bestState: Bucket | undefined;
    let bestInvalid = position;
    let isOptional = false;
    for (const [i, parser] of parsers.entries()) {
      if (!parser) {
        if (best <= position) return position;
        isOptional = true;
        break;
      }
      const end = parser(bucket, text, position);
      if (end > best) {
        if (end >= text.length || i + 1 >= parsers.length || !parsers[i + 1]) return end;
        best = end;
        bestState = { saved: bucket.saved, offset: bucket.offset, zone: bucket.zone };
      } else if (end < 0 && ~end > bestInvalid) {
        bestInvalid = ~end;
      }
      Object.assign(bucket, { ...original, saved: original.saved.slice() });
    }
    if (best > position || isOptional) {
      if (bestState) Object.assign(bucket, bestState);
      return best;
    }
    return ~bestInvalid;
  };
}

/** A part that may be missing. */
export const optional = (parser: Parser): Parser => longest(parser, undefined);
