/** Bytes that grow as they are written. */

/** Node writes and reads slices with these faster than with its documented functions. */
type FastBuffer = Buffer & { utf8Write(text: string, at: number): number };

export interface Bytes {
  /** What was written so far; valid until more is. */
  view(): Buffer;
  readonly length: number;
  byte(value: number): void;
  uint32(value: number): void;
  /** As `uint32`, at a place that was written before. */
  setUint32(at: number, value: number): void;
  /** @param value a number that is a whole one */
  int64(value: number | bigint): void;
  varint(value: number): void;
  append(bytes: Uint8Array): void;
  /** As `append`, a stretch of bytes. */
  slice(bytes: Buffer, start: number, end: number): void;
  /** A text as UTF-8, its length before it in four bytes. */
  text(value: string): void;
  clear(): void;
}

const SHORT = 40;

/** Long: its functions share the buffer. */
export function createBytes(size = 1 << 12): Bytes {
  let buffer = Buffer.allocUnsafeSlow(size) as FastBuffer;
  let used = 0;
  const reserve = (more: number): void => {
    if (used + more <= buffer.length) return;
    const wider = Buffer.allocUnsafeSlow(Math.max(used + more, buffer.length * 2)) as FastBuffer;
    buffer.copy(wider, 0, 0, used);
    buffer = wider;
  };
  return {
    view: () => buffer.subarray(0, used),
    get length() {
      return used;
    },
    byte(value) {
      reserve(1);
      buffer[used++] = value;
    },
    uint32(value) {
      reserve(4);
      used = buffer.writeUInt32LE(value, used);
    },
    setUint32: (at, value) => void buffer.writeUInt32LE(value, at),
    int64(value) {
      reserve(8);
      if (typeof value === 'bigint') used = buffer.writeBigInt64LE(value, used);
      else {
        buffer.writeInt32LE(value | 0, used);
        used = buffer.writeInt32LE(Math.floor(value / 2 ** 32), used + 4);
      }
    },
    varint(value) {
      reserve(5);
      let rest = value;
      for (; rest > 0x7f; rest >>>= 7) buffer[used++] = (rest & 0x7f) | 0x80;
      buffer[used++] = rest;
    },
    append(bytes) {
      reserve(bytes.length);
      buffer.set(bytes, used);
      used += bytes.length;
    },
    slice(bytes, start, end) {
      reserve(end - start);
      // Short ones are copied faster than a call is made.
      if (end - start <= SHORT) for (let i = start; i < end; i++) buffer[used++] = bytes[i]!;
      else {
        buffer.set(bytes.subarray(start, end), used);
        used += end - start;
      }
    },
    text(value) {
      reserve(4 + value.length * 3);
      const length = buffer.utf8Write(value, used + 4);
      buffer.writeUInt32LE(length, used);
      used += 4 + length;
    },
    clear() {
      used = 0;
    },
  };
}
