/** Digests in chains: each links to the one before it by key, hash and signature. */

import { digestKeyOf } from '../cloudtrail/digest.js';
import { commonName } from '../cloudtrail/file-name.js';
import { isoSecond, secondOf } from '../cloudtrail/time.js';
import { grouped } from '../grouped.js';
import { type Finding, finding } from './findings.js';
import type { PublicKeys } from './public-keys.js';
import type { DigestFiles, DigestRow } from './rows.js';
import { checkDigest, createMetadata } from './signatures.js';
import { type Chain, type CheckedDigest, isBelieved, rankOf, type SignatureState } from './trust.js';
import { isWithin, spansOf } from './windows.js';

const keyOf = (bucket: string | null, object: string): string => `${bucket ?? ''}/${object}`;
const chainOf = (of: Pick<DigestRow, 'account' | 'region' | 'trail' | 'homeRegion' | 'isBackfill'>): string =>
  JSON.stringify([of.account, of.region, of.trail, of.homeRegion, of.isBackfill]);

/**
 * Orders digests into chains and checks every link and signature.
 * @param files.unreadable files that are named for a digest and hold none
 */
export function checkChains(
  { digests, unreadable, signatures }: Pick<DigestFiles, 'digests' | 'unreadable' | 'signatures'>,
  keys: PublicKeys,
): { chains: Chain[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const metadataOf = createMetadata(signatures);
  // The same digest in several places is one.
  const distinct = [...grouped(digests, of => `${of.file.sha256} ${keyOf(of.bucket, of.object)}`).values()];
  const links = createLinks();
  const checked: CheckedDigest[] = [];
  // The newest first: what an altered digest says of the one before it is not to be believed.
  for (const digest of distinct.map(([of]) => of!).sort((a, b) => b.end - a.end)) {
    const linked = links.to(digest);
    const next = linked.filter(isBelieved);
    const { state, findings: of } = checkDigest({ digest, metadata: metadataOf(digest), next, linked, keys });
    const others = next.filter(({ previousHash }) => previousHash !== digest.file.sha256);
    for (const finding of [...of, ...hashLink(digest, others, state)]) findings.push(finding);
    const isDenied = next.length > 0 && others.length === next.length;
    const isContradicted = state.result === 'invalid' || isDenied;
    const trust = state.result === 'valid' ? 'signed' : isContradicted ? 'contradicted' : 'unchecked';
    checked.push({ ...digest, signature: state, trust });
    links.add(checked.at(-1)!);
  }
  const namesHere = new Set(unreadable.map(({ file }) => commonName(file.path)));
  const chains = [...grouped(checked, chainOf).values()].map((group): Chain => {
    const { account, region, trail, homeRegion, isBackfill } = group[0]!;
    const digests = withoutOthers(group, findings).sort((a, b) => a.end - b.end || a.start - b.start);
    return { account, region, trail, homeRegion, isBackfill, digests };
  });
  const backfill = new Map(
    chains.filter(of => of.isBackfill).map(of => [chainOf({ ...of, isBackfill: false }), of.digests]),
  );
  for (const chain of chains)
    for (const finding of linksOf(chain, backfill.get(chainOf(chain)) ?? [], namesHere))
      findings.push(finding);
  const namesOfDigests = new Set([...namesHere, ...digests.map(({ object }) => commonName(object))]);
  const later = createLaterDigests(signatures, namesOfDigests);
  return { chains, findings: [...findings, ...stopsOf(chains, later)] };
}

/** Digests that link to the same one, at most: more are a flood, and those that are believed most stay. */
const MOST_LINKS = 16;

/** The digests that link to others. */
function createLinks(): {
  add(digest: CheckedDigest): void;
  to(digest: DigestRow): readonly CheckedDigest[];
} {
  const next = new Map<string, CheckedDigest[]>();
  return {
    add(digest) {
      if (digest.previousObject === null) return;
      const name = `${chainOf(digest)}${keyOf(digest.previousBucket, digest.previousObject)}`;
      const same = next.get(name) ?? [];
      next.set(name, same);
      if (digest.trust === 'signed') same.unshift(digest);
      else same.push(digest);
      same.length = Math.min(same.length, MOST_LINKS);
    },
    to: digest => next.get(`${chainOf(digest)}${keyOf(digest.bucket, digest.object)}`) ?? [],
  };
}

/** @param others digests that link to it and state another hash */
function hashLink(
  digest: DigestRow,
  [of, ...more]: readonly DigestRow[],
  { result }: SignatureState,
): Finding[] {
  if (!of) return [];
  return [
    finding(
      'hash link broken',
      digest.file.path,
      `${of.file.path} ${more.length > 0 ? `and ${more.length} more state` : 'states'} ${of.previousHash ?? 'none'}, ` +
        `its hash is ${digest.file.sha256}` +
        (result === 'valid' ? '; its own signature is valid, so the statement is what is wrong' : ''),
    ),
  ];
}

/**
 * One digest for each key, the one that is believed most. Others with the same key are contradicted by it, and it by them
 * where no signature decides.
 */
function withoutOthers(digests: readonly CheckedDigest[], findings: Finding[]): CheckedDigest[] {
  const best: CheckedDigest[] = [];
  for (const same of grouped(digests, of => keyOf(of.bucket, of.object)).values()) {
    same.sort((a, b) => rankOf(b.trust) - rankOf(a.trust));
    const [first, second] = same as [CheckedDigest, CheckedDigest | undefined];
    best.push(first);
    if (!second) continue;
    const isUnknown = first.trust === 'unchecked' && second.trust === 'unchecked';
    for (const other of isUnknown ? same : same.slice(1)) {
      const { path } = other === first ? second.file : first.file;
      other.trust = 'contradicted';
      findings.push(finding('digest doubled', other.file.path, `${path} has the same key and other content`));
    }
  }
  return best;
}

/**
 * How the digests of a chain follow one another.
 * @param backfill digests that cover what the chain does not
 * @param unreadable names of digests that are here and cannot be read
 */
function linksOf(
  { digests, isBackfill }: Chain,
  backfill: readonly CheckedDigest[],
  unreadable: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = [];
  const covered = spansOf(backfill);
  const places = new Map(digests.map((digest, i) => [keyOf(digest.bucket, digest.object), i]));
  const links = digests.map(of =>
    of.previousObject === null ? undefined : places.get(keyOf(of.previousBucket, of.previousObject)),
  );
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
    } else if (links[i] === undefined) {
      if (!unreadable.has(commonName(digest.previousObject))) findings.push(...missingBefore(digest, before));
    } else if (
      before &&
      !isBackfill &&
      digest.start > before.end &&
      !isWithin(covered, before.end, digest.start)
    )
      findings.push(
        finding(
          'time without digest',
          path,
          `it begins at ${digest.startTime}, ${before.file.path} ends at ${before.endTime}`,
        ),
      );
  }
  return [...findings, ...apart(digests, links)];
}

