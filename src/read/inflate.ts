/**
 * Bytes of a file → inflated bytes. gzip is known by its magic bytes, never by a name.
 *
 * Whole files go through node:zlib, which reads several members, bounds its output and frees its state. zlib-sync
 * never frees an inflater's state (some 350 MB after 15,000 small files, measured) and does not say where a member
 * ends, so it serves where its strength counts: handing over, byte by byte, what can still be had from a damaged stream.
 */

import { constants, crc32, gunzipSync, inflateRawSync } from 'node:zlib';
import zlibSync from 'zlib-sync';
import { codeOf, messageOf } from '../errors.js';

export interface Inflated {
  bytes: Buffer;
  /** Empty, or what is wrong with the compressed stream. */
  damage: string;
  /** True where a checksum does not hold or is cut off: the bytes may be others than those that were written. */
  isSuspect: boolean;
}

/** gzip inside gzip happens when a download is compressed on the way; deeper than this it is somebody's trick. */
const MAX_LAYERS = 3;
/** Input bytes per step while the damaged place is being approached. */
const STEP = 256;

export function isGzip(b: Uint8Array): boolean {
  return b.length >= 3 && b[0] === 0x1f && b[1] === 0x8b && b[2] === 0x08;
}

/**
 * Inflates a whole file, as many layers as there are.
 * @param maxBytes bound of the result
 * @returns undefined where the result would be longer than `maxBytes`: stream it instead
 */
export function inflateWhole(file: Buffer, maxBytes: number): Inflated | undefined {
  let bytes = file;
  let damage = '';
  let isSuspect = false;
  for (let layer = 0; layer < MAX_LAYERS && isGzip(bytes); layer++) {
    const inflated = inflateLayer(bytes, maxBytes);
    if (!inflated) return undefined;
    bytes = inflated.bytes;
    damage ||= inflated.damage;
    isSuspect ||= inflated.isSuspect;
  }
  return { bytes, damage, isSuspect };
}

