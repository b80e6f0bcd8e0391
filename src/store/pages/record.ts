/**
 * Rows in SQLite's record format ("Database File Format", 2.1): a header with the type of each value, then the values.
 * Made from bytes: a text that stands in a batch is copied, never decoded.
 */

/** Room for the header of a record, in front of its values: types take up to 5 bytes each. */
const HEADER = 256;

/**
 * A record under construction. Its functions add one value after the other. NULLs at its end are left out, but for the first
 * value: a reader takes what a record lacks for the default of the column, and none whose default is another has them.
 */
export interface RecordBuilder {
  begin(): void;
  null(): void;
  /** A whole number within 2^53. */
  int(value: number): void;
  /** The text in `from[start, start + length)`, as UTF-8. */
  text(from: Buffer, start: number, length: number): void;
  /** These bytes, as they are. */
  blob(from: Buffer, start: number, length: number): void;
  /** Any value, as a connection gives it. */
  value(value: string | number | bigint | null): void;
  /** Ends it; the record is `bytes[start, end)` until the next one begins. */
  finish(): void;
  bytes: Buffer;
  start: number;
  end: number;
}

/** Number of bytes of a varint. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128 && length < 9; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes a varint of 0 to 2^53; returns where it ends. */
export function putVarint(b: Buffer, at: number, value: number): number {
  if (value < 128) {
    b[at] = value;
    return at + 1;
  }
  const length = varintLength(value);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    b[at + i] = (rest % 128) | (i === length - 1 ? 0 : 0x80);
    rest = Math.floor(rest / 128);
  }
  return at + length;
}

/** Reads varints of 0 to 2^53, one after the other from `at` on. */
export function varintReader(b: Buffer, at: number): { next(): number; at(): number } {
  let i = at;
  return {
    next() {
      let value = 0;
      for (;;) {
        const byte = b[i++]!;
        value = value * 128 + (byte & 0x7f);
        if (byte < 0x80) return value;
      }
    },
    at: () => i,
  };
}

/** Types of values without a byte; each byte adds two. */
const BLOB = 12;
const TEXT = 13;

/** Below this length a loop is quicker than a call. */
const SHORT = 40;

/** Long: its functions share the record at hand. */
export function createRecordBuilder(): RecordBuilder {
  const types = Buffer.alloc(HEADER);
  /** Bytes of the header without its own length, and those up to the last value that is not NULL. */
  let headerLength = 0;
  let usedLength = 0;

  function room(length: number): void {
    if (builder.end + length <= builder.bytes.length) return;
    const wider = Buffer.allocUnsafeSlow(Math.max(builder.bytes.length * 2, builder.end + length));
    builder.bytes.copy(wider, 0, 0, builder.end);
    builder.bytes = wider;
  }

  function putType(type: number): void {
    headerLength = putVarint(types, headerLength, type);
    usedLength = headerLength;
  }

  /** The types of whole numbers: the fewest bytes that hold one, none for 0 and 1. */
  function int(value: number): void {
    if (value === 0 || value === 1) {
      putType(8 + value);
      return;
    }
    room(8);
    const size =
      value >= -0x80 && value < 0x80
        ? 1
        : value >= -0x8000 && value < 0x8000
          ? 2
          : value >= -0x800000 && value < 0x800000
            ? 3
            : value >= -0x80000000 && value < 0x80000000
              ? 4
              : value >= -(2 ** 47) && value < 2 ** 47
                ? 6
                : 8;
    putType(size <= 4 ? size : size === 6 ? 5 : 6);
    const { bytes, end } = builder;
    if (size <= 6) bytes.writeIntBE(value, end, size);
    else {
      bytes.writeInt32BE(Math.floor(value / 2 ** 32), end);
      bytes.writeUInt32BE(value - Math.floor(value / 2 ** 32) * 2 ** 32, end + 4);
    }
    builder.end = end + size;
  }

  function copy(from: Buffer, start: number, length: number, type: number): void {
    putType(length * 2 + type);
    room(length);
    const { bytes, end } = builder;
    if (length < SHORT) for (let i = 0; i < length; i++) bytes[end + i] = from[start + i]!;
    else from.copy(bytes, end, start, start + length);
    builder.end = end + length;
  }

  const builder: RecordBuilder = {
    bytes: Buffer.allocUnsafeSlow(1 << 16),
    start: HEADER,
    end: HEADER,
    begin() {
      headerLength = 0;
      usedLength = 1;
      builder.end = HEADER;
    },
    null() {
      types[headerLength++] = 0;
    },
    int,
    text: (from, start, length) => copy(from, start, length, TEXT),
    blob: (from, start, length) => copy(from, start, length, BLOB),
    value(value) {
      if (value === null) types[headerLength++] = 0;
      else if (typeof value === 'string') {
        const bytes = Buffer.from(value);
        copy(bytes, 0, bytes.length, TEXT);
      } else if (Number.isSafeInteger(Number(value))) int(Number(value));
      else {
        putType(typeof value === 'bigint' ? 6 : 7);
        room(8);
        const { bytes, end } = builder;
        builder.end =
          typeof value === 'bigint' ? bytes.writeBigInt64BE(value, end) : bytes.writeDoubleBE(value, end);
      }
    },
    finish() {
      // The length counts itself; no header here is so long that this would change its size twice.
      const length = usedLength + (usedLength + 1 < 128 ? 1 : 2);
      builder.start = HEADER - length;
      const at = putVarint(builder.bytes, builder.start, length);
      types.copy(builder.bytes, at, 0, usedLength);
    },
  };
  return builder;
}

/** Reads the values of a record: those that are not left out. */
export function recordValues(record: Buffer): Array<string | number | Buffer | null> {
  const header = varintReader(record, 0);
  let at = header.next();
  const types: number[] = [];
  while (header.at() < at) types.push(header.next());
  return types.map(type => {
    if (type === 0) return null;
    if (type === 8 || type === 9) return type - 8;
    const length = type >= BLOB ? Math.floor((type - BLOB) / 2) : ([0, 1, 2, 3, 4, 6, 8, 8][type] as number);
    const start = at;
    at += length;
    if (type === 7) return record.readDoubleBE(start);
    if (type >= BLOB) return type % 2 === 0 ? record.subarray(start, at) : record.toString('utf8', start, at);
    return length === 8 ? Number(record.readBigInt64BE(start)) : record.readIntBE(start, length);
  });
}