/**
 * Digests that no other links to, and past which one links to an older one.
 * @param links place of the digest that each links to
 */
function apart(digests: readonly CheckedDigest[], links: ReadonlyArray<number | undefined>): Finding[] {
  const linked = new Set(links);
  const findings: Finding[] = [];
  // From the newest back, so that what lies between a link's ends is looked at once.
  let oldest = digests.length;
  let past: CheckedDigest | undefined;
  for (let i = digests.length - 1; i >= 0; i--) {
    if (past && i > oldest && !linked.has(i))
      findings.push(finding('digest apart', digests[i]!.file.path, `${past.file.path} links past it`));
    const link = links[i];
    if (link === undefined || link >= i || link >= oldest) continue;
    oldest = link;
    past = digests[i]!;
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

/**
 * Chains that end long before others of the same account and trail.
 * @param later what metadata says of digests behind the end of a chain
 */
function stopsOf(chains: readonly Chain[], later: LaterDigests): Finding[] {
  const standard = chains.filter(({ isBackfill }) => !isBackfill);
  const findings: Finding[] = [];
  for (const same of grouped(standard, ({ account, trail }) => `${account} ${trail}`).values()) {
    const latest = same.reduce((end, { digests }) => Math.max(end, digests.at(-1)!.end), 0);
    for (const chain of same) {
      const last = chain.digests.at(-1)!;
      if (latest - last.end <= STOP_SECONDS) continue;
      const ends = `it ends at ${last.endTime}, the trail's other digests at ${isoSecond(latest)}`;
      findings.push(finding('chain stops', last.file.path, [ends, ...later(chain, last.end)].join('; ')));
    }
  }
  return findings;
}

/** What is known of digests of a chain behind its end: a sentence, or none. */
type LaterDigests = (chain: Chain, end: number) => string[];

/**
 * Digests that their metadata alone shows.
 * @param names of the digests that are here
 */
function createLaterDigests(signatures: DigestFiles['signatures'], names: ReadonlySet<string>): LaterDigests {
  const ends = new Map<string, Map<string, number>>();
  for (const { object } of signatures) {
    const [key, name] = [digestKeyOf(object), commonName(object)];
    const end = key && secondOf(key.endTime);
    if (!key || typeof end !== 'number' || names.has(name)) continue;
    const chain = chainOf(key);
    ends.set(chain, (ends.get(chain) ?? new Map<string, number>()).set(name, end));
  }
  return (chain, end) => {
    const later = [...(ends.get(chainOf(chain))?.values() ?? [])].filter(one => one > end);
    if (later.length === 0) return [];
    const last = isoSecond(later.reduce((most, one) => Math.max(most, one)));
    return [
      later.length === 1
        ? `CloudTrail wrote a later one, of ${last}: its metadata is here`
        : `CloudTrail wrote ${later.length.toLocaleString('en-US')} later ones, the last of ${last}: their metadata is here`,
    ];
  };
}
