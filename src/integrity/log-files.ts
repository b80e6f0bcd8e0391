/** Log files and what digests list: the verdict on each file that is here, and what is listed and is not here. */

import { nameOf, timeText, type Verdict } from '../cloudtrail/digest.js';
import type { Chain, CheckedDigest } from './chains.js';
import { type Finding, finding } from './findings.js';
import { grouped } from './grouped.js';
import { commonName, deliverySecondOf, isElsewhere } from './places.js';
import { type LedgerFile, type ListedRow, streamOf } from './rows.js';

/** The verdict on a file, and the digest that it rests on. */
export interface Evidence {
  file: LedgerFile;
  verdict: Verdict;
  digest: CheckedDigest | undefined;
}

/** An entry of a digest, with the digest. */
interface Entry {
  digest: CheckedDigest;
  object: string;
  hash: string;
}

/**
 * Compares log files with what digests list.
 * Long: its functions share the entries by name and by hash.
 * @param digests those that count: no copies
 */
export function checkLogFiles(
  logs: readonly LedgerFile[],
  listed: readonly ListedRow[],
  chains: readonly Chain[],
): { evidence: Evidence[]; findings: Finding[]; missing: Entry[] } {
  const digests = new Map(chains.flatMap(chain => chain.digests.map(digest => [digest.id, digest] as const)));
  const entries = listed.flatMap(({ digest, object, hash }): Entry[] => {
    const of = digests.get(digest);
    return of ? [{ digest: of, object, hash }] : [];
  });
  const byName = grouped(entries, ({ object }) => commonName(object));
  const namesHere = new Set(logs.map(({ path }) => commonName(path)));
  const findings = disagreements(byName);
  let byHash: Map<string, Entry[]> | undefined;
  const withHash = (hash: string): Entry[] => {
    byHash ??= grouped(entries, of => of.hash);
    return byHash.get(hash) ?? [];
  };
  const coverage = createCoverage(chains, new Set(entries.map(({ object }) => kindOf(object))));
  const renamed = new Set<string>();

  const evidence = logs.map((file): Evidence => {
    const named = byName.get(commonName(file.path)) ?? [];
    const same = best(named.filter(({ hash }) => hash === file.sha256));
    if (same) return matching(file, same);
    const believed = named.filter(({ digest }) => digest.trust !== 'contradicted');
    if (believed.length > 0) return differing(file, best(believed)!);
    const other = file.sha256 === null ? undefined : best(withHash(file.sha256));
    if (other) {
      renamed.add(commonName(other.object));
      findings.push(finding('log renamed', file.path, `its content is that of ${other.object}`));
      return { file, verdict: verdictBy(other), digest: other.digest };
    }
    return unlisted(file);
  });

  function matching(file: LedgerFile, { digest, object }: Entry): Evidence {
    if (isElsewhere(file.path, object))
      findings.push(finding('log moved', file.path, `its key is ${object}`));
    if (streamOf(file) !== 'sound') {
      findings.push(
        finding('data after the log', file.path, `${file.damage}; listed by ${digest.file.path}`),
      );
      return { file, verdict: 'altered', digest };
    }
    return { file, verdict: verdictBy({ digest }), digest };
  }

  function differing(file: LedgerFile, { digest, object, hash }: Entry): Evidence {
    if (file.sha256 === null && streamOf(file) === 'sound') {
      const why = file.reason ?? file.damage ?? 'it has no hash';
      findings.push(finding('log not read', file.path, why));
      return { file, verdict: 'unlisted', digest };
    }
    const other = file.sha256 === null ? undefined : withHash(file.sha256)[0];
    findings.push(
      other
        ? finding('log replaced by another', file.path, `its content is that of ${other.object}`)
        : finding(
            'log altered',
            file.path,
            `${digest.file.path} states ${hash} for ${object}, its hash is ${file.sha256 ?? 'unknown'}` +
              (file.damage ? ` (${file.damage})` : ''),
          ),
    );
    return { file, verdict: 'altered', digest };
  }

  function unlisted(file: LedgerFile): Evidence {
    const { kind, because } = coverage(file);
    if (kind === undefined) return { file, verdict: 'none', digest: undefined };
    findings.push(finding(kind, file.path, because));
    return { file, verdict: 'unlisted', digest: undefined };
  }

  const missing: Entry[] = [];
  for (const [name, of] of byName) {
    if (namesHere.has(name) || renamed.has(name)) continue;
    const entry = best(of)!;
    missing.push(entry);
    findings.push(finding('log not here', entry.object, `listed by ${entry.digest.file.path}`));
  }
  return { evidence, findings, missing };
}

