/**
 * One line of an S3 server access log → where its fields stand. Positional and by bytes: request-URI, referer and user
 * agent are raw text of the client, in which S3 escapes neither quotes nor spaces, so a line can have several readings.
 *
 * - The tail (version id and what follows) is S3's own text and holds no quote. So the last quote before a space ends the
 *   user agent, or the referer where the user agent is a bare `-`: the values of the tail tell which.
 * - The request-URI ends at the first `" ` that status, error code, two sizes and two times follow, and that the
 *   protocol stands before: HTTP lets no space into a request target, but quotes and spaces into headers.
 * - Referer and user agent part at the first `" "`: a URL is less likely to hold one than a user agent.
 *
 * Where another reading fits as well as this one, the line is ambiguous. Time is linear in the length of the line.
 */

import { CARRIAGE_RETURN, QUOTE, SPACE } from '../bytes/ascii.js';
import { ACCESS_FIELDS, placeOf } from './fields.js';
import { type AccessLine, clear, fail, put, putTokens } from './layout.js';
import { afterSizes, endsWithProtocol, isBareDash, readHead } from './line-parts.js';
import { findTail, NO_TAIL, unknownInTail, unknownInText } from './line-tail.js';

const REQUEST_URI = placeOf('request_uri');
const STATUS = placeOf('httpstatus');
const REFERRER = placeOf('referrer');
const USER_AGENT = placeOf('useragent');
const VERSION_ID = placeOf('versionid');

/** A reading of a line, from its request-URI on. */
interface Reading {
  /** The quote that ends the request-URI; -1 for a bare `-`. */
  uriEnd: number;
  /** Where the referer begins, with its quote. */
  referrer: number;
  /** Where `" "` parts referer and user agent; -1 where one of them is a bare `-`. */
  split: number;
  /** How many readings there are of this rank; 2 may be more. */
  count: number;
}

/**
 * Readings by rank, the best of each and how many there are: `0` and `1` with a request-URI that ends with the protocol
 * and as many unknown values in the tail, `2` and `3` with another request-URI.
 */
type Ranks = Array<Reading | undefined>;

/** Of the `" "` that were passed, on the way from the end: the nearest two and the furthest; -1 where there is none. */
interface Splits {
  nearest: number;
  next: number;
  furthest: number;
}

/** What is known of all readings of a line. */
interface Context {
  bytes: Uint8Array;
  /** Where the request-URI begins, and where the line ends. */
  at: number;
  end: number;
  lastQuote: number;
  /** Unknown values in the tail that follows the last quote, where that ends the user agent. */
  unknownAfterAgent: number;
  /** And where it ends the referer, before a bare `-`. */
  unknownAfterReferrer: number;
  ranks: Ranks;
}

function offer(context: Context, unknown: number, reading: Reading): void {
  if (unknown >= NO_TAIL) return;
  const { bytes, at, ranks } = context;
  const isWhole = reading.uriEnd < 0 || endsWithProtocol(bytes, at + 1, reading.uriEnd);
  const rank = (isWhole ? 0 : NO_TAIL) + unknown;
  // They come from the end: what comes later is the earlier reading.
  reading.count += ranks[rank]?.count ?? 0;
  ranks[rank] = reading;
}

/** Offers the readings whose request-URI ends at the quote `uriEnd`, and whose referer begins at `referrer`. */
function consider(context: Context, uriEnd: number, referrer: number, splits: Splits): void {
  const { bytes, end, lastQuote, unknownAfterAgent, unknownAfterReferrer } = context;
  const reading = (split: number, count: number): Reading => ({ uriEnd, referrer, split, count });
  if (bytes[referrer] === QUOTE) {
    // A `" "` at the referer's own first quote does not end it.
    const split = splits.nearest === referrer ? splits.next : splits.nearest;
    // A quoted referer that seems to hold a user agent, before a bare one: the line may have been cut.
    if (lastQuote > referrer) offer(context, unknownAfterReferrer, reading(-1, split >= 0 ? 2 : 1));
    if (split >= 0) offer(context, unknownAfterAgent, reading(split, split === splits.furthest ? 1 : 2));
  } else if (isBareDash(bytes, referrer) && bytes[referrer + 2] === QUOTE) {
    if (lastQuote > referrer + 2) offer(context, unknownAfterAgent, reading(-1, 1));
  } else if (isBareDash(bytes, referrer) && isBareDash(bytes, referrer + 2) && lastQuote < referrer)
    offer(context, unknownInText(bytes, referrer + 4, end), reading(-1, 1));
}

/**
 * Finds all readings, in one pass from the last quote to the request-URI: so all that may follow a quote is known when
 * it is reached. Returns where the last referer could begin, whether or not what follows fits; -1 for nowhere.
 */
function findReadings(context: Context): number {
  const { bytes, at, end, lastQuote } = context;
  const splits: Splits = { nearest: -1, next: -1, furthest: -1 };
  const isBare = bytes[at] !== QUOTE;
  let lastReferrer = -1;
  for (let i = lastQuote; i > at; i--) {
    if (bytes[i] !== QUOTE || bytes[i + 1] !== SPACE) continue;
    if (bytes[i + 2] === QUOTE) {
      if (i + 3 > lastQuote) continue;
      splits.next = splits.nearest;
      splits.nearest = i;
      if (splits.furthest < 0) splits.furthest = i;
    } else if (!isBare) {
      const referrer = afterSizes(bytes, i + 2, end);
      if (referrer < 0) continue;
      if (lastReferrer < 0) lastReferrer = referrer;
      consider(context, i, referrer, splits);
    }
  }
  if (!isBare) return lastReferrer;
  const referrer = afterSizes(bytes, at + 2, end);
  if (referrer >= 0) consider(context, -1, referrer, splits);
  return referrer;
}

/** The best reading, with the number of those that fit as well: no more unknown values in the tail. */
function bestOf(ranks: Ranks): Reading | undefined {
  const rank = ranks.findIndex(reading => reading !== undefined);
  const best = ranks[rank];
  if (best === undefined || rank >= NO_TAIL) return best;
  for (let other = NO_TAIL; other <= NO_TAIL + rank; other++) best.count += ranks[other]?.count ?? 0;
  return best;
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

function putReading(line: AccessLine, context: Context, reading: Reading): void {
  const { bytes, at, end, lastQuote } = context;
  const { uriEnd, referrer, split, count } = reading;
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
  const { lastQuote } = tail;
  const isBareAfter = lastQuote >= 0 && isBareDash(bytes, lastQuote + 2);
  const context: Context = {
    bytes,
    at,
    end: to,
    lastQuote,
    unknownAfterAgent: unknownInTail(bytes, to, tail, 0),
    unknownAfterReferrer: isBareAfter ? unknownInTail(bytes, to, tail, 1) : NO_TAIL,
    ranks: [],
  };
  const lastReferrer = findReadings(context);
  if (lastReferrer < 0) return fail(line, 'no status, error code, sizes and times after the request-URI', at);
  const reading = bestOf(context.ranks);
  if (reading === undefined)
    return fail(line, 'no referer, user agent and known number of fields after the times', lastReferrer);
  putReading(line, context, reading);
  return true;
}
