/** Digests in chains: each links to the one before it by key, hash and signature. */

import { digestKeyOf, timeText } from '../cloudtrail/digest.js';
import { type Finding, finding } from './findings.js';
import { grouped } from './grouped.js';
import type { PublicKeys } from './public-keys.js';
import type { DigestRow, SignatureRow } from './rows.js';
import { checkDigest, createMetadata, type SignatureState } from './signatures.js';

/**
 * How far a digest is to be believed.
 * - `signed`: its signature is valid
 * - `unchecked`: nothing speaks against it
 * - `contradicted`: its signature is invalid, or what links to it states another hash
 */
export type Trust = 'signed' | 'unchecked' | 'contradicted';

export interface CheckedDigest extends DigestRow {
  signature: SignatureState;
  trust: Trust;
}

/** The digests of one trail, account and region that follow one another. */
export interface Chain {
  account: string;
  region: string;
  trail: string;
  homeRegion: string;
  isBackfill: boolean;
  /** By the end of what they cover. */
  digests: CheckedDigest[];
}

const keyOf = (bucket: string | null, object: string): string => `${bucket ?? ''}/${object}`;
const chainOf = (of: DigestRow): string =>
  JSON.stringify([of.account, of.region, of.trail, of.homeRegion, of.isBackfill]);

/** Orders digests into chains and checks every link and signature. */
export function checkChains(
  digests: readonly DigestRow[],
  signatures: readonly SignatureRow[],
  keys: PublicKeys,
): { chains: Chain[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const metadataOf = createMetadata(signatures);
  const nextOf = grouped(
    digests.filter(({ previousObject }) => previousObject !== null),
    of => `${chainOf(of)}${keyOf(of.previousBucket, of.previousObject!)}`,
  );
  const invalid = new Set<DigestRow>();
  const checked: CheckedDigest[] = [];
  // The newest first: what an altered digest says of the one before it is not to be believed.
  for (const digest of [...digests].sort((a, b) => b.end - a.end)) {
    const linked = nextOf.get(`${chainOf(digest)}${keyOf(digest.bucket, digest.object)}`) ?? [];
    const next = linked.filter(of => !invalid.has(of));
    const { state, findings: of } = checkDigest(digest, metadataOf(digest), next, keys);
    if (state.result === 'invalid') invalid.add(digest);
    findings.push(...of, ...hashLinks(digest, next, state));
    const isDenied = next.length > 0 && next.every(({ previousHash }) => previousHash !== digest.file.sha256);
    const isContradicted = state.result === 'invalid' || isDenied;
    const trust = state.result === 'valid' ? 'signed' : isContradicted ? 'contradicted' : 'unchecked';
    checked.push({ ...digest, signature: state, trust });
  }
  const chains: Chain[] = [];
  for (const group of grouped(checked, chainOf).values()) {
    const { account, region, trail, homeRegion, isBackfill } = group[0]!;
    const distinct = withoutCopies(group, findings);
    distinct.sort((a, b) => a.end - b.end || a.start - b.start);
    const chain: Chain = { account, region, trail, homeRegion, isBackfill, digests: distinct };
    findings.push(...linksOf(chain));
    chains.push(chain);
  }
  for (const chain of chains) findings.push(...stopOf(chain, chains));
  return { chains, findings };
}

function hashLinks(digest: DigestRow, next: readonly DigestRow[], { result }: SignatureState): Finding[] {
  return next
    .filter(({ previousHash }) => previousHash !== digest.file.sha256)
    .map(of =>
      finding(
        'hash link broken',
        digest.file.path,
        `${of.file.path} states ${of.previousHash ?? 'none'}, its hash is ${digest.file.sha256}` +
          (result === 'valid' ? '; its own signature is valid, so the statement is what is wrong' : ''),
      ),
    );
}

/** A digest may lie in several places; those that say the same count once, others contradict each other. */
function withoutCopies(digests: readonly CheckedDigest[], findings: Finding[]): CheckedDigest[] {
  const distinct: CheckedDigest[] = [];
  for (const same of grouped(digests, of => keyOf(of.bucket, of.object)).values()) {
    const contents = [...grouped(same, ({ file }) => file.sha256).values()].map(copies => copies[0]!);
    contents.sort((a, b) => rank(b.trust) - rank(a.trust));
    distinct.push(contents[0]!);
    for (const other of contents.slice(1)) {
      other.trust = 'contradicted';
      findings.push(
        finding(
          'digest doubled',
          other.file.path,
          `${contents[0]!.file.path} has the same key and other content`,
        ),
      );
    }
  }
  return distinct;
}

const rank = (trust: Trust): number => ['contradicted', 'unchecked', 'signed'].indexOf(trust);

/** How the digests of a chain follow one another. */
function linksOf({ digests }: Chain): Finding[] {
  const findings: Finding[] = [];
  const byKey = new Map(digests.map((digest, i) => [keyOf(digest.bucket, digest.object), i]));
  for (const [i, digest] of digests.entries()) {
    const before = digests[i - 1];
    const { path } = digest.file;
    if (before && digest.start < before.end)
      findings.push(
        finding(
          'digests overlap',
          path,
          `it begins at ${digest.startTime}, ${before.file.path} ends at ${before.endTime}`,
        ),
      );
    if (digest.previousObject === null) {
      if (before)
        findings.push(
          finding(
            'chain restarted',
            path,
            `nothing links ${before.endTime} to ${digest.startTime}; before it ${before.file.path}`,
          ),
        );
      continue;
    }
    const at = byKey.get(keyOf(digest.previousBucket, digest.previousObject));
    if (at === undefined) findings.push(...missingBefore(digest, before));
    else
      for (const apart of digests.slice(at + 1, i))
        findings.push(finding('digest apart', apart.file.path, `${path} links to ${digest.previousObject}`));
  }
  return findings;
}

/** The digest that one links to is not here. */
function missingBefore(digest: CheckedDigest, before: CheckedDigest | undefined): Finding[] {
  const key = digest.previousObject!;
  const parts = digestKeyOf(key);
  const isSame =
    parts !== undefined &&
    parts.account === digest.account &&
    parts.region === digest.region &&
    parts.trail === digest.trail &&
    parts.isBackfill === digest.isBackfill;
  if (!isSame) return [finding('foreign link', digest.file.path, `it links to ${key}`)];
  if (!before) return [finding('chain begins earlier', digest.file.path, `it links to ${key}`)];
  return [
    finding(
      'digest not here',
      key,
      `${digest.file.path} links to it; nothing covers ${before.endTime} to ${digest.startTime}`,
    ),
  ];
}

/** How much longer others must go on before a chain is said to stop: digests come hourly, up to two hours late. */
const STOP_SECONDS = 3 * 3600;

/** Whether other regions or trails of the account have digests long after a chain's last. */
function stopOf(chain: Chain, chains: readonly Chain[]): Finding[] {
  if (chain.isBackfill) return [];
  const last = chain.digests.at(-1)!;
  const others = chains.filter(
    of => !of.isBackfill && of.account === chain.account && of.trail === chain.trail && of !== chain,
  );
  const latest = Math.max(...others.map(({ digests }) => digests.at(-1)!.end));
  if (!(latest - last.end > STOP_SECONDS)) return [];
  return [
    finding(
      'chain stops',
      last.file.path,
      `it ends at ${last.endTime}, the trail's other digests at ${timeText(latest)}`,
    ),
  ];
}
