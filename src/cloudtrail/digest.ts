/**
 * CloudTrail's digest files: what is in one, what its key says, and where its signature is kept (User Guide, "CloudTrail
 * digest file structure").
 */

import { nameOf, REGION } from './file-name.js';
import { secondOf } from './time.js';

/** What digests say of a log file. */
export const VERDICTS = {
  proven: 'its hash is in a digest whose signature is valid',
  consistent: 'its hash is in a digest whose signature was not checked',
  altered: 'a digest lists it with another hash, or its gzip stream is damaged or has bytes after its end',
  unlisted: 'there are digests of its account and region, and none that can be believed lists it',
  none: 'there are no digests of its account and region',
} as const;
export type Verdict = keyof typeof VERDICTS;

/** A log file that a digest lists. A member that is absent or not a string is null. */
export interface ListedFile {
  bucket: string | null;
  /** The key of the log file. */
  object: string | null;
  /** SHA-256 of its inflated bytes, hex. */
  hash: string | null;
  hashAlgorithm: string | null;
  newestEvent: string | null;
  oldestEvent: string | null;
}

/** The members of a digest file. One that is absent or not a string is null. */
export interface Digest {
  bucket: string | null;
  /** The key it gives itself. */
  object: string | null;
  startTime: string | null;
  endTime: string | null;
  fingerprint: string | null;
  signatureAlgorithm: string | null;
  newestEvent: string | null;
  oldestEvent: string | null;
  previousBucket: string | null;
  previousObject: string | null;
  previousHash: string | null;
  previousHashAlgorithm: string | null;
  previousSignature: string | null;
  logFiles: ListedFile[];
  /** JSON object of its other members, or null. */
  otherMembers: string | null;
  /** Why it cannot be checked, or null. */
  problem: string | null;
}

/** The field of each member of the JSON. */
const MEMBERS = {
  digestS3Bucket: 'bucket',
  digestS3Object: 'object',
  digestStartTime: 'startTime',
  digestEndTime: 'endTime',
  digestPublicKeyFingerprint: 'fingerprint',
  digestSignatureAlgorithm: 'signatureAlgorithm',
  newestEventTime: 'newestEvent',
  oldestEventTime: 'oldestEvent',
  previousDigestS3Bucket: 'previousBucket',
  previousDigestS3Object: 'previousObject',
  previousDigestHashValue: 'previousHash',
  previousDigestHashAlgorithm: 'previousHashAlgorithm',
  previousDigestSignature: 'previousSignature',
} as const satisfies Record<string, keyof Digest>;

/** Members that must be strings: without them the AWS CLI calls a digest invalid, too. */
const REQUIRED = [
  'digestS3Bucket',
  'digestS3Object',
  'digestStartTime',
  'digestEndTime',
  'digestPublicKeyFingerprint',
] as const;

const LISTED_MEMBERS = {
  s3Bucket: 'bucket',
  s3Object: 'object',
  hashValue: 'hash',
  hashAlgorithm: 'hashAlgorithm',
  newestEventTime: 'newestEvent',
  oldestEventTime: 'oldestEvent',
} as const satisfies Record<string, keyof ListedFile>;

/** Longest text that a member may have: a key of S3 has 1,024 bytes, a signature of 4,096 bits as many digits. */
const LONGEST = 4096;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The members of a digest.
 * @param json the text of a JSON object, whatever is in it: `problem` says what is wrong
 * @throws SyntaxError where it is not JSON
 */
export function parseDigest(json: string): Digest {
  const members = JSON.parse(json) as Json;
  const problems: string[] = [];
  const digest = { logFiles: [], otherMembers: null, problem: null } as unknown as Digest;
  for (const [name, field] of Object.entries(MEMBERS)) digest[field] = textOf(members, name, problems);
  for (const name of REQUIRED)
    if (digest[MEMBERS[name]] === null && problems.every(problem => !problem.startsWith(name)))
      problems.push(`${name} is missing`);
  if (!Object.hasOwn(members, 'previousDigestSignature')) problems.push('previousDigestSignature is missing');
  for (const time of ['startTime', 'endTime'] as const)
    if (digest[time] !== null && secondOf(digest[time]) === null)
      problems.push(`${time === 'startTime' ? 'digestStartTime' : 'digestEndTime'} is not a time`);
  digest.logFiles = listedFiles(members.logFiles, problems);
  const others = Object.entries(members).filter(
    ([name]) => !Object.hasOwn(MEMBERS, name) && name !== 'logFiles',
  );
  if (others.length > 0) digest.otherMembers = JSON.stringify(Object.fromEntries(others));
  digest.problem = problems.slice(0, 3).join('; ') || null;
  return digest;
}

