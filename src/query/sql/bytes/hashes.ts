/** Hashes that Node does not have: xxHash64 and the 128-bit MurmurHash3 for 64-bit machines, both with seed 0. */

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint): bigint => u64((value << bits) | (value >> (64n - bits)));

const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const round = (state: bigint, input: bigint): bigint => u64(rotate(u64(state + input * P2), 31n) * P1);

/** The xxHash64 of bytes, the highest byte first. */
export function xxhash64(bytes: Buffer): Buffer {
  let at = 0;
  let hash = P5;
  if (bytes.length >= 32) {
    const lanes = [u64(P1 + P2), P2, 0n, u64(-P1)];
    for (; at + 32 <= bytes.length; at += 32)
      for (let lane = 0; lane < 4; lane++)
        lanes[lane] = round(lanes[lane]!, bytes.readBigUInt64LE(at + lane * 8));
    const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint];
    hash = u64(rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n));
    for (const lane of lanes) hash = u64((hash ^ round(0n, lane)) * P1 + P4);
  }
  hash = u64(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8)
    hash = u64(rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P1 + P4);
  if (at + 4 <= bytes.length) {
    hash = u64(rotate(hash ^ u64(BigInt(bytes.readUInt32LE(at)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (; at < bytes.length; at++) hash = u64(rotate(hash ^ u64(BigInt(bytes[at]!) * P5), 11n) * P1);
  hash = u64((hash ^ (hash >> 33n)) * P2);
  hash = u64((hash ^ (hash >> 29n)) * P3);
  const digest = Buffer.alloc(8);
  digest.writeBigUInt64BE(hash ^ (hash >> 32n));
  return digest;
}

const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;

const first = (value: bigint): bigint => u64(rotate(u64(value * C1), 31n) * C2);
const second = (value: bigint): bigint => u64(rotate(u64(value * C2), 33n) * C1);

function mix(value: bigint): bigint {
  const a = u64((value ^ (value >> 33n)) * 0xff51afd7ed558ccdn);
  const b = u64((a ^ (a >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return b ^ (b >> 33n);
}

/** The 128-bit MurmurHash3 of bytes. */
export function murmur3(bytes: Buffer): Buffer {
  let h1 = 0n;
  let h2 = 0n;
  let at = 0;
  for (; at + 16 <= bytes.length; at += 16) {
    h1 = u64((rotate(h1 ^ first(bytes.readBigUInt64LE(at)), 27n) + h2) * 5n + 0x52dce729n);
    h2 = u64((rotate(h2 ^ second(bytes.readBigUInt64LE(at + 8)), 31n) + h1) * 5n + 0x38495ab5n);
  }
  const tail = Buffer.alloc(16);
  bytes.copy(tail, 0, at);
  h1 ^= first(tail.readBigUInt64LE(0));
  h2 ^= second(tail.readBigUInt64LE(8));
  const length = BigInt(bytes.length);
  h1 = u64((h1 ^ length) + (h2 ^ length));
  h2 = u64((h2 ^ length) + h1);
  const [a, b] = [mix(h1), mix(h2)];
  const digest = Buffer.alloc(16);
  digest.writeBigInt64LE(BigInt.asIntN(64, a + b), 0);
  digest.writeBigInt64LE(BigInt.asIntN(64, a + b + b), 8);
  return digest;
}
