/** What the digests in an index say: every chain and signature checked, and a verdict on every log file. */

import { VERDICTS, type Verdict } from '../cloudtrail/digest.js';
import { commonName } from '../cloudtrail/file-name.js';
import { isoSecond } from '../cloudtrail/time.js';
import type { Db } from '../store/open.js';
import { checkChains } from './chains.js';
import { FINDINGS, type Finding, finding, type Level } from './findings.js';
import { checkLogFiles, type Evidence } from './log-files.js';
import { isElsewhere } from './places.js';
import type { PublicKeys } from './public-keys.js';
import { type DigestFiles, digestFiles, isUnread, type LedgerFile, streamOf } from './rows.js';
import { lonelySignatures, SIGNING_SECONDS, signatureNotes } from './signatures.js';
import type { Chain, CheckedDigest } from './trust.js';

/** A file as it is on the disk now: its hash, null where it is gone, and what is wrong with its stream. */
export interface Reread {
  sha256: string | null;
  damage: string | null;
}

/** What is known of one chain of digests. */
export interface ChainSummary {
  /** The account whose log files it lists. */
  account: string;
  /** The region where the events in them happened. */
  region: string;
  /** Name of the trail. */
  trail: string;
  /** Home region of the trail. */
  homeRegion: string;
  /** True for digests that were made later, which have a chain of their own. */
  isBackfill: boolean;
  /** Digests that are here. */
  digests: number;
  /** Those whose signature is valid. */
  valid: number;
  /** Those whose signature is not. */
  invalid: number;
  /** Those whose signature could not be checked. */
  unchecked: number;
  /** When what they cover begins, UTC. */
  from: string;
  /** When it ends, UTC. */
  to: string;
  /** Log files that they list. */
  listed: number;
  /** Those that are not here. */
  missing: number;
}

export interface Verification {
  chains: ChainSummary[];
  /** Log files by verdict. */
  logFiles: Record<Verdict, number>;
  /** The verdict on each log file. */
  evidence: Evidence[];
  /** Verdicts on versions of files that were replaced, of which events are left. */
  earlier: Evidence[];
  /** Digest files, in chains or not. */
  digests: CheckedDigest[];
  /** The worst first; of one level in the order of `FINDINGS`, then by file. */
  findings: Finding[];
  /** Keys that are needed and that nobody gave. */
  missingKeys: MissingKey[];
}

/** A key that digests name and that nobody gave. */
export interface MissingKey {
  /** MD5 of the key, as digests state it. */
  fingerprint: string;
  /** Region of the digests that it signs: CloudTrail's keys are regional. */
  region: string;
  /** When what these digests cover begins, UTC. */
  from: string;
  /** When it ends, UTC. */
  to: string;
  /** Number of these digests. */
  digests: number;
  /** The command that gets it. */
  command: string;
}

export interface VerifyOptions {
  /** Keys to check signatures with. */
  keys: PublicKeys;
  /** Files as they are on the disk now, by their ids in the ledger. Default: the hashes of the ledger. */
  reread?: ReadonlyMap<number, Reread>;
}

const LEVELS: readonly Level[] = ['alarm', 'gap', 'note'];
const ORDER = Object.keys(FINDINGS);

/** Checks every chain, signature and log file. Nothing is written. */
export function verifyDigests(db: Db, { keys, reread }: VerifyOptions): Verification {
  const files = digestFiles(db);
  const changes = reread ? applyReread(files, reread) : [];
  const { chains, findings: ofChains } = checkChains(files, keys);
  const { evidence, earlier, findings: ofLogs, missing } = checkLogFiles(files, chains);
  const digests = chains.flatMap(chain => chain.digests);
  const named = [
    ...files.digests.map(({ object }) => object),
    ...files.unreadable.map(({ file }) => file.path),
    ...ofChains.filter(({ kind }) => kind === 'digest not here').map(({ file }) => file),
  ];
  const findings = [
    ...changes,
    ...ofFiles(files),
    ...ofChains,
    ...signatureNotes(digests, keys),
    ...lonelySignatures(files.signatures, new Set(named.map(commonName))),
    ...ofLogs,
  ].sort(
    (a, b) =>
      LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0),
  );
  const logFiles = Object.fromEntries(Object.keys(VERDICTS).map(verdict => [verdict, 0])) as Record<
    Verdict,
    number
  >;
  for (const { verdict } of evidence) logFiles[verdict]++;
  const missingOf = new Map<number, number>();
  for (const { digest } of missing) missingOf.set(digest.id, (missingOf.get(digest.id) ?? 0) + 1);
  return {
    chains: chains.map(chain => summaryOf(chain, missingOf)),
    logFiles,
    evidence,
    earlier,
    digests,
    findings,
    missingKeys: missingKeysOf(digests),
  };
}