function textOf(of: Json, name: string, problems: string[]): string | null {
  const value = Object.hasOwn(of, name) ? of[name] : null;
  if (value === null) return null;
  if (typeof value === 'string' && value.length <= LONGEST) return value;
  problems.push(`${name} is ${typeof value === 'string' ? 'too long' : 'not text'}`);
  return null;
}

function listedFiles(list: unknown, problems: string[]): ListedFile[] {
  if (!Array.isArray(list)) {
    problems.push('logFiles is not a list');
    return [];
  }
  return list.map((entry, i): ListedFile => {
    const listed = {} as ListedFile;
    const wrong: string[] = [];
    const members = isObject(entry) ? entry : {};
    for (const [name, field] of Object.entries(LISTED_MEMBERS)) listed[field] = textOf(members, name, wrong);
    if (listed.object === null || listed.hash === null) wrong.push('s3Object or hashValue is missing');
    if (wrong.length > 0) problems.push(`logFiles[${i}]: ${wrong[0]}`);
    return listed;
  });
}

/** What the key of a digest says. */
export interface DigestKey {
  account: string;
  /** Where what it lists happened. */
  region: string;
  trail: string;
  homeRegion: string;
  isBackfill: boolean;
}

// <account>_CloudTrail-Digest_<region>_<trail>_<home region>_<time>[_backfill].json.gz; a trail's name may have _ - .
const DIGEST_NAME = new RegExp(
  `^(\\d{12})_CloudTrail-Digest_(${REGION})_(.+)_(${REGION})_(\\d{8}T\\d{6}Z)(_backfill)?(?=\\.json)`,
);

/** Reads the key, or the path, of a digest file; undefined where it is not the name of one. */
export function digestKeyOf(path: string): (DigestKey & { endTime: string }) | undefined {
  const match = DIGEST_NAME.exec(nameOf(path));
  if (!match) return undefined;
  const [, account, region, trail, homeRegion, time, backfill] = match as unknown as string[];
  const endTime = time!.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return {
    account: account!,
    region: region!,
    trail: trail!,
    homeRegion: homeRegion!,
    isBackfill: backfill !== undefined,
    endTime,
  };
}

/** True for the path of a digest file itself, and not for that of a file with its metadata. */
export const isDigestPath = (path: string): boolean =>
  digestKeyOf(path) !== undefined && /Z(?:_backfill)?\.json(?:\.gz)?$/.test(path);

/** The signature of a digest, as S3 keeps it with the object. */
export interface DigestSignature {
  bucket: string | null;
  /** Key of the digest, or its last part. */
  object: string;
  /** Hex. */
  signature: string | null;
  algorithm: string | null;
  backfillTime: string | null;
}

/** `aws s3api head-object` does not say which object it describes: members that people add to its output, which do. */
const KEY_NAMES = ['Key', 'key', 's3Object', 'object'];
const BUCKET_NAMES = ['Bucket', 'bucket', 's3Bucket'];

/**
 * Reads what `aws s3api head-object` printed for a digest.
 * @param json one object
 * @param path the file it stands in, whose name says which digest it is of where no `Key` does
 * @returns undefined where it does not describe a digest
 * @throws SyntaxError where it is not JSON
 */
export function parseSignature(json: string, path: string): DigestSignature | undefined {
  const members = JSON.parse(json) as Json;
  const metadata = isObject(members.Metadata) ? members.Metadata : {};
  const first = (of: Json, names: readonly string[]): string | null => {
    for (const name of names) {
      const value = Object.hasOwn(of, name) ? of[name] : null;
      if (typeof value === 'string' && value.length <= LONGEST) return value;
    }
    return null;
  };
  const object = first(members, KEY_NAMES) ?? digestBeside(path);
  if (object === undefined || digestKeyOf(object) === undefined) return undefined;
  return {
    bucket: first(members, BUCKET_NAMES),
    object,
    signature: first(metadata, ['signature']),
    algorithm: first(metadata, ['signature-algorithm']),
    backfillTime: first(metadata, ['backfill-generation-timestamp']),
  };
}

/** The digest that a file is named for: `<digest>.json.gz.metadata.json`, or with another ending. */
function digestBeside(path: string): string | undefined {
  const match = DIGEST_NAME.exec(nameOf(path));
  return match ? `${match[0]}.json.gz` : undefined;
}
