/** Addresses and blocks as bytes and as text; an IPv4 address is `::ffff:a.b.c.d` in 16 bytes. */

const IPV4 = /^(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})$/;
/** No text of an address is longer. */
const LONGEST = 45;

/** The 16 bytes of an address; undefined for what is not one. */
export function parseAddress(text: string): Buffer | undefined {
  if (text.includes(':')) return parseIpv6(text.replace(/%[0-9A-Za-z_.-]{1,20}$/, ''));
  if (text.length > LONGEST) return undefined;
  const bytes = fourBytes(text);
  return bytes && ipv4Address(bytes);
}

/** The address of the four bytes of an IPv4 address. */
export function ipv4Address(bytes: ArrayLike<number>): Buffer {
  const address = Buffer.alloc(16);
  address.fill(0xff, 10, 12);
  address.set(bytes, 12);
  return address;
}

function fourBytes(text: string): number[] | undefined {
  const parts = IPV4.exec(text)?.slice(1).map(Number);
  return parts?.every(part => part < 256) ? parts : undefined;
}

function parseIpv6(text: string): Buffer | undefined {
  if (text.length > LONGEST) return undefined;
  const tail = text.slice(text.lastIndexOf(':') + 1);
  let hex = text;
  if (tail.includes('.')) {
    const bytes = fourBytes(tail);
    if (!bytes) return undefined;
    const [a, b, c, d] = bytes as [number, number, number, number];
    hex = `${text.slice(0, -tail.length)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const halves = hex.split('::');
  if (halves.length > 2) return undefined;
  const [start, end] = halves.map(half => (half === '' ? [] : half.split(':'))) as [
    string[],
    string[] | undefined,
  ];
  const count = start.length + (end?.length ?? 0);
  if (end ? count > 7 : count !== 8) return undefined;
  const groups = end ? [...start, ...new Array<string>(8 - count).fill('0'), ...end] : start;
  if (!groups.every(group => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  const address = Buffer.alloc(16);
  for (const [i, group] of groups.entries()) address.writeUInt16BE(Number.parseInt(group, 16), i * 2);
  return address;
}

/** Whether it is an IPv4 address. */
export function isIpv4(address: Buffer): boolean {
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return false;
  return address[10] === 0xff && address[11] === 0xff;
}

/** The address as text: the longest run of zeros, the first of several, is `::`. */
export function addressText(address: Buffer): string {
  if (isIpv4(address)) return address.subarray(12, 16).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => address.readUInt16BE(i * 2));
  let [start, length] = [-1, 1];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > length) [start, length] = [at, end - at];
    if (end > at) at = end;
  }
  const hex = (part: number[]): string => part.map(group => group.toString(16)).join(':');
  return start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** Bits that all addresses of a block have in front, of 128. */
const bitsOf = (address: Buffer, length: number): number => (isIpv4(address) ? 96 + length : length);

/** The first and the last address of the block that an address is in. */
export function blockEnds(address: Buffer, length: number): { first: Buffer; last: Buffer } {
  const bits = bitsOf(address, length);
  const first = Buffer.from(address.subarray(0, 16));
  const last = Buffer.from(first);
  for (let i = 0; i < 16; i++) {
    const mask = 0xff >> Math.min(8, Math.max(0, bits - i * 8));
    first[i] = first[i]! & ~mask;
    last[i] = last[i]! | mask;
  }
  return { first, last };
}

/** A block of an address and the number of its bits. */
export const prefixOf = (address: Buffer, length: number): Buffer =>
  Buffer.concat([blockEnds(address, length).first, Buffer.from([length])]);

/** The 17 bytes of a block, `10.0.0.0/8`: its first address, and the bits; undefined for what is not one. */
export function parsePrefix(text: string): Buffer | undefined {
  const parts = /^([^/]*)\/([0-9]{1,3})$/.exec(text);
  const address = parts && parseAddress(parts[1]!);
  if (!address) return undefined;
  const length = Number(parts[2]);
  return length <= (isIpv4(address) ? 32 : 128) ? prefixOf(address, length) : undefined;
}

/** The block as text. */
export const prefixText = (prefix: Buffer): string => `${addressText(prefix.subarray(0, 16))}/${prefix[16]}`;
