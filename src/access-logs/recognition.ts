/** Whether a file holds S3 server access logs, by its first bytes: the names of such files say nothing. */

import { BRACE_OPEN, BRACKET_CLOSE, BRACKET_OPEN, LINE_FEED, SPACE } from '../bytes/ascii.js';

const OWNER = /^[0-9a-f]{64}$/;
const TIME = /^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]$/;
const OPERATION = /^(?:REST|WEBSITE|SOAP|BATCH|S3)\.[A-Za-z0-9_.]+$/;
/** As much of a field as is looked at: no owner, bucket, requester or operation is longer. */
const MOST_FIELD = 2048;

/** The first fields of a line, at most seven, with the time as one; the last is left out where the bytes end in it. */
function firstFields(head: Uint8Array): string[] {
  const fields: string[] = [];
  let from = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  let isInBrackets = head[from] === BRACKET_OPEN;
  for (let i = from; i < head.length && fields.length < 7; i++) {
    const byte = head[i]!;
    if (byte === LINE_FEED || byte === 0 || i - from > MOST_FIELD) break;
    if (byte === BRACKET_CLOSE) isInBrackets = false;
    if (byte !== SPACE || isInBrackets) continue;
    fields.push(String.fromCharCode(...head.subarray(from, i)));
    from = i + 1;
    isInBrackets = head[from] === BRACKET_OPEN;
  }
  return fields;
}

/**
 * True where `head`, the first bytes of a file, begins with a line of an S3 server access log: an owner, a bucket and a
 * time in brackets. An owner is a canonical user id, 64 hexadecimal digits. Where it is anything else (a `-`, a name put
 * in its place) the seventh field has to be an operation of S3 as well. Web servers' logs, which have a time in brackets
 * too, have it elsewhere or no operation.
 */
export function isAccessLogLine(head: Uint8Array): boolean {
  // JSON, as most files are: their first fields would be looked for in kilobytes.
  if (head[0] === BRACE_OPEN || head[0] === BRACKET_OPEN) return false;
  const [owner, bucket, time, , , , operation] = firstFields(head);
  if (owner === undefined || !bucket || time === undefined || !TIME.test(time)) return false;
  return OWNER.test(owner) || (owner !== '' && operation !== undefined && OPERATION.test(operation));
}
