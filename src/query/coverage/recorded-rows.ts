/** What is recorded as rows: stretches of one kind of events with one answer, for people to read. */

import type { Recorded, RecordedKind, RecordedStretch } from './recorded.js';
import { KIND_NAMES, type RecordedKindName, type RecordedResources } from './recorded-trail.js';
import type { TrailEvent, TrailName } from './trail-events.js';
import { resourceText } from './trail-words.js';

/** A stretch of time in which the answer for a kind of events is the same. */
export interface RecordedRow {
  account: string | null;
  /** What kind of events; of data events also those of one selector. */
  kind: string;
  /** `yes`, `some` where it is for some of them only, `no`, `unknown`. */
  recorded: string;
  from: string;
  /** Null where it goes on. */
  to: string | null;
  /** Such events of that time in the index; null for those of one selector, which are not counted. */
  events: number | null;
  trail: string | null;
  /** The change that says so. */
  event: TrailEvent | null;
}

const KIND_TEXTS: Readonly<Record<RecordedKindName, string>> = {
  managementRead: 'management, read',
  managementWrite: 'management, write',
  data: 'data',
  networkActivity: 'network activity',
  insights: 'Insights',
};

/** The rows of an account, by kind and then by time; data events also by resource type and bucket, as selectors name them. */
export function recordedRows({ account, stretches }: Recorded): RecordedRow[] {
  const rows = new Map<string, RecordedRow[]>(KIND_NAMES.map(name => [KIND_TEXTS[name], []]));
  for (const stretch of stretches)
    for (const row of rowsOf(account, stretch)) {
      const known = rows.get(row.kind) ?? [];
      rows.set(row.kind, known);
      const last = known.at(-1);
      if (last && isSame(last, row)) {
        last.to = row.to;
        if (row.events !== null) last.events = (last.events ?? 0) + row.events;
      } else known.push(row);
    }
  return [...rows.values()].flat();
}

function rowsOf(account: string | null, stretch: RecordedStretch): RecordedRow[] {
  const { from, to, resources } = stretch;
  const kinds = KIND_NAMES.map((name): RecordedRow => {
    const { events, trail, event } = stretch[name];
    const recorded = answerText(stretch[name]);
    return { account, kind: KIND_TEXTS[name], recorded, from, to, events, trail: nameOf(trail), event };
  });
  const ofSelectors = resources.map((one: RecordedResources): RecordedRow => {
    const { answer, trail, event } = one;
    return {
      account,
      kind: resourceText(one),
      recorded: answer,
      from,
      to,
      events: null,
      trail: nameOf(trail),
      event,
    };
  });
  // One selector may stand in several trails, and twice in one.
  return [...kinds, ...new Map(ofSelectors.map(row => [row.kind, row])).values()];
}

const answerText = ({ answer, isPartial }: RecordedKind): string =>
  answer === 'yes' && isPartial ? 'some' : answer;

const nameOf = (trail: TrailName | null): string | null => trail?.name ?? null;

const isSame = (a: RecordedRow, b: RecordedRow): boolean =>
  a.to === b.from && a.recorded === b.recorded && a.trail === b.trail && a.event?.rowid === b.event?.rowid;
