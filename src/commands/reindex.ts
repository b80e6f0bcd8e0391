/** `offtrail reindex`: builds anew what is derived from the stored events. */

import { reindex } from '../ingest/reindex.js';
import { EXIT, indexPath, say } from './context.js';

export async function runReindex({ db }: { db: string | undefined }): Promise<number> {
  const index = indexPath(db);
  const { seconds } = await reindex(index);
  say(`${index} is ready, ${seconds.toFixed(1)} s`);
  return EXIT.ok;
}
