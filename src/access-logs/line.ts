/**
 * One line of an S3 server access log → where its fields stand. Positional and by bytes: request-URI, referer and user
 * agent are raw text of the client, in which S3 escapes neither quotes nor spaces, so a line can have several readings.
 *
 * - The tail (version id and what follows) is S3's own text. The last quote before a space ends the user agent, or the
 *   referer where the user agent is a bare `-`; what stands in the tail decides.
 * - The request-URI ends at the first `" ` that status, error code, two sizes and two times follow, and that the
 *   protocol stands before: HTTP lets no space into a request target, but quotes and spaces into headers.
 * - Referer and user agent part at the first `" "`: a URL is less likely to hold one than a user agent.
 *
 * Where another reading fits as well, the line is ambiguous. Every byte is looked at a bounded number of times.
 */

import { CARRIAGE_RETURN, QUOTE, SPACE } from '../bytes/ascii.js';
import { ACCESS_FIELDS, placeOf } from './fields.js';
import { type AccessLine, clear, fail, put, putTokens } from './layout.js';
import { afterSizes, endsWithProtocol, isBareDash, readHead } from './line-parts.js';
import { findTail, type IsTail, isPossibleTail, isProperTail, type Tail } from './line-tail.js';

const REQUEST_URI = placeOf('request_uri');
const STATUS = placeOf('httpstatus');
const REFERRER = placeOf('referrer');
const USER_AGENT = placeOf('useragent');
const VERSION_ID = placeOf('versionid');

/** What a reading of a line, from its request-URI on, is made of. */
interface Reading {
  /** The quote that ends the request-URI; -1 for a bare `-`. */
  uriEnd: number;
  /** Where the referer begins, with its quote; -1 where no reading fits. */
  referrer: number;
  /** Where `" "` parts referer and user agent; -1 where one of them is a bare `-`. */
  split: number;
  /** How many readings fit; 2 may be more. */
  count: number;
  /** Where a referer could begin, whether or not what follows fits; -1 for nowhere. */
  furthest: number;
}

/**
 * Finds the reading of `[at, end)`, which begins with the request-URI, in one pass from its end to its beginning: so all
 * that may follow a quote is known when it is reached. `isTail` says what a tail is.
 */
function readingOf(bytes: Uint8Array, at: number, end: number, tail: Tail, isTail: IsTail): Reading {
  const { lastQuote } = tail;
  const mayEndAgent = lastQuote >= 0 && isTail(bytes, lastQuote + 2, end, tail);
  const mayEndReferrer =
    lastQuote >= 0 && isBareDash(bytes, lastQuote + 2) && isTail(bytes, lastQuote + 4, end, tail);
  const reading: Reading = { uriEnd: -1, referrer: -1, split: -1, count: 0, furthest: -1 };
  // Of the `" "` passed so far: the nearest two, and the furthest.
  let split = -1;
  let nextSplit = -1;
  let lastSplit = -1;
  let hasProtocol = false;

  /** Counts the readings with the referer at `referrer`, and takes them where the request-URI ends like one. */
  function consider(uriEnd: number, referrer: number): void {
    reading.furthest = referrer;
    let count = 0;
    // A `" "` at the referer's own first quote does not end it.
    const ownSplit = split === referrer ? nextSplit : split;
    let taken = -1;
    if (bytes[referrer] === QUOTE) {
      if (mayEndReferrer && lastQuote > referrer) count++;
      if (mayEndAgent && ownSplit >= 0) {
        taken = ownSplit;
        count += ownSplit === lastSplit ? 1 : 2;
      }
    } else if (isBareDash(bytes, referrer)) {
      if (bytes[referrer + 2] === QUOTE) count = mayEndAgent && lastQuote > referrer + 2 ? 1 : 0;
      else if (isBareDash(bytes, referrer + 2) && lastQuote < referrer)
        count = isTail(bytes, referrer + 4, end, tail) ? 1 : 0;
    }
    if (count === 0) return;
    reading.count += count;
    const isWhole = uriEnd < 0 || endsWithProtocol(bytes, at + 1, uriEnd);
    if (hasProtocol && !isWhole) return;
    hasProtocol = isWhole;
    reading.uriEnd = uriEnd;
    reading.referrer = referrer;
    reading.split = taken;
  }

  const isBare = bytes[at] !== QUOTE;
  for (let i = lastQuote; i > at; i--) {
    if (bytes[i] !== QUOTE || bytes[i + 1] !== SPACE) continue;
    if (bytes[i + 2] === QUOTE) {
      if (i + 3 > lastQuote) continue;
      nextSplit = split;
      split = i;
      if (lastSplit < 0) lastSplit = i;
    } else if (!isBare) {
      const referrer = afterSizes(bytes, i + 2, end);
      if (referrer >= 0) consider(i, referrer);
    }
  }
  if (isBare) {
    const referrer = afterSizes(bytes, at + 2, end);
    if (referrer >= 0) consider(-1, referrer);
  }
  return reading;
}

