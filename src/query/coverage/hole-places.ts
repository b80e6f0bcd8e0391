/** Holes that are no steps of a place: what lies outside of what is here, and regions that were never seen. */

import { secondText } from '../columns/selection.js';
import { type Hole, NOTHING_MORE } from './hole.js';
import type { TimeRange } from './place.js';
import type { PlaceExtents } from './place-facts.js';
import type { Steps } from './steps.js';

/** What was asked for and lies outside of what is here. */
export function outsideOf({ first, last }: TimeRange, steps: Steps): Hole[] {
  if (first === undefined || last === undefined) return [];
  const whole = { account: null, region: null, certainty: 'certain', ...NOTHING_MORE } as const;
  const holes: Hole[] = [];
  if (steps.first < first)
    holes.push({
      ...whole,
      kind: 'before the first',
      from: secondText(steps.first),
      to: secondText(Math.min(first, steps.last + 1)),
      reason: `nothing here is older than ${secondText(first)}`,
    });
  if (steps.last > last)
    holes.push({
      ...whole,
      kind: 'after the last',
      from: secondText(Math.max(last, steps.first)),
      to: secondText(steps.last),
      reason: `nothing here is newer than ${secondText(last)}`,
    });
  return holes;
}

/** Accounts that are looked at, and regions: what logs name is not bounded. */
const MOST_ACCOUNTS = 2000;
const MOST_REGIONS = 200;

/**
 * Regions that a digest or a file of another account shows, and of which an account has nothing at all. An account whose
 * own logs are not here, and that only received events, is not asked for more.
 */
export function neverSeen(facts: readonly PlaceExtents[], others: readonly PlaceExtents[]): Hole[] {
  const shown = new Map<string, string>();
  const seen = new Map<string, Set<string>>();
  const delivering = new Set<string>();
  for (const { place, hasFiles, digestEnds } of [...facts, ...others]) {
    const { account, region } = place;
    if (account === null || region === null) continue;
    seen.set(account, (seen.get(account) ?? new Set()).add(region));
    if (!hasFiles && digestEnds.last === undefined) continue;
    delivering.add(account);
    if (!shown.has(region) && shown.size < MOST_REGIONS) shown.set(region, account);
  }
  const wanted = new Set(facts.map(({ place }) => place.account));
  const accounts = [...seen].filter(([account]) => wanted.has(account) && delivering.has(account));
  return accounts.slice(0, MOST_ACCOUNTS).flatMap(([account, own]) =>
    [...shown].flatMap(([region, other]): Hole[] => {
      if (own.has(region)) return [];
      const reason = `no event, file or digest of it, though ${other} has them`;
      const never = { kind: 'region never seen', certainty: 'possible', from: null, to: null } as const;
      return [{ ...never, account, region, ...NOTHING_MORE, reason }];
    }),
  );
}