/** A log file, and what digests say of it. */
export interface FileVerdict {
  /** Where it was when it was ingested. */
  path: string;
  /** Bytes on disk. */
  size: number | null;
  /** Of the inflated bytes; null where they were not all read. */
  sha256: string | null;
  /** What digests say of it. */
  verdict: Verdict;
  /** The digest file that says so. */
  digest: string | null;
}

/** A verification, as the library gives it. */
export interface LogVerification
  extends Pick<Verification, 'chains' | 'logFiles' | 'findings' | 'missingKeys'> {
  /** Every log file. */
  files: FileVerdict[];
}

/** Leaves out what only offtrail itself needs: rows of the ledger and of digests. */
export const answerOf = (verification: Verification): LogVerification => {
  const { chains, logFiles, findings, missingKeys } = verification;
  return { chains, logFiles, files: fileVerdicts(verification), findings, missingKeys };
};

/** The verdict on each log file, by path. */
export function fileVerdicts({ evidence }: Verification): FileVerdict[] {
  return evidence.map(({ file: { path, size, sha256 }, verdict, digest }) => ({
    path,
    size,
    sha256,
    verdict,
    digest: digest?.file.path ?? null,
  }));
}

/** Replaces the hashes and damage of the ledger by those of now; a finding for each file that has changed. */
function applyReread(files: DigestFiles, reread: ReadonlyMap<number, Reread>): Finding[] {
  const findings: Finding[] = [];
  const all: LedgerFile[] = [
    ...files.logs,
    ...files.digests.map(({ file }) => file),
    ...files.unreadable.map(({ file }) => file),
  ];
  for (const file of all) {
    const now = reread.get(file.id);
    if (!now) continue;
    if (now.sha256 === null) {
      file.isGone = true;
      findings.push(finding('gone since the ingest', file.path, now.damage ?? 'it is empty'));
      continue;
    }
    if (now.sha256 !== file.sha256 && file.sha256 !== null)
      findings.push(
        finding('changed since the ingest', file.path, `its hash was ${file.sha256}, and is ${now.sha256}`),
      );
    file.sha256 = now.sha256;
    file.damage = now.damage || null;
  }
  return findings;
}

/** What is wrong with digest files by themselves. */
function ofFiles({ digests, unreadable }: DigestFiles): Finding[] {
  const findings = unreadable.map(({ file, reason }) =>
    finding(isUnread(file) ? 'digest not read' : 'digest unreadable', file.path, reason),
  );
  for (const { file, object } of digests) {
    if (streamOf(file) !== 'sound') findings.push(finding('digest damaged', file.path, file.damage!));
    if (commonName(file.path) !== commonName(object) || isElsewhere(file.path, object))
      findings.push(finding('digest moved', file.path, `its key is ${object}`));
  }
  return findings;
}

function summaryOf({ digests, ...chain }: Chain, missingOf: ReadonlyMap<number, number>): ChainSummary {
  const count = (result: string): number =>
    digests.filter(({ signature }) => signature.result === result).length;
  const [valid, invalid] = [count('valid'), count('invalid')];
  return {
    ...chain,
    digests: digests.length,
    valid,
    invalid,
    unchecked: digests.length - valid - invalid,
    from: digests.reduce((first, of) => (of.start < first.start ? of : first)).startTime,
    to: digests.at(-1)!.endTime,
    listed: digests.reduce((sum, { listed }) => sum + listed, 0),
    missing: digests.reduce((sum, { id }) => sum + (missingOf.get(id) ?? 0), 0),
  };
}

/** The keys that digests name and that are not there, each with the command that gets it. */
function missingKeysOf(digests: readonly CheckedDigest[]): MissingKey[] {
  const keys = new Map<string, MissingKey & { first: number; last: number }>();
  for (const { signature, fingerprint, region, start, end, startTime, endTime } of digests) {
    if (signature.result !== 'no key' && signature.result !== 'bad key') continue;
    const name = `${region} ${fingerprint}`;
    const key = keys.get(name) ?? {
      fingerprint,
      region,
      from: startTime,
      to: endTime,
      digests: 0,
      command: '',
      first: start,
      last: end,
    };
    keys.set(name, key);
    key.digests++;
    if (start < key.first) Object.assign(key, { first: start, from: startTime });
    if (end > key.last) Object.assign(key, { last: end, to: endTime });
  }
  return [...keys.values()].map(({ first: _first, last, ...key }) => ({
    ...key,
    // The AWS CLI asks for the time until signing, too. A backfill digest is signed later, when it is made.
    command: `aws cloudtrail list-public-keys --region ${key.region} --start-time ${key.from} --end-time ${isoSecond(last + SIGNING_SECONDS)} --output json > keys-${key.region}.json`,
  }));
}
