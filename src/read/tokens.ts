/** Tokens and members of a record as text: what is rare enough to be decoded. */

import { BACKSLASH } from '../bytes/ascii.js';
import { MEMBER, type Members } from './json-scan.js';

const utf8 = new TextEncoder();

/** Whether a string token has an escape. */
export function hasEscape(b: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (b[i] === BACKSLASH) return true;
  return false;
}

/** UTF-8 bytes as text. */
export function text(b: Uint8Array, start: number, end: number): string {
  return Buffer.from(b.buffer, b.byteOffset + start, end - start).toString('utf8');
}

/** A string token decoded; any other token as its JSON text. */
export function decode(b: Uint8Array, start: number, end: number): string {
  const token = text(b, start, end);
  return token.startsWith('"') ? (JSON.parse(token) as string) : token;
}

/** The record with its names written without escapes: `"event\u004eame"` is eventName, too. */
export function withPlainNames(
  p: Uint8Array,
  start: number,
  end: number,
  m: Members,
  shift: number,
): Uint8Array {
  const parts: string[] = [];
  let from = start;
  for (let k = 0, at = 0; k < m.count; k++, at += MEMBER.width) {
    const keyStart = m.list[at + MEMBER.keyStart]! + shift - 1;
    const keyEnd = m.list[at + MEMBER.keyEnd]! + shift + 1;
    parts.push(text(p, from, keyStart), JSON.stringify(JSON.parse(text(p, keyStart, keyEnd))));
    from = keyEnd;
  }
  return utf8.encode(parts.join('') + text(p, from, end));
}

export function repeatsUnknown(m: Members, p: Uint8Array, shift: number): boolean {
  const seen = new Set<string>();
  for (let k = 0, at = 0; k < m.count; k++, at += MEMBER.width) {
    if (m.list[at] !== -1) continue;
    const name = text(p, m.list[at + MEMBER.keyStart]! + shift, m.list[at + MEMBER.keyEnd]! + shift);
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

/** The beginning of an Aggregated record's window as an eventTime; the second documented form has a space and no zone. */
export function windowStart(json: string): string | undefined {
  const window = JSON.parse(json) as { windowStart?: unknown } | null;
  const start = typeof window?.windowStart === 'string' ? window.windowStart : '';
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)Z?$/.exec(start);
  return parts ? `${parts[1]}T${parts[2]}Z` : undefined;
}
