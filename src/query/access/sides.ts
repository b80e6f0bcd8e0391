/** Both sides of one request, whole: its CloudTrail events and its access log lines. */

import type { Db } from '../../store/open.js';
import { type ShownEvent, showRows } from '../show.js';
import {
  differencesOf,
  eventsOfRequest,
  linesOfRequest,
  type RequestDifference,
  type RequestLine,
  requestIdOf,
  requestOf,
} from './requests.js';

/** A request with all that the index has of it. */
export interface RequestSides {
  /** Its id. */
  requestId: string;
  /** The CloudTrail events, in the order they were stored; empty where access logs alone have it. */
  events: ShownEvent[];
  /** The access log lines; empty where CloudTrail alone has it. */
  lines: RequestLine[];
  /** What the two say differently. */
  differences: RequestDifference[];
}

/** The request of this id; undefined where neither events nor lines have it. */
export function requestSides(db: Db, requestId: string): RequestSides | undefined {
  const ids = eventsOfRequest(db, requestId);
  const lines = linesOfRequest(db, requestId);
  if (ids.length === 0 && lines.length === 0) return undefined;
  return { requestId, events: showRows(db, ids), lines, differences: differencesIn(db, requestId) };
}

/** The other side of an event: the access log lines of its request, and what differs. */
export function otherSide(db: Db, eventRowid: number): Pick<RequestSides, 'lines' | 'differences'> {
  const requestId = requestIdOf(db, eventRowid);
  const lines = requestId === null ? [] : linesOfRequest(db, requestId);
  // Most events are no requests to a bucket with access logs.
  const differences = requestId === null || lines.length === 0 ? [] : differencesIn(db, requestId);
  return { lines, differences };
}

function differencesIn(db: Db, requestId: string): RequestDifference[] {
  const row = requestOf(db, requestId);
  return row ? differencesOf(row) : [];
}
