/** The kinds of findings of a check, how much each weighs and what it means. */

/**
 * - `alarm`: something is not what CloudTrail wrote, or does not fit what it wrote
 * - `gap`: something is not here, so that nothing can be said of it
 * - `note`: what could not be checked, and why; an untouched copy may have it
 */
export type Level = 'alarm' | 'gap' | 'note';

/** Every kind of finding: its level, and what it means. Help, report and docs take it from here. */
export const FINDINGS = {
  'signature invalid': {
    level: 'alarm',
    meaning: 'the digest is not what CloudTrail signed: it, or its signature, was altered',
  },
  'digest unreadable': {
    level: 'alarm',
    meaning: 'it has the name of a digest and cannot be read as one',
  },
  'digest damaged': {
    level: 'alarm',
    meaning: 'there are bytes after its gzip stream, or the checksum of the stream does not hold',
  },
  'digest moved': {
    level: 'alarm',
    meaning: 'it lies in another place than its own key says',
  },
  'digest doubled': {
    level: 'alarm',
    meaning: 'two files with different content state the same key as their own',
  },
  'digest apart': {
    level: 'alarm',
    meaning: 'the next digest of the chain links past it to an older one',
  },
  'hash link broken': {
    level: 'alarm',
    meaning: 'the next digest states another hash for this one',
  },
  'signature link broken': {
    level: 'alarm',
    meaning: 'the next digest states another signature for this one than its metadata, or none',
  },
  'signatures disagree': {
    level: 'alarm',
    meaning: 'metadata files state different signatures for the same digest',
  },
  'foreign link': {
    level: 'alarm',
    meaning: 'it links to a digest of another trail, account or region, or to one that is not older',
  },
  'digests disagree': {
    level: 'alarm',
    meaning: 'two digests state different hashes for the same log file',
  },
  'digests overlap': {
    level: 'alarm',
    meaning: 'two digests of a chain cover the same time',
  },
  'key out of its time': {
    level: 'alarm',
    meaning: 'it was signed with a key that was not valid at that time',
  },
  'log altered': {
    level: 'alarm',
    meaning: 'its content is not what the digest states',
  },
  'log replaced by another': {
    level: 'alarm',
    meaning: 'under its name is the content of another log file that a digest lists',
  },
  'data after the log': {
    level: 'alarm',
    meaning: 'there are bytes after its gzip stream; the stream itself is what the digest states',
  },
  'log damaged': {
    level: 'alarm',
    meaning: 'its gzip stream is damaged or cut; what it holds is what the digest states',
  },
  'log unlisted': {
    level: 'alarm',
    meaning:
      'digests cover the time of its delivery and none lists it: it was planted, or a trail without validation delivered it',
  },
  'log renamed': {
    level: 'alarm',
    meaning: 'it is a log file that a digest lists under another name, which is not here',
  },
  'log moved': {
    level: 'alarm',
    meaning: 'it lies in other folders than the digest says',
  },
  'changed since the ingest': {
    level: 'alarm',
    meaning: 'its content is not what was indexed',
  },
  'gone since the ingest': {
    level: 'gap',
    meaning: 'it was indexed and cannot be read now',
  },
  'log not here': {
    level: 'gap',
    meaning: 'a digest lists it, and it is not in the index: not downloaded, or removed',
  },
  'log not read': {
    level: 'gap',
    meaning: 'a digest lists it, and it was not read to its end',
  },
  'digest not here': {
    level: 'gap',
    meaning: 'the next digest of the chain links to it: not downloaded, or removed',
  },
  'digest not read': {
    level: 'gap',
    meaning:
      'it has the name of a digest and was not read (a limit of the ingest, a permission, the disk, an earlier version of offtrail): ingest it again',
  },
  'signature without digest': {
    level: 'gap',
    meaning: 'its metadata is here and the digest is not: CloudTrail wrote it; not downloaded, or removed',
  },
  'chain restarted': {
    level: 'gap',
    meaning:
      'it links to no digest before it: validation or logging was off in between, or the link was removed',
  },
  'time without digest': {
    level: 'gap',
    meaning:
      'it links to a digest that ends before it begins, and no backfill digest covers the time in between',
  },
  'key not listed': {
    level: 'gap',
    meaning:
      'the public key that it names is not among those given, and others of its time are: the list is of another time or region, or CloudTrail did not sign the digest',
  },
  'chain stops': {
    level: 'gap',
    meaning:
      'others go on for hours: its later digests were not downloaded, were removed, or validation was switched off',
  },
  'log outside digests': {
    level: 'gap',
    meaning:
      'no digest here that can be believed covers the time of its delivery: validation was off, its digest was not downloaded, was removed or altered',
  },
  'log of unknown delivery': {
    level: 'gap',
    meaning:
      'no digest lists it, and its name does not say when CloudTrail delivered it: an export or a copy under another name, or planted',
  },
  'chain begins earlier': {
    level: 'note',
    meaning: 'its first digest here links to one before it that is not here',
  },
  'no signature': {
    level: 'note',
    meaning:
      'neither its metadata nor a next digest that can be believed is here: aws s3 sync does not copy metadata, aws s3api head-object prints it',
  },
  'no key': {
    level: 'note',
    meaning: 'the public key that it names was not given',
  },
  'bad key': {
    level: 'note',
    meaning: 'the public key that it names cannot be trusted',
  },
  'log copied': {
    level: 'note',
    meaning:
      'it has the content of a log file that a digest lists and that is here as well: a copy, or what another trail delivered',
  },
  'log of an earlier day': {
    level: 'note',
    meaning: 'the first digest here lists it, and no file of its day is here',
  },
  'log after the last digest': {
    level: 'note',
    meaning: 'it was delivered after the last digest that is here',
  },
} as const satisfies Record<string, { level: Level; meaning: string }>;

export type FindingKind = keyof typeof FINDINGS;

/** One finding. */
export interface Finding {
  /** Which kind it is, a name in `FINDINGS`. */
  kind: FindingKind;
  /** How much it weighs. */
  level: Level;
  /** The file it is about: its path where it is here, else its key. */
  file: string;
  /** What it rests on: hashes, times, other files. */
  because: string;
}

export function finding(kind: FindingKind, file: string, because: string): Finding {
  return { kind, level: FINDINGS[kind].level, file, because };
}
