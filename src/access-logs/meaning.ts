/** What fields of an access log line mean: text, the request line, the key, and how a request was made. */

import { isUtf8 } from 'node:buffer';
import { MINUS } from '../bytes/ascii.js';
import { type AccessFieldName, placeOf } from './fields.js';
import type { AccessLine } from './layout.js';

/** The bytes `[from, to)` as text: UTF-8 where they are, else one character a byte, so that none is lost. */
export function textAt(bytes: Buffer, from: number, to: number): string {
  return isUtf8(bytes.subarray(from, to))
    ? bytes.toString('utf8', from, to)
    : bytes.toString('latin1', from, to);
}

/** The text of a field of a line that was read; null where the line has no such field, or a `-` in it. */
export function textOf(bytes: Buffer, line: AccessLine, name: AccessFieldName): string | null {
  const place = placeOf(name);
  const from = line.offsets[2 * place]!;
  const to = line.offsets[2 * place + 1]!;
  if (from < 0 || (to - from === 1 && bytes[from] === MINUS)) return null;
  return textAt(bytes, from, to);
}

/** The request line of HTTP. */
export interface RequestLine {
  /** `GET`, …; null where the text does not begin with one. */
  method: string | null;
  /** The target up to its first `?`, as it was written. */
  path: string | null;
  /** What follows that `?`; null where there is none. */
  query: string | null;
  /** `HTTP/1.1`; null where the text does not end in one. */
  protocol: string | null;
}

const METHOD = /^[A-Z]+(?= )/;
const PROTOCOL = /^HTTP\/\d(?:\.\d)?$/;

/** The parts of a request-URI. Spaces within the target are kept: clients write what they like. */
export function requestLineOf(text: string): RequestLine {
  const method = METHOD.exec(text)?.[0] ?? null;
  const lastWord = text.slice(text.lastIndexOf(' ') + 1);
  const protocol = PROTOCOL.test(lastWord) ? lastWord : null;
  const from = method === null ? 0 : method.length + 1;
  const to = protocol === null ? text.length : text.length - protocol.length - 1;
  if (to <= from) return { method, path: null, query: null, protocol };
  const target = text.slice(from, to);
  const at = target.indexOf('?');
  if (at < 0) return { method, path: target, query: null, protocol };
  return { method, path: target.slice(0, at), query: target.slice(at + 1), protocol };
}

/** How often the key of an operation's rows is percent-encoded (observed; AWS does not document it). */
const TWICE = /^(?:REST|WEBSITE|SOAP)\./;
const ONCE = /^(?:BATCH|S3)\./;

/**
 * The object key of a row: decoded twice for requests (`REST.`, `WEBSITE.`, `SOAP.`), once for `BATCH.` and `S3.` rows,
 * not at all for operations of another form. Decoding stops where the text is not valid percent-encoded UTF-8: the
 * result is then what was reached. `+` is a plus sign.
 */
export function keyOf(text: string, operation: string): string {
  let key = text;
  for (let left = TWICE.test(operation) ? 2 : ONCE.test(operation) ? 1 : 0; left > 0; left--) {
    if (!key.includes('%')) break;
    try {
      key = decodeURIComponent(key);
    } catch {
      break;
    }
  }
  return key;
}

/** Fields that say how a request was made, as text or null for `-`; undefined where the line has no such field. */
export interface Manner {
  operation: string | null;
  requester: string | null;
  requestUri: string | null;
  authType: string | null | undefined;
  cipherSuite: string | null | undefined;
  tlsVersion: string | null | undefined;
}

/** True for a request without authentication. What S3 does by itself has no requester either, and is not one. */
export function isAnonymous({ operation, requester }: Pick<Manner, 'operation' | 'requester'>): boolean {
  return requester === null && !operation?.startsWith('S3.');
}

/** True for a presigned URL; null where the line is too old to say (fewer than 24 fields). */
export function isPresigned({ authType }: Pick<Manner, 'authType'>): boolean | null {
  return authType === undefined ? null : authType === 'QueryString';
}

/**
 * Whether a request came by TLS or plain HTTP; null where the line is too old to say, and for rows that are no request
 * (those without request-URI).
 */
export function transportOf({
  requestUri,
  cipherSuite,
  tlsVersion,
}: Pick<Manner, 'requestUri' | 'cipherSuite' | 'tlsVersion'>): 'TLS' | 'HTTP' | null {
  if (requestUri === null || cipherSuite === undefined || tlsVersion === undefined) return null;
  return cipherSuite === null && tlsVersion === null ? 'HTTP' : 'TLS';
}
