/** Where the fields of a line stand: what reading a line gives, and how it is written down. */

import { SPACE } from '../bytes/ascii.js';
import { ACCESS_FIELDS } from './fields.js';

/** Why a line does not parse. */
export type LineProblem =
  | 'the line ends within its first eight fields'
  | 'an empty field, or two spaces'
  | 'the time is not in brackets'
  | 'the request-URI begins with neither a quote nor -'
  | 'no status, error code, sizes and times after the request-URI'
  | 'no referer, user agent and known number of fields after the times';

/** A line that was read. Made once by `createLine` and used for every line. */
export interface AccessLine {
  /** Start and end (exclusive) of each of the 27 fields, within brackets and quotes; -1 where the line has no such field. */
  readonly offsets: Int32Array;
  /** Number of fields in the line, with those this program does not know. */
  fieldCount: number;
  /** Where fields that this program does not know begin and end; -1 where there are none. */
  moreStart: number;
  moreEnd: number;
  /** True where the bytes can be read in another way: the client wrote quotes. */
  isAmbiguous: boolean;
  /** Why the line does not parse; null where it does. */
  problem: LineProblem | null;
  /** The byte from which on it made no sense; -1 where it parses. */
  problemAt: number;
}

/** A line to read into. */
export function createLine(): AccessLine {
  return {
    offsets: new Int32Array(2 * ACCESS_FIELDS.length).fill(-1),
    fieldCount: 0,
    moreStart: -1,
    moreEnd: -1,
    isAmbiguous: false,
    problem: null,
    problemAt: -1,
  };
}

/** Forgets the line before. */
export function clear(line: AccessLine): void {
  line.offsets.fill(-1);
  line.fieldCount = 0;
  line.moreStart = -1;
  line.moreEnd = -1;
  line.isAmbiguous = false;
  line.problem = null;
  line.problemAt = -1;
}

/** Writes why a line does not parse, and where. Forgets the fields before: they may belong to no access log. */
export function fail(line: AccessLine, problem: LineProblem, at: number): false {
  clear(line);
  line.problem = problem;
  line.problemAt = at;
  return false;
}

/** Writes where a field stands. */
export function put(line: AccessLine, place: number, from: number, to: number): void {
  line.offsets[2 * place] = from;
  line.offsets[2 * place + 1] = to;
}

/**
 * Writes up to `count` fields of `[at, end)`, which single spaces part, from place `first` on. Returns where the next
 * field begins; past `end` where there is none.
 */
export function putTokens(
  line: AccessLine,
  bytes: Uint8Array,
  { at, end, first, count }: { at: number; end: number; first: number; count: number },
): number {
  let from = at;
  let place = first;
  for (let i = at; i < end && place < first + count; i++) {
    if (bytes[i] !== SPACE) continue;
    put(line, place++, from, i);
    from = i + 1;
  }
  if (place < first + count && from < end) {
    put(line, place, from, end);
    return end + 1;
  }
  return from;
}
