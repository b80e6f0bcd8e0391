/** A statement on what could have hidden events, and the question it is made for. */

import type { Db } from '../../store/open.js';
import type { Filters } from '../filter/filter.js';

/** What can hide events. */
export type HiddenKind =
  | 'outside'
  | 'place'
  | 'not downloaded'
  | 'logging off'
  | 'not recorded'
  | 'download incomplete'
  | 'category'
  | 'no object events'
  | 'object events'
  | 'beyond'
  | 'extent';

/** A statement on what could have hidden events. */
export interface Hidden {
  /** What it is about. */
  kind: HiddenKind;
  /** The statement. Names in it come from logs: escape them before they reach a terminal. */
  text: string;
  /** From when on, UTC; null where it has no beginning. */
  from: string | null;
  /** Until when; null where it has no end. */
  to: string | null;
  /** Files or events that it speaks of; null where it counts none. */
  count: number | null;
  /** The bucket, the trail, the account, the region or the category; null where it is about none. */
  name: string | null;
}

/** What the reasons are found from. */
export interface Question {
  db: Db;
  /** The filters, spelled as events have them. */
  filters: Filters;
  now: Date;
  /** Seconds since 1970; undefined where the question has no bound. */
  first: number | undefined;
  last: number | undefined;
}
