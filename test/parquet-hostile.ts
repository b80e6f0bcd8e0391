/** Parquet files put together by hand, whose counts and lengths may say anything. */

type Field = [id: number, value: ThriftValue];
type ThriftValue = number | bigint | Buffer | string | Struct | ThriftValue[];
interface Struct {
  fields: Field[];
}

export const struct = (...fields: Field[]): Struct => ({ fields });

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

const zigzag = (value: bigint): number[] => varint(value >= 0n ? value * 2n : -value * 2n - 1n);

const typeOf = (value: ThriftValue): number =>
  Array.isArray(value)
    ? 9
    : typeof value === 'object' && 'fields' in value
      ? 12
      : typeof value === 'object' || typeof value === 'string'
        ? 8
        : 6;

/** Bytes of a value in Thrift's compact protocol. */
export function thrift(value: ThriftValue): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint') return Buffer.from(zigzag(BigInt(value)));
  if (typeof value === 'string') return thrift(Buffer.from(value));
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from(varint(BigInt(value.length))), value]);
  if (Array.isArray(value)) {
    const head = [0xf0 | (value.length > 0 ? typeOf(value[0]!) : 12), ...varint(BigInt(value.length))];
    return Buffer.concat([Buffer.from(head), ...value.map(thrift)]);
  }
  const parts: Buffer[] = [];
  let last = 0;
  for (const [id, one] of value.fields) {
    parts.push(Buffer.from([((id - last) << 4) | typeOf(one)]), thrift(one));
    last = id;
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

export interface HandMade {
  /** Rows of the footer and of the row group. Default 2. */
  rows?: number | bigint;
  /** Values that the footer gives each column. Default: the rows. */
  values?: number | bigint;
  /** The pages of each column. */
  pages?: Buffer;
  /** Number of the codec. Default 0, uncompressed. */
  codec?: number;
  /** Elements of the schema. Default: two columns of text that have a value in each row. */
  schema?: Struct[];
  /** Offset and size that the footer gives the columns, instead of those they have. */
  place?: [offset: number | bigint, size: number | bigint];
  /** The whole footer, instead of one of the above. */
  footer?: Buffer;
}

const COLUMNS = ['eventname', 'eventsource'];
const text = (name: string): Struct => struct([1, 6], [3, 0], [4, name], [6, 0]);

/** A page of texts, whose head says what it is told. */
export function page({
  values = 2,
  body = texts('a', 'b'),
  size = body.length,
  inflated = size,
  encoding = 0,
}: {
  values?: number | bigint;
  body?: Buffer;
  size?: number | bigint;
  inflated?: number | bigint;
  encoding?: number;
} = {}): Buffer {
  const head = struct(
    [1, 0],
    [2, inflated],
    [3, size],
    [5, struct([1, values], [2, encoding], [3, 3], [4, 3])],
  );
  return Buffer.concat([thrift(head), body]);
}

export function texts(...list: string[]): Buffer {
  return Buffer.concat(
    list.map(one => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(one));
      return Buffer.concat([length, Buffer.from(one)]);
    }),
  );
}

export function handMade({
  rows = 2,
  values = rows,
  pages = page(),
  codec = 0,
  schema,
  place,
  footer,
}: HandMade = {}): Buffer {
  const columns = COLUMNS.map((name, i) => {
    const [offset, size] = place ?? [4 + i * pages.length, pages.length];
    const meta = struct(
      [1, 6],
      [2, [0]],
      [3, [name]],
      [4, codec],
      [5, values],
      [6, size],
      [7, size],
      [9, offset],
    );
    return struct([2, 0], [3, meta]);
  });
  const elements = schema ?? [struct([4, 'root'], [5, 2]), ...COLUMNS.map(text)];
  const meta =
    footer ??
    thrift(struct([1, 1], [2, elements], [3, rows], [4, [struct([1, columns], [2, 0], [3, rows])]]));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([Buffer.from('PAR1'), ...COLUMNS.map(() => pages), meta, length, Buffer.from('PAR1')]);
}
