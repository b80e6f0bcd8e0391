/** The places and the lines that events belong to: both follow from what is constant over many events. */

import { RESOURCE_TYPES } from '../../cloudtrail/data-events.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { CATEGORY_SQLITE } from '../filter/category.js';

/** A kind of event, as far as coverage asks for it. */
export interface EventKind {
  id: number;
  account: string | null;
  region: string | null;
  /** Management, Data with what it is about, Insight, …; null where it is not asked for. */
  category: string | null;
}

type Row = [
  id: number,
  account: string | null,
  region: string | null,
  category: string | null,
  source: string | null,
];

/** The kinds of events of the index. */
export function eventKinds(db: Db, { needsCategory }: { needsCategory: boolean }): EventKind[] {
  const category = needsCategory ? CATEGORY_SQLITE : 'NULL';
  const rows = prepared(
    db,
    `SELECT id, recipientaccountid, awsregion, ${category}, eventsource FROM kind ORDER BY id`,
  )
    .raw(true)
    .all() as Row[];
  return rows.map(([id, account, region, category, source]) => ({
    id,
    account,
    region,
    category: category === 'Data' ? `Data ${resourceTypeOf(source)}` : category,
  }));
}

/** The resource type of data events; a source with several types stands for itself. */
const resourceTypeOf = (source: string | null): string =>
  source === null ? '-' : (RESOURCE_TYPES.get(source) ?? source);
