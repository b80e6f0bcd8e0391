/** Functions that digest bytes, and `uuid()`. */

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { murmur3, xxhash64 } from '../bytes/hashes.js';
import { invalidArgument } from '../errors.js';
import { type SqlFunction, scalar } from './registry.js';

const DIGESTS = ['md5', 'sha1', 'sha256', 'sha512'];

function uuid(): Buffer {
  const bytes = randomBytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes;
}

function hmac(name: string, bytes: Buffer, key: Buffer): Buffer {
  if (key.length === 0) invalidArgument('Empty key');
  return createHmac(name, key).update(bytes).digest();
}

export const DIGEST_FUNCTIONS: readonly SqlFunction[] = [
  ...DIGESTS.flatMap(name => [
    scalar(`${name}(varbinary) -> varbinary`, `The ${name.toUpperCase()} digest of bytes.`, (bytes: Buffer) =>
      createHash(name).update(bytes).digest(),
    ),
    scalar(
      `hmac_${name}(varbinary, varbinary) -> varbinary`,
      `The ${name.toUpperCase()} digest of bytes with a key.`,
      (bytes: Buffer, key: Buffer) => hmac(name, bytes, key),
    ),
  ]),
  scalar('crc32(varbinary) -> bigint', 'The CRC-32 of bytes.', (bytes: Buffer) => BigInt(crc32(bytes))),
  scalar('xxhash64(varbinary) -> varbinary', 'The xxHash64 of bytes.', xxhash64),
  scalar('murmur3(varbinary) -> varbinary', 'The 128-bit MurmurHash3 of bytes.', murmur3),
  scalar('uuid() -> uuid', 'A random UUID.', uuid, { isRandom: true }),
];
