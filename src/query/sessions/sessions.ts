/**
 * Follows temporary credentials both ways and across accounts: which call or sign-in issued an access key, what was done
 * with it, and which further keys it got.
 */

import { UsageError } from '../../errors.js';
import type { Db } from '../../store/open.js';
import { identitiesInOtherCase, nearestIdentities } from '../columns/spelling.js';
import { escaped } from '../filter/wildcard.js';
import { checkedLimit } from '../limit.js';
import { inSnapshot } from '../snapshot.js';
import { describe } from './describe.js';
import { busiest, joined, NAMES, readEvents, startOf } from './find.js';
import { follow, rootsOf } from './follow.js';
import type { Session } from './session.js';

/** Sessions, with what they come from and led to. */
export interface Sessions {
  /** As what the text was found. */
  foundAs: string;
  /** The names in another case that it was taken for; empty where there is one as it is given. */
  takenFor: string[];
  /** By access key. */
  sessions: Map<string, Session>;
  /** The keys at the beginning of a chain, in order of time. */
  roots: string[];
  /** Sessions that were found and, beyond the limit, not followed: what they come from or led to is not among them. */
  notFollowed: number;
}

/**
 * The sessions of an access key, of a role or a session (its name or ARN), of a user, of a sign-in, or of the caller and
 * the keys of one event.
 * @param limit how many of these to follow, those with the most events; and how many more, of those they come from or
 *   led to
 * @throws UsageError `BAD_LIMIT`, `NO_SUCH_SESSION`
 */
export function sessions(db: Db, text: string, limit: number): Sessions {
  checkedLimit(limit);
  return inSnapshot(db, () => {
    const known = readEvents(db);
    const exact = startOf(db, text, known, limit);
    const takenFor = exact.keys.length > 0 ? [] : identitiesInOtherCase(db, NAMES, escaped(text));
    const start = takenFor.reduce((all, name) => joined(all, startOf(db, name, known, limit)), exact);
    if (start.keys.length === 0) {
      const similar = nearestIdentities(db, NAMES, text);
      throw new UsageError(
        'NO_SUCH_SESSION',
        `no session belongs to ${JSON.stringify(text)}`,
        `${similar.length > 0 ? `did you mean ${similar.join(' or ')}? ` : ''}name an access key, a role, a user, the ARN of a session, or the eventID of a sign-in or a call that gave credentials; a search finds a text anywhere`,
      );
    }
    const asked = busiest(db, start.keys, limit);
    const { sessions: followed, notFollowed } = follow(db, asked, known, asked.length + limit);
    describe(db, followed);
    const left = new Set([...start.keys, ...notFollowed.keys].filter(key => !followed.has(key)));
    return {
      foundAs: start.foundAs,
      takenFor,
      sessions: followed,
      roots: rootsOf(followed),
      notFollowed: left.size + notFollowed.unread,
    };
  });
}
