/** Events of an answer that digests speak against. */

import type { Db } from '../store/open.js';
import { chosen, select } from './columns/selection.js';
import { resolveFilters } from './columns/spelling.js';
import type { Filters } from './filter/filter.js';

/** How many of the events of an answer are from files that digests speak against. */
export interface Doubtful {
  altered: number;
  unlisted: number;
}

/**
 * Where more than one file in so many is unlisted, digests are missing rather than files planted: of all these events
 * nothing is said.
 */
const MOST_UNLISTED = 10;

/**
 * Counts the events that pass the filters and are of altered files, or of files that no digest lists.
 * @param count gives the number of events that pass further filters; default: of all that pass these
 */
export function doubtfulEvents(
  db: Db,
  filters: Filters,
  count: (more: Pick<Filters, 'evidence'>) => number = more => countOf(db, { ...filters, ...more }),
): Doubtful {
  if (filters.evidence !== undefined) return { altered: 0, unlisted: 0 };
  const files = Object.fromEntries(
    db.prepare('SELECT verdict, count(*) FROM evidence GROUP BY 1').raw(true).all() as Array<
      [string, number]
    >,
  );
  const all = Object.values(files).reduce((sum, one) => sum + one, 0);
  const { altered = 0, unlisted = 0 } = files;
  return {
    altered: altered > 0 ? count({ evidence: 'altered' }) : 0,
    unlisted: unlisted > 0 && unlisted * MOST_UNLISTED <= all ? count({ evidence: 'unlisted' }) : 0,
  };
}

function countOf(db: Db, filters: Filters): number {
  let events = 0;
  for (const { places } of chosen(select(db, resolveFilters(db, filters).filters, new Date())))
    events += places.length;
  return events;
}
