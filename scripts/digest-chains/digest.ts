/** A digest file: its members as CloudTrail writes them, its signature, and where that is kept. */

import { createHash, createSign, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isoTime } from '../records.js';
import type { Folders } from './folders.js';
import type { SigningKey } from './keys.js';
import type { LogFile } from './logs.js';
import type { Trail } from './names.js';

/** What the JSON of a digest says, in CloudTrail's order. */
export interface DigestMembers {
  awsAccountId: string;
  digestStartTime: string;
  digestEndTime: string;
  digestS3Bucket: string;
  digestS3Object: string;
  digestPublicKeyFingerprint: string;
  digestSignatureAlgorithm: string;
  newestEventTime: string | null;
  oldestEventTime: string | null;
  previousDigestS3Bucket: string | null;
  previousDigestS3Object: string | null;
  previousDigestHashValue: string | null;
  previousDigestHashAlgorithm: string | null;
  previousDigestSignature: string | null;
  logFiles: ListedFile[];
}

export interface ListedFile {
  s3Bucket: string;
  s3Object: string;
  hashValue: string;
  hashAlgorithm: string;
  newestEventTime: string;
  oldestEventTime: string;
}

/** A digest that was written. Tests change its members and call `resign`. */
export interface Digest {
  /** Where it was written. */
  path: string;
  bucket: string;
  key: string;
  account: string;
  region: string;
  trail: Trail;
  isBackfill: boolean;
  members: DigestMembers;
  /** The inflated bytes. */
  bytes: Buffer;
  /** SHA-256 of `bytes`, hexadecimal. */
  hash: string;
  /** Hexadecimal, as the metadata of the object has it; undefined where there is no metadata. */
  signature: string | undefined;
  /** When a backfill digest was made: `2026-03-04T10:00:00.000Z`. */
  backfillTime: string | undefined;
  signer: SigningKey;
}

/** Where signatures go: beside the digests, in a folder, as lines of one file, or nowhere. */
export type SignaturePlace = 'beside' | 'folder' | 'lines' | 'nowhere';

export const listed = (log: LogFile): ListedFile => ({
  s3Bucket: log.bucket,
  s3Object: log.key,
  hashValue: log.hash,
  hashAlgorithm: 'SHA-256',
  newestEventTime: log.newest,
  oldestEventTime: log.oldest,
});

/** The members that say which digest comes before: null where none does. */
export function linkTo(
  previous: Digest | undefined,
): Pick<
  DigestMembers,
  | 'previousDigestS3Bucket'
  | 'previousDigestS3Object'
  | 'previousDigestHashValue'
  | 'previousDigestHashAlgorithm'
  | 'previousDigestSignature'
> {
  return {
    previousDigestS3Bucket: previous?.bucket ?? null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
  };
}

/** Makes the bytes, hash and signature of a digest anew, from its members. */
export function sign(digest: Digest, privateKey: KeyObject = digest.signer.privateKey): void {
  digest.bytes = Buffer.from(JSON.stringify(digest.members));
  digest.hash = createHash('sha256').update(digest.bytes).digest('hex');
  const { digestEndTime, digestS3Bucket, digestS3Object, previousDigestSignature } = digest.members;
  const text = `${digestEndTime}\n${digestS3Bucket}/${digestS3Object}\n${digest.hash}\n${previousDigestSignature ?? 'null'}`;
  digest.signature = createSign('RSA-SHA256').update(text).sign(privateKey, 'hex');
}

/** Writes a digest as it is, gzipped. */
export function writeDigest(folders: Folders, digest: Digest): void {
  folders.make(digest.path);
  writeFileSync(digest.path, gzipSync(digest.bytes, { level: 1 }));
}

/** The user metadata of a digest's object. */
export function metadataOf(digest: Digest): Record<string, string> {
  return {
    ...(digest.backfillTime === undefined ? {} : { 'backfill-generation-timestamp': digest.backfillTime }),
    ...(digest.signature === undefined
      ? {}
      : { signature: digest.signature, 'signature-algorithm': 'SHA256withRSA' }),
  };
}

/** What `aws s3api head-object` prints of a digest. */
export function headObject(digest: Digest): Record<string, unknown> {
  const end = Date.parse(digest.backfillTime ?? digest.members.digestEndTime) / 1000;
  return {
    AcceptRanges: 'bytes',
    LastModified: isoTime((Number.isNaN(end) ? 0 : end) + 1800).replace('Z', '+00:00'),
    ContentLength: digest.bytes.length,
    ETag: `"${digest.hash.slice(0, 32)}"`,
    ContentEncoding: 'gzip',
    ContentType: 'application/json',
    ServerSideEncryption: 'AES256',
    Metadata: metadataOf(digest),
  };
}

/** The file that a digest's signature goes to, where each has its own. */
export function signaturePath(folders: Folders, place: SignaturePlace, digest: Digest): string | undefined {
  if (place === 'beside') return `${digest.path}.metadata.json`;
  if (place === 'folder') return join(folders.root, 'signatures', `${basename(digest.path)}.metadata.json`);
  return undefined;
}
