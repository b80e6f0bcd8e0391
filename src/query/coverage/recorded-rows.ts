/** What is recorded as rows: stretches of one kind of events with one answer, for people to read. */

import type { Recorded, RecordedKind, RecordedStretch } from './recorded.js';
import { KIND_NAMES, type RecordedKindName } from './recorded-trail.js';
import type { Answer } from './selectors.js';
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
  /** Of a yes the regions; `all` for all. */
  regions: string | null;
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
  const rows = new Map<string, RecordedRow[]>();
  for (const name of KIND_NAMES) rows.set(name, []);
  for (const stretch of stretches)
    for (const [key, row] of rowsOf(account, stretch)) {
      const known = rows.get(key) ?? [];
      rows.set(key, known);
      const last = known.at(-1);
      if (last && isSame(last, row)) {
        last.to = row.to;
        if (row.events !== null) last.events = (last.events ?? 0) + row.events;
      } else known.push(row);
    }
  return [...rows.values()].flat();
}

/** The rows of a stretch, each once, by what tells them apart. */
function rowsOf(account: string | null, stretch: RecordedStretch): Map<string, RecordedRow> {
  const { from, to, resources } = stretch;
  const rows = new Map<string, RecordedRow>();
  for (const name of KIND_NAMES) {
    const { events, trail, event, answer, regions } = stretch[name];
    const row = { account, kind: KIND_TEXTS[name], recorded: answerText(stretch[name]), from, to };
    rows.set(name, { ...row, regions: regionsText(answer, regions), events, trail: nameOf(trail), event });
  }
  // A selector may stand twice in one trail.
  for (const one of resources) {
    const { answer, trail, event, region } = one;
    const row = { account, kind: resourceText(one), recorded: answer, from, to };
    const regions = regionsText(answer, region === null ? null : [region]);
    rows.set(JSON.stringify([row.kind, trail]), {
      ...row,
      regions,
      events: null,
      trail: nameOf(trail),
      event,
    });
  }
  return rows;
}

/** Regions that are named of many. */
const MOST_NAMED = 3;

const regionsText = (answer: Answer, regions: readonly string[] | null): string | null =>
  answer !== 'yes'
    ? null
    : regions === null
      ? 'all'
      : regions.slice(0, MOST_NAMED).join(', ') + (regions.length > MOST_NAMED ? ', …' : '');

const answerText = ({ answer, isPartial }: RecordedKind): string =>
  answer === 'yes' && isPartial ? 'some' : answer;

const nameOf = (trail: TrailName | null): string | null => trail?.name ?? null;

const isSame = (a: RecordedRow, b: RecordedRow): boolean =>
  a.to === b.from &&
  a.recorded === b.recorded &&
  a.regions === b.regions &&
  a.trail === b.trail &&
  a.event?.rowid === b.event?.rowid;
