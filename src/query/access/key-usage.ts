/**
 * Who uses an access key: what CloudTrail and access logs each know of it, put together, with what neither can know.
 * Access logs have no access key, so that the requester leads to their lines; CloudTrail has it, but only of calls that
 * its trails record. Where both have a request, its id joins them.
 */

import { UsageError } from '../../errors.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { findColumn } from '../columns/column.js';
import { type Counter, countEach, createCounter, eventFailures } from '../columns/counter.js';
import { type Counted, countedOf } from '../columns/counts.js';
import { groupingsBy } from '../columns/grouping.js';
import { chosen, secondText, select } from '../columns/selection.js';
import { parseTime } from '../filter/time.js';
import { checkedLimit } from '../limit.js';
import type { Issue } from '../sessions/issued.js';
import { inSnapshot } from '../snapshot.js';
import { isArn, type Owner, type OwnerKey, ownershipOf, requestersOf } from './key-owner.js';
import { type Candidate, lastUseCandidates } from './last-used.js';
import { type AddressNeighbours, neighboursAt } from './neighbours.js';
import { type LinesOfKey, linesOfKeys, type RequesterLines, requesterLines } from './requester-lines.js';
import { limitsOf } from './unknown.js';

export interface KeyUsageOptions {
  /** When the key was last used, as IAM says it: around this time rows are ranked. */
  lastUsed?: string | undefined;
  /** The service that IAM names with it: s3, ec2, … */
  service?: string | undefined;
  /** The region that IAM names with it. */
  region?: string | undefined;
  /** Minutes on both sides of `lastUsed` in which rows are looked at, 1440 at most. Default 10. */
  within?: string | undefined;
  /** Maximum number of candidates. Default: all. */
  limit?: number | undefined;
}

/** What CloudTrail has of a key. */
export interface KeyEvents {
  /** Number of its events. */
  events: number;
  /** Number of those that failed. */
  errors: number;
  /** eventTime of the first one; null where none has a time. */
  first: string | null;
  /** eventTime of the last one. */
  last: string | null;
  /** By service and call, the most frequent first as in the others. */
  calls: Counted[];
  /** By source address. */
  addresses: Counted[];
  /** By user agent. */
  agents: Counted[];
  /** By region. */
  regions: Counted[];
}

/** The use of a key. */
export interface KeyUsage {
  /** The text that was asked with. */
  asked: string;
  /** What that is. */
  foundAs: 'access key' | 'ARN';
  /** Who is behind it. */
  owners: Owner[];
  /** Keys of the owners that the logs name. */
  keys: OwnerKey[];
  /** The calls that issued the key. */
  issues: Issue[];
  /** CloudTrail events by it; undefined where there are none. */
  cloudTrail: KeyEvents | undefined;
  /** Access log lines of the owners, whatever their key; undefined where there are none. */
  accessLog: RequesterLines | undefined;
  /** Lines that CloudTrail has as well, with the key it names. */
  linesOfKeys: LinesOfKey[];
  /** What fits `lastUsed`, the best first; undefined where that was not asked. */
  lastUsed: { time: string; candidates: Candidate[]; more: number } | undefined;
  /** Addresses that matter, with who else was there. */
  addresses: AddressNeighbours[];
  /** What cannot be known, and why. */
  unknown: string[];
}

/** Addresses whose neighbours are looked for. */
const ADDRESSES = 5;
const DEFAULT_MINUTES = '10';
const DAY_MINUTES = 1440;

/**
 * @param asked an access key id, or the ARN of a user, a role or a session
 * @returns undefined where the logs have nothing of it
 * @throws UsageError `BAD_LIMIT`, `BAD_TIME`, `BAD_VALUE`
 */