function inflateLayer(gz: Buffer, maxBytes: number): Inflated | undefined {
  // The trailer's size (RFC 1952, ISIZE) lets the output be one buffer; it is a hint, a file may lie.
  const hint = gz.length < 18 ? 0 : gz.readUInt32LE(gz.length - 4) + 64;
  const chunkSize = hint > 1024 && hint <= maxBytes && hint < gz.length * 64 ? hint : 64 << 10;
  try {
    const { buffer, engine } = gunzipSync(gz, {
      chunkSize,
      maxOutputLength: maxBytes,
      info: true,
    }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    const rest = gz.subarray(engine.bytesWritten);
    const damage = rest.some(byte => byte !== 0) ? unexpected(rest.length) : '';
    return { bytes: buffer, damage, isSuspect: false };
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    return codeOf(error) === 'Z_BUF_ERROR'
      ? inflateCut(gz, maxBytes, messageOf(error))
      : salvageWhole(gz, maxBytes, messageOf(error));
  }
}

/** What stands before the place where a gzip file is cut off. */
function inflateCut(gz: Buffer, maxBytes: number, reason: string): Inflated | undefined {
  try {
    const bytes = gunzipSync(gz, { maxOutputLength: maxBytes, finishFlush: constants.Z_SYNC_FLUSH });
    return { bytes, damage: CUT_OFF, isSuspect: true };
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    // Cut and corrupt.
    return salvageWhole(gz, maxBytes, reason);
  }
}

export const CUT_OFF = 'gzip stream is cut off';
const TRAILING = 'unexpected bytes after the gzip stream';
const unexpected = (bytes: number): string => `${bytes} ${TRAILING}`;

/** True for damage that leaves every checksum in force. */
export function isOnlyTrailing(damage: string): boolean {
  return damage.endsWith(TRAILING);
}

/**
 * Everything that comes out of a damaged gzip file before the place where it breaks. A member whose checksum alone is
 * wrong does not cost those after it.
 */
function salvageWhole(gz: Buffer, maxBytes: number, reason: string): Inflated | undefined {
  const parts: Buffer[] = [];
  let total = 0;
  const read = (at: number, length: number): Buffer => gz.subarray(at, at + length);
  let isChecked = true;
  const result = (damage: string): Inflated => ({
    bytes: Buffer.concat(parts),
    damage,
    isSuspect: !isChecked || !isOnlyTrailing(damage),
  });
  const add = (bytes: Buffer): boolean => {
    parts.push(bytes);
    total += bytes.length;
    return total <= maxBytes;
  };
  let from = 0;
  for (; from < gz.length && isGzip(read(from, 3)); ) {
    const member = wholeMember(gz, from, maxBytes);
    if (!member) break;
    if (!add(member.bytes)) return undefined;
    from = member.end;
    isChecked &&= member.isChecked;
  }
  const pieces = salvage(read, gz.length, reason, from);
  for (;;) {
    const next = pieces.next();
    if (next.done) return result(next.value);
    if (!add(next.value)) return undefined;
  }
}

/** The member at `from` and where it ends, whether its checksum holds or not; undefined where its data breaks. */
function wholeMember(
  gz: Buffer,
  from: number,
  maxBytes: number,
): { bytes: Buffer; end: number; isChecked: boolean } | undefined {
  const start = headerEnd(gz, from);
  try {
    const { buffer, engine } = inflateRawSync(gz.subarray(start), {
      maxOutputLength: maxBytes,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    const end = start + engine.bytesWritten + TRAILER;
    if (end > gz.length) return undefined;
    return { bytes: buffer, end, isChecked: crc32(buffer) === gz.readUInt32LE(end - TRAILER) };
  } catch {
    return undefined;
  }
}

/** Bytes of the checksum and the size after a member's data. */
const TRAILER = 8;

/** Where a member's data begins (RFC 1952, 2.3). */
function headerEnd(gz: Buffer, from: number): number {
  const flags = gz[from + 3] ?? 0;
  let at = from + 10;
  if ((flags & 4) !== 0) at += 2 + (gz[at] ?? 0) + (gz[at + 1] ?? 0) * 256;
  for (const text of [8, 16]) if ((flags & text) !== 0) at = gz.indexOf(0, at) + 1 || gz.length;
  return (flags & 2) !== 0 ? at + 2 : at;
}

/**
 * Inflates a damaged gzip file member by member up to the place where it breaks.
 * @param read gives the bytes of the file from an offset
 * @param reason what the ordinary inflater said
 * @param first where to begin
 * @returns what is wrong, for the ledger
 */
export function* salvage(
  read: (at: number, length: number) => Buffer,
  size: number,
  reason: string,
  first = 0,
): Generator<Buffer, string> {
  for (let from = first; from < size; ) {
    if (!isGzip(read(from, 3))) return unexpected(size - from);
    const used = yield* salvageMember(read, from, size);
    if (used === undefined) break;
    from += used;
  }
  return `gzip stream is corrupt (${reason})`;
}

/** @returns the length of the member, or undefined where it breaks */
function* salvageMember(
  read: (at: number, length: number) => Buffer,
  from: number,
  size: number,
): Generator<Buffer, number | undefined> {
  const inflate = inflater();
  const careful = inflater();
  if (!inflate || !careful) return undefined;
  let at = from;
  for (; at < size; at += STEP) {
    inflate.push(read(at, STEP), zlibSync.Z_SYNC_FLUSH);
    if (inflate.err !== zlibSync.Z_OK) break;
    yield inflate.result as Buffer;
  }
  if (at >= size) return undefined;
  // The member ends or breaks in this step: once more up to here, then byte by byte.
  for (let again = from; again < at; again += STEP) careful.push(read(again, STEP), zlibSync.Z_SYNC_FLUSH);
  for (const end = Math.min(at + STEP, size); at < end; at++) {
    careful.push(read(at, 1), zlibSync.Z_SYNC_FLUSH);
    if (careful.err < 0) return undefined;
    yield careful.result as Buffer;
    if (careful.err === zlibSync.Z_STREAM_END) return at + 1 - from;
  }
  return undefined;
}

/** Inflaters are never freed, and must not be collected on Node 24 (see store/native.ts): so they are few. */
const kept: zlibSync.Inflate[] = [];
const MOST_KEPT = 400;

/** Undefined once there were too many: the file then counts as unreadable, and the next run reads it again. */
function inflater(): zlibSync.Inflate | undefined {
  if (kept.length >= MOST_KEPT) return undefined;
  // The output of one push must fit: zlib-sync stops when its input is used up, whatever is left to come out.
  const inflate = new zlibSync.Inflate({ chunkSize: STEP * 1040, windowBits: 31 });
  kept.push(inflate);
  return inflate;
}