/** Writes the tail and counts the fields of the line. */
function putTail(line: AccessLine, bytes: Uint8Array, at: number, end: number): void {
  const more = putTokens(line, bytes, {
    at,
    end,
    first: VERSION_ID,
    count: ACCESS_FIELDS.length - VERSION_ID,
  });
  let count = VERSION_ID;
  while (count < ACCESS_FIELDS.length && line.offsets[2 * count]! >= 0) count++;
  if (more < end) {
    line.moreStart = more;
    line.moreEnd = end;
    count++;
    for (let i = more; i < end; i++) if (bytes[i] === SPACE) count++;
  }
  line.fieldCount = count;
}

function putReading(
  line: AccessLine,
  bytes: Uint8Array,
  { at, end, lastQuote }: { at: number; end: number; lastQuote: number },
  { uriEnd, referrer, split, count }: Reading,
): void {
  line.isAmbiguous = count > 1;
  if (uriEnd < 0) put(line, REQUEST_URI, at, at + 1);
  else put(line, REQUEST_URI, at + 1, uriEnd);
  putTokens(line, bytes, {
    at: uriEnd < 0 ? at + 2 : uriEnd + 2,
    end: referrer,
    first: STATUS,
    count: REFERRER - STATUS,
  });
  if (split >= 0) {
    put(line, REFERRER, referrer + 1, split);
    put(line, USER_AGENT, split + 3, lastQuote);
    putTail(line, bytes, lastQuote + 2, end);
  } else if (bytes[referrer] === QUOTE) {
    put(line, REFERRER, referrer + 1, lastQuote);
    put(line, USER_AGENT, lastQuote + 2, lastQuote + 3);
    putTail(line, bytes, lastQuote + 4, end);
  } else {
    const isQuoted = bytes[referrer + 2] === QUOTE;
    put(line, REFERRER, referrer, referrer + 1);
    if (isQuoted) put(line, USER_AGENT, referrer + 3, lastQuote);
    else put(line, USER_AGENT, referrer + 2, referrer + 3);
    putTail(line, bytes, isQuoted ? lastQuote + 2 : referrer + 4, end);
  }
}

/**
 * Reads the line in `[start, end)` of `bytes`, which is without its line feed; a carriage return and spaces at its end
 * are no part of it. Writes to `line`, and returns true, or false where it does not parse: then `line.problem` says why
 * and `line.problemAt` where. Never throws; time is linear in the length of the line.
 */
export function parseLine(bytes: Uint8Array, start: number, end: number, line: AccessLine): boolean {
  clear(line);
  let to = end;
  while (to > start && (bytes[to - 1] === SPACE || bytes[to - 1] === CARRIAGE_RETURN)) to--;
  const at = readHead(bytes, start, to, line);
  if (at < 0) return false;
  if (bytes[at] !== QUOTE && !isBareDash(bytes, at))
    return fail(line, 'the request-URI begins with neither a quote nor -', at);
  const tail = findTail(bytes, at, to);
  let reading = readingOf(bytes, at, to, tail, isProperTail);
  // A tail that is not what S3 writes today is taken as well, as long as the number of its fields is.
  if (reading.count === 0) reading = readingOf(bytes, at, to, tail, isPossibleTail);
  if (reading.furthest < 0)
    return fail(line, 'no status, error code, sizes and times after the request-URI', at);
  if (reading.count === 0)
    return fail(line, 'no referer, user agent and known number of fields after the times', reading.furthest);
  putReading(line, bytes, { at, end: to, lastQuote: tail.lastQuote }, reading);
  return true;
}