export function keyUsage(db: Db, asked: string, options: KeyUsageOptions, now: Date): KeyUsage | undefined {
  const most = checkedLimit(options.limit);
  const last = lastUseOf(options, now);
  return inSnapshot(db, () => {
    const ownership = ownershipOf(db, asked);
    const requesterIds = requestersOf(
      db,
      ownership.owners.map(({ arn }) => arn),
    );
    const lines = requesterLines(db, requesterIds);
    const accessLog = lines.lines > 0 ? lines : undefined;
    const cloudTrail = eventsOf(db, asked);
    const requesters = new Set(lines.requesters.flatMap(({ value }) => value ?? []));
    const found = last && lastUseCandidates(db, { ...last, asked, ownership });
    const isKnown = cloudTrail || accessLog || ownership.issues.length > 0;
    if (!isKnown && !found?.some(({ fit }) => fit !== 'ruled out')) return undefined;
    const answer = {
      asked,
      foundAs: isArn(asked) ? ('ARN' as const) : ('access key' as const),
      ...ownership,
      cloudTrail,
      accessLog,
      linesOfKeys: linesOfKeys(
        db,
        ownership.keys.map(({ accessKeyId }) => accessKeyId),
      ),
      lastUsed: found && {
        time: secondText(last!.time),
        candidates: found.slice(0, most),
        more: Math.max(0, found.length - most),
      },
    };
    const addresses = addressesOf(answer);
    const owners = new Set([...requesters, ...ownership.owners.map(({ arn }) => arn)]);
    return {
      ...answer,
      addresses: addresses.map(address => neighboursAt(db, address, { time: last?.time, owners })),
      unknown: limitsOf(db, { ...answer, service: options.service }),
    };
  });
}

interface AskedLastUse {
  time: number;
  within: number;
  service: string | undefined;
  region: string | undefined;
}

function lastUseOf(
  { lastUsed, service, region, within }: KeyUsageOptions,
  now: Date,
): AskedLastUse | undefined {
  if (lastUsed === undefined) {
    const name = (['service', 'region', 'within'] as const).find(
      one => ({ service, region, within })[one] !== undefined,
    );
    if (name !== undefined)
      throw new UsageError(
        'BAD_VALUE',
        `\`${name}\` belongs to \`lastUsed\``,
        'give the time that IAM says the key was last used',
      );
    return undefined;
  }
  const minutes = within ?? DEFAULT_MINUTES;
  if (!/^\d{1,4}$/.test(minutes) || Number(minutes) > DAY_MINUTES)
    throw new UsageError(
      'BAD_VALUE',
      `\`within\` must be a whole number of minutes, ${DAY_MINUTES} at most`,
      'write 10, or 60',
    );
  const time = Date.parse(parseTime(lastUsed, now)) / 1000;
  return { time, within: Number(minutes) * 60, service, region };
}

/** The addresses of what fits the last use; else the most frequent ones. */
function addressesOf({
  lastUsed,
  accessLog,
  cloudTrail,
}: Pick<KeyUsage, 'lastUsed' | 'accessLog' | 'cloudTrail'>): string[] {
  const fitting = lastUsed?.candidates
    .filter(({ fit }) => fit !== 'ruled out')
    .flatMap(({ address }) => address ?? []);
  const counted = [
    ...(accessLog?.addresses ?? []).flatMap(({ value }) => value ?? []),
    ...(cloudTrail?.addresses ?? []).flatMap(({ values }) => values[0] ?? []),
  ];
  return [...new Set(fitting && fitting.length > 0 ? fitting : counted)].slice(0, ADDRESSES);
}

function eventsOf(db: Db, asked: string): KeyEvents | undefined {
  const columns = isArn(asked) ? ['arn', 'sessioncontext_sessionissuer_arn'] : ['accesskeyid'];
  const onHome = { text: `? IN (${columns.join(', ')})`, params: [asked] };
  // Most keys that are asked for made none: then nothing is read.
  const isThere = prepared(db, `SELECT 1 FROM identity WHERE ${onHome.text} LIMIT 1`).get(asked);
  if (isThere === undefined) return undefined;
  const failures = eventFailures(db);
  const by = (...names: string[]): Counter => createCounter(failures, groupingsBy(db, names.map(findColumn)));
  const [all, calls, addresses, agents, regions] = [
    by(),
    by('service', 'event name'),
    by('ip'),
    by('user agent'),
    by('region'),
  ];
  const events = chosen(select(db, {}, new Date(0), [{ home: 'identity', onHome, holdsForNone: false }]));
  countEach(events, [all, calls, addresses, agents, regions]);
  const [total] = all.groups().map(countedOf);
  if (!total) return undefined;
  const sorted = (counter: Counter): Counted[] =>
    counter
      .groups()
      .sort((a, b) => b.events - a.events)
      .map(countedOf);
  return {
    events: total.events,
    errors: total.errors,
    first: total.first,
    last: total.last,
    calls: sorted(calls),
    addresses: sorted(addresses),
    agents: sorted(agents),
    regions: sorted(regions),
  };
}
