/** The parts of a line whose form is known: its first eight fields, sizes and times, and the protocol. */

import { BRACKET_CLOSE, BRACKET_OPEN, DOT, MINUS, NINE, QUOTE, SPACE, ZERO } from '../bytes/ascii.js';
import { placeOf } from './fields.js';
import { type AccessLine, fail, type LineProblem, put } from './layout.js';

const TIME = placeOf('requestdatetime');
/** Fields before the request-URI. */
const HEAD_FIELDS = placeOf('request_uri');

/** True for a `-` that a space follows. */
export function isBareDash(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === MINUS && bytes[at + 1] === SPACE;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

function problem(line: AccessLine, text: LineProblem, at: number): -1 {
  fail(line, text, at);
  return -1;
}

/** Reads the eight fields before the request-URI into `line`. Returns where that begins, or -1 with the line's problem. */
export function readHead(bytes: Uint8Array, start: number, end: number, line: AccessLine): number {
  let at = start;
  for (let place = 0; place < HEAD_FIELDS; place++) {
    let to = at;
    if (place === TIME) {
      if (at >= end) break;
      if (bytes[at] !== BRACKET_OPEN) return problem(line, 'the time is not in brackets', at);
      while (to < end && bytes[to] !== BRACKET_CLOSE) to++;
      if (to < end && bytes[to + 1] !== SPACE) return problem(line, 'the time is not in brackets', to);
      put(line, place, at + 1, to);
      to++;
    } else {
      while (to < end && bytes[to] !== SPACE) to++;
      if (to === at && to < end) return problem(line, 'an empty field, or two spaces', at);
      put(line, place, at, to);
    }
    at = to + 1;
    if (at >= end) break;
  }
  if (at >= end) return problem(line, 'the line ends within its first eight fields', end);
  return at;
}

/**
 * Reads HTTP status, error code, bytes sent, object size and two times from `at` on: three digits, a word, and four
 * numbers, or `-` for each. Returns where the field after them begins, or -1 where something else stands there.
 */
export function afterSizes(bytes: Uint8Array, at: number, end: number): number {
  let from = at;
  for (let place = 0; place < 6; place++) {
    let to = from;
    if (bytes[to] === MINUS && bytes[to + 1] === SPACE) to++;
    else if (place === 1) while (to < end && bytes[to] !== SPACE && bytes[to] !== QUOTE) to++;
    else while (to < end && isDigit(bytes[to])) to++;
    if (to === from || to >= end || bytes[to] !== SPACE) return -1;
    if (place === 0 && to - from !== 3 && bytes[from] !== MINUS) return -1;
    from = to + 1;
  }
  return from < end ? from : -1;
}

const PROTOCOL = Buffer.from(' HTTP/');

/** True where `[from, end)` ends in a space and a protocol, `HTTP/1.1` or `HTTP/2`, or is a `-`. */
export function endsWithProtocol(bytes: Uint8Array, from: number, end: number): boolean {
  if (end - from === 1) return bytes[from] === MINUS;
  if (!isDigit(bytes[end - 1])) return false;
  const version = bytes[end - 2] === DOT && isDigit(bytes[end - 3]) ? end - 3 : end - 1;
  const at = version - PROTOCOL.length;
  if (at < from) return false;
  for (let i = 0; i < PROTOCOL.length; i++) if (bytes[at + i] !== PROTOCOL[i]) return false;
  return true;
}
