/** Log files and what digests list: the verdict on each file that is here, and what is listed and is not here. */

import type { Verdict } from '../cloudtrail/digest.js';
import { commonName, deliverySecondOf, endsAsLogName, logKindOf, nameOf } from '../cloudtrail/file-name.js';
import { isoSecond } from '../cloudtrail/time.js';
import { createEntries, type Entries, type Entry } from './entries.js';
import { type Finding, finding } from './findings.js';
import { isElsewhere } from './places.js';
import { type DigestFiles, isUnread, type LedgerFile, streamOf } from './rows.js';
import { type Chain, type CheckedDigest, isBelieved } from './trust.js';
import { createWindows, isWithin, type Windows } from './windows.js';

/** The verdict on a file, and the digest that it rests on. */
export interface Evidence {
  file: LedgerFile;
  verdict: Verdict;
  digest: CheckedDigest | undefined;
}

/** What a log file is compared with, and what comes of it beside its verdict. */
interface Comparison {
  entries: Entries;
  /** What digests cover of the account and region of a file. */
  windowsOf: (file: LedgerFile) => Windows | undefined;
  hasChains: boolean;
  /** Kinds of log files that digests list, as `logKindOf` says them. */
  kinds: ReadonlySet<string>;
  /** Names of the log files that are here. */
  names: ReadonlySet<string>;
  /** Names under which digests list files that are here under another one. */
  renamed: Set<string>;
  findings: Finding[];
}

/**
 * Compares log files with what digests list.
 * @param files.earlier versions of files that have been replaced: their events are kept, and so is what digests say of them
 * @returns the verdicts, and the listed files that are not here
 */
export function checkLogFiles(
  { logs, listed, earlier }: Pick<DigestFiles, 'logs' | 'listed' | 'earlier'>,
  chains: readonly Chain[],
): { evidence: Evidence[]; earlier: Evidence[]; findings: Finding[]; missing: Entry[] } {
  const digests = new Map(chains.flatMap(chain => chain.digests.map(digest => [digest.id, digest] as const)));
  const entries = createEntries(listed, digests);
  const windowsOf = createWindows(chains);
  const comparison: Comparison = {
    entries,
    windowsOf: ({ account, region }) => windowsOf(account, region),
    hasChains: chains.length > 0,
    kinds: new Set(entries.all.map(({ object }) => logKindOf(object))),
    names: new Set(logs.map(({ path }) => commonName(path))),
    renamed: new Set(),
    findings: disagreements(entries),
  };
  const evidence = logs.filter(file => !file.isGone).map(file => evidenceOf(file, comparison));
  const { names, renamed, findings } = comparison;
  const missing: Entry[] = [];
  const whyMissing = createWhyMissing(logs, chains);
  for (const [name, { entry }] of entries.byName) {
    if (names.has(name) || renamed.has(name)) continue;
    missing.push(entry);
    findings.push(whyMissing(entry));
  }
  return { evidence, earlier: earlier.map(file => evidenceOfEarlier(file, comparison)), findings, missing };
}

function evidenceOf(file: LedgerFile, comparison: Comparison): Evidence {
  const { entries } = comparison;
  const named = entries.byName.get(commonName(file.path));
  const same = file.sha256 === null ? undefined : named?.byHash.get(file.sha256);
  if (same) return sameContent(file, same, comparison);
  if (named && isBelieved(named.entry.digest)) return otherContent(file, named.entry, comparison);
  const other = withHash(entries, file);
  if (other) return otherName(file, other, comparison);
  // The digest that lists it is altered, which is said of the digest.
  if (named) return { file, verdict: 'unlisted', digest: named.entry.digest };
  return unlisted(file, comparison);
}

const withHash = (entries: Entries, { sha256 }: LedgerFile): Entry | undefined =>
  sha256 === null ? undefined : entries.withHash(sha256);

/** A file with the content that a digest states for its name. */
function sameContent(file: LedgerFile, { digest, object }: Entry, { findings }: Comparison): Evidence {
  if (isElsewhere(file.path, object)) findings.push(finding('log moved', file.path, `its key is ${object}`));
  const stream = streamOf(file);
  if (stream === 'sound') return { file, verdict: verdictBy(digest), digest };
  const kind = stream === 'trailing' ? 'data after the log' : 'log damaged';
  findings.push(finding(kind, file.path, `${file.damage}; listed by ${digest.file.path}`));
  return { file, verdict: 'altered', digest };
}

