/** The times that digests cover: of each, the files that CloudTrail delivered between its start and its end. */

import { grouped } from '../grouped.js';
import { type Chain, isBelieved } from './trust.js';

/** Seconds since 1970; the end is not part of it. */
export interface Span {
  start: number;
  end: number;
}

/**
 * What spans cover together, in the order of time.
 * @param slack seconds that may lie between two that become one; 0 for those that touch
 */
export function spansOf(parts: readonly Span[], slack = 0): Span[] {
  const spans: Span[] = [];
  for (const { start, end } of parts.toSorted((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    if (last && start <= last.end + slack) last.end = Math.max(last.end, end);
    else spans.push({ start, end });
  }
  return spans;
}

/** Whether spans cover all of a stretch of time. */
export function isWithin(spans: readonly Span[], start: number, end: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.end >= end) high = middle;
    else low = middle + 1;
  }
  const span = spans[low];
  return span !== undefined && span.start <= start && span.end >= end;
}

/** What the trails of an account and region cover. */
export interface Windows {
  /** Names of the trails, the first few. */
  trails: string;
  /** End of the last digest. */
  last: number;
  /** Where digests of every one of the trails that can be believed cover the time. */
  common: Span[];
}

const SHOWN_TRAILS = 3;

/**
 * The windows of the trails that may have delivered a file.
 * @returns looks up an account and a region, null standing for any; undefined where there are no digests of them
 */
export function createWindows(
  chains: readonly Chain[],
): (account: string | null, region: string | null) => Windows | undefined {
  const windows = new Map<string, Windows | undefined>();
  return (account, region) => {
    const name = `${account} ${region}`;
    if (!windows.has(name)) {
      const near = chains.filter(
        of => (account === null || of.account === account) && (region === null || of.region === region),
      );
      windows.set(name, windowsOf(near));
    }
    return windows.get(name);
  };
}

function windowsOf(chains: readonly Chain[]): Windows | undefined {
  if (chains.length === 0) return undefined;
  const trails = [
    ...grouped(chains, of => JSON.stringify([of.account, of.region, of.trail, of.homeRegion])).values(),
  ];
  const names = [...new Set(trails.map(([of]) => of!.trail))];
  const more = names.length - SHOWN_TRAILS;
  return {
    trails: names.slice(0, SHOWN_TRAILS).join(', ') + (more > 0 ? ` and ${more} more` : ''),
    last: chains.reduce((end, { digests }) => Math.max(end, digests.at(-1)!.end), 0),
    common: commonSpans(trails.map(of => spansOf(of.flatMap(({ digests }) => digests.filter(isBelieved))))),
  };
}

/** The times that are in every one of some lists of spans. */
function commonSpans(lists: ReadonlyArray<readonly Span[]>): Span[] {
  const edges = lists.flat().flatMap(({ start, end }) => [
    { time: start, step: 1 },
    { time: end, step: -1 },
  ]);
  edges.sort((a, b) => a.time - b.time || b.step - a.step);
  const spans: Span[] = [];
  let open = 0;
  let start = 0;
  for (const { time, step } of edges) {
    if (step === 1 && ++open === lists.length) start = time;
    else if (step === -1 && open-- === lists.length && time > start) spans.push({ start, end: time });
  }
  return spansOf(spans);
}
