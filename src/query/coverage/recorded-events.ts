/** How many events of each kind there are between the changes of an account's trails: a loop over the columns. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { ODD_TIME } from '../../store/times.js';
import type { Chosen } from '../columns/selection.js';
import { CATEGORY_SQLITE } from '../filter/category.js';
import { KIND_NAMES, RECORDED_KINDS, type RecordedKindName } from './recorded-trail.js';
import type { EventQuestion } from './selectors.js';

/** An account with the seconds of its changes, in order, each once; the events of its stretches are counted. */
export interface AccountChanges {
  account: string | null;
  /** Seconds since 1970. A stretch is between two of them, the last one behind the last. */
  seconds: readonly number[];
}

export interface StretchCounter {
  add(events: Chosen): void;
  /**
   * Events of a stretch, without those of the very seconds of changes: the call that stops a trail is recorded by it.
   * @param index of the account
   * @param stretch 0 for the one behind the first change
   */
  eventsOf(index: number, stretch: number, kind: RecordedKindName): number;
}

/** An account while events are counted: the stretch of the event before, where the next one is likely to be. */
interface Counting {
  seconds: readonly number[];
  counts: Float64Array;
  after: number;
  before: number;
  stretch: number;
}

const KINDS = KIND_NAMES.length;

/** Counts the events between the changes of accounts. */
export function createStretchCounter(db: Db, accounts: readonly AccountChanges[]): StretchCounter {
  const { accountOf, kindOf } = placesOf(db, accounts);
  const all = accounts.map(
    ({ seconds }): Counting => ({
      seconds,
      counts: new Float64Array(KINDS * seconds.length),
      after: 0,
      before: 0,
      stretch: -1,
    }),
  );

  return {
    add({ segment, places }) {
      if (accounts.length === 0) return;
      const [times, kinds] = [segment.times(), segment.pointers('kind')];
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const row = kinds[place]!;
        const account = accountOf[row]!;
        if (account < 0) continue;
        let time = times[place]!;
        if (time === ODD_TIME) {
          const odd = segment.oddTimes.get(place) ?? null;
          if (odd === null) continue;
          time = Math.floor(odd);
        }
        const counting = all[account]!;
        if (time <= counting.after || time >= counting.before) moveTo(counting, time);
        if (counting.stretch >= 0) counting.counts[counting.stretch * KINDS + kindOf[row]!]!++;
      }
    },
    eventsOf: (index, stretch, kind) => all[index]!.counts[stretch * KINDS + KIND_NAMES.indexOf(kind)] ?? 0,
  };
}

/** Moves to the stretch that a second is in; to none where it is that of a change, or before the first one. */
function moveTo(counting: Counting, second: number): void {
  const { seconds } = counting;
  let [low, high] = [0, seconds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seconds[middle]! <= second) low = middle + 1;
    else high = middle;
  }
  const isChange = seconds[low - 1] === second;
  counting.stretch = isChange ? -1 : low - 1;
  // The second of a change is not in a stretch: the next event is looked up again.
  counting.after = isChange ? Number.POSITIVE_INFINITY : (seconds[low - 1] ?? Number.NEGATIVE_INFINITY);
  counting.before = seconds[low] ?? Number.POSITIVE_INFINITY;
}

/** For every row of `kind` which account and which kind of events it is; -1 for the account where it is not counted. */
function placesOf(
  db: Db,
  accounts: readonly AccountChanges[],
): { accountOf: Int32Array; kindOf: Uint32Array } {
  const rows = prepared(
    db,
    `SELECT id, recipientaccountid AS account, ${CATEGORY_SQLITE} AS category, readonly AS readOnly
    FROM kind ORDER BY id`,
  ).all() as Array<{ id: number; account: string | null; category: string; readOnly: string | null }>;
  const indexes = new Map(accounts.map(({ account }, index) => [account, index]));
  const end = (rows.at(-1)?.id ?? 0) + 1;
  const accountOf = new Int32Array(end).fill(-1);
  const kindOf = new Uint32Array(end);
  for (const { id, account, category, readOnly } of rows) {
    const kind = KIND_NAMES.findIndex(name => {
      const question: EventQuestion = RECORDED_KINDS[name];
      return (
        question.category === category &&
        (question.readOnly === undefined || String(question.readOnly) === readOnly)
      );
    });
    if (kind < 0) continue;
    accountOf[id] = indexes.get(account) ?? -1;
    kindOf[id] = kind;
  }
  return { accountOf, kindOf };
}