/** The entry whose digest is believed most. */
function best(entries: readonly Entry[]): Entry | undefined {
  return (
    entries.find(({ digest }) => digest.trust === 'signed') ??
    entries.find(({ digest }) => digest.trust === 'unchecked') ??
    entries[0]
  );
}

const verdictBy = ({ digest }: Pick<Entry, 'digest'>): Verdict =>
  digest.trust === 'signed' ? 'proven' : digest.trust === 'unchecked' ? 'consistent' : 'unlisted';

/** Log files for which digests that can be believed state different hashes. */
function disagreements(byName: ReadonlyMap<string, readonly Entry[]>): Finding[] {
  const findings: Finding[] = [];
  for (const entries of byName.values()) {
    if (entries.length < 2) continue;
    const [first, ...others] = entries.filter(({ digest }) => digest.trust !== 'contradicted');
    const other = others.find(of => of.object === first?.object && of.hash !== first.hash);
    if (!first || !other) continue;
    const because = `${first.digest.file.path} states ${first.hash}, ${other.digest.file.path} ${other.hash}`;
    findings.push(finding('digests disagree', first.object, because));
  }
  return findings;
}

/** A log file reaches the bucket some minutes after the time in its name: the digest of the next hour may list it. */
const DELIVERY_SECONDS = 15 * 60;

/** Kind of a log file, as its name says it: `CloudTrail`, `CloudTrail-Insight`, …; empty where it does not. */
const kindOf = (keyOrPath: string): string =>
  /_(CloudTrail(?:-[A-Za-z]+)?)_/.exec(nameOf(keyOrPath))?.[1] ?? '';

/**
 * What digests that do not list a file cover.
 * @param kinds of log files that digests list
 */
function createCoverage(
  chains: readonly Chain[],
  kinds: ReadonlySet<string>,
): (file: LedgerFile) => { kind: Finding['kind'] | undefined; because: string } {
  return file => {
    const near = chains.filter(
      ({ account, region, isBackfill }) =>
        !isBackfill &&
        (file.account === null || file.account === account) &&
        (file.region === null || file.region === region),
    );
    if (near.length === 0) return { kind: undefined, because: '' };
    const last = Math.max(...near.map(({ digests }) => digests.at(-1)!.end));
    const kind = kindOf(file.path);
    if (kind !== 'CloudTrail' && kind !== '' && !kinds.has(kind))
      return { kind: 'log outside digests', because: `no digest here lists files of ${kind}` };
    const from = deliverySecondOf(file.path);
    if (from === undefined)
      return { kind: 'log outside digests', because: 'its name does not say when it was delivered' };
    if (from + DELIVERY_SECONDS > last)
      return { kind: 'log after the last digest', because: `the last digest ends at ${timeText(last)}` };
    const lacking = near.find(chain => !covers(chain, from, from + DELIVERY_SECONDS));
    if (lacking)
      return {
        kind: 'log outside digests',
        because: `no digest of trail ${lacking.trail} covers ${timeText(from)}`,
      };
    return {
      kind: 'log unlisted',
      because: `digests of ${near.map(({ trail }) => trail).join(', ')} cover ${timeText(from)}`,
    };
  };
}

/** Whether digests that can be believed cover all of a stretch of time. */
function covers({ digests }: Chain, from: number, to: number): boolean {
  let at = from;
  for (let i = firstAfter(digests, from); i < digests.length && at < to; i++) {
    const { start, end, trust } = digests[i]!;
    if (trust === 'contradicted') continue;
    if (start > at) return false;
    at = Math.max(at, end);
  }
  return at >= to;
}

/** Place of the first digest, by their ends, that ends after a time. */
function firstAfter(digests: readonly CheckedDigest[], time: number): number {
  let low = 0;
  let high = digests.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (digests[middle]!.end > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