/** A file whose name a digest lists, with other content. */
function otherContent(
  file: LedgerFile,
  { digest, object, hash }: Entry,
  { entries, findings }: Comparison,
): Evidence {
  if (isUnread(file)) {
    findings.push(finding('log not read', file.path, file.reason ?? file.damage ?? 'it has no hash'));
    return { file, verdict: 'unlisted', digest };
  }
  const other = withHash(entries, file);
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

/** A file whose content a digest lists under another name. */
function otherName(
  file: LedgerFile,
  { digest, object }: Entry,
  { names, renamed, findings }: Comparison,
): Evidence {
  const name = commonName(object);
  const kind = names.has(name) ? 'log copied' : 'log renamed';
  if (kind === 'log renamed') renamed.add(name);
  findings.push(finding(kind, file.path, `its content is that of ${object}`));
  return { file, verdict: verdictBy(digest), digest };
}

function unlisted(file: LedgerFile, { windowsOf, hasChains, kinds, findings }: Comparison): Evidence {
  if (!hasChains) return { file, verdict: 'none', digest: undefined };
  const windows = windowsOf(file);
  const { kind, because } = whyUnlisted(file, windows, kinds);
  findings.push(finding(kind, file.path, because));
  return { file, verdict: windows ? 'unlisted' : 'none', digest: undefined };
}

/** What was once read: it has no findings but those of the file as it is now. */
function evidenceOfEarlier(file: LedgerFile, { entries, windowsOf }: Comparison): Evidence {
  const named = entries.byName.get(commonName(file.path));
  const same =
    file.sha256 === null ? undefined : (named?.byHash.get(file.sha256) ?? entries.withHash(file.sha256));
  if (same && streamOf(file) === 'sound')
    return { file, verdict: verdictBy(same.digest), digest: same.digest };
  const isAltered = same !== undefined || (named !== undefined && isBelieved(named.entry.digest));
  const otherwise = windowsOf(file) ? 'unlisted' : 'none';
  return { file, verdict: isAltered ? 'altered' : otherwise, digest: same?.digest ?? named?.entry.digest };
}

const verdictBy = ({ trust }: CheckedDigest): Verdict => (trust === 'signed' ? 'proven' : 'consistent');

/** Log files for which digests that can be believed state different hashes. */
function disagreements({ byName }: Entries): Finding[] {
  const findings: Finding[] = [];
  for (const { entry, other } of byName.values()) {
    if (!other) continue;
    const [one, two] = [entry.digest.file.path, other.digest.file.path];
    findings.push(
      finding('digests disagree', entry.object, `${one} states ${entry.hash}, ${two} ${other.hash}`),
    );
  }
  return findings;
}

/** A log file reaches the bucket some minutes after the time in its name: the digest of the next hour may list it. */
const DELIVERY_SECONDS = 15 * 60;

/**
 * Why no digest lists a file, as far as digests can tell.
 * @param kinds of log files that digests list
 */
function whyUnlisted(
  file: LedgerFile,
  windows: Windows | undefined,
  kinds: ReadonlySet<string>,
): Pick<Finding, 'kind' | 'because'> {
  const outside = (because: string): Pick<Finding, 'kind' | 'because'> => ({
    kind: 'log outside digests',
    because,
  });
  if (!windows) return outside('no digest of its account and region is here');
  const { trails, last, common } = windows;
  // What has a name of another form is an export, or was renamed: it is not accused by a time in that name.
  const from = endsAsLogName(file.path) ? deliverySecondOf(file.path) : undefined;
  if (from === undefined)
    return { kind: 'log of unknown delivery', because: `no digest of ${trails} lists it` };
  const kind = logKindOf(file.path);
  if (kind !== 'CloudTrail' && kind !== '' && !kinds.has(kind))
    return outside(`no digest here lists files of ${kind}`);
  if (from + DELIVERY_SECONDS > last)
    return { kind: 'log after the last digest', because: `the last digest ends at ${isoSecond(last)}` };
  if (!isWithin(common, from, from + DELIVERY_SECONDS))
    return outside(
      `not for every trail (${trails}) does a digest that can be believed cover ${isoSecond(from)}`,
    );
  return { kind: 'log unlisted', because: `digests of ${trails} cover ${isoSecond(from)}` };
}

/** Account, region and day in the name of a log file. */
const dayOf = (keyOrPath: string): string | undefined =>
  /^(\d{12}_CloudTrail(?:-[A-Za-z]+)?_[a-z0-9-]+_\d{8})T/.exec(nameOf(keyOrPath))?.[1];

/**
 * Why a listed file is not here. A copy of some days begins with a digest that lists the files of the last hour of the day
 * before: where nothing of that day is here, that is a note and not a gap.
 */
function createWhyMissing(logs: readonly LedgerFile[], chains: readonly Chain[]): (entry: Entry) => Finding {
  const first = new Set(chains.map(({ digests }) => digests[0]!.id));
  const days = new Set(logs.map(({ path }) => dayOf(path)));
  return ({ digest, object }) => {
    const day = dayOf(object);
    const ended = digest.endTime.slice(0, 10).replaceAll('-', '');
    const isEarlier = day !== undefined && day.slice(-8) < ended && first.has(digest.id) && !days.has(day);
    const because = `listed by ${digest.file.path}${isBelieved(digest) ? '' : ', which is not to be believed'}`;
    return finding(isEarlier ? 'log of an earlier day' : 'log not here', object, because);
  };
}
