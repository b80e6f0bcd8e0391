/** `offtrail reindex`: builds again what is derived from the stored events. */

import { TEXT } from './options.js';
import { EXIT, indexPath, printValue, say } from './terminal.js';
import { verb } from './verb.js';

export const reindex = verb({
  name: 'reindex',
  summary: 'build the indexes again from the stored events',
  description: 'Build the indexes, that for text included, again from the stored events.',
  examples: [['offtrail reindex', 'after a note that the index for text is not complete']],
  options: TEXT,
  async run({ options: { db, format } }) {
    const { reindex } = await import('../ingest/reindex.js');
    const index = indexPath(db);
    const { seconds } = await reindex(index);
    if (format !== 'text') await printValue({ index, seconds }, format);
    say(`${index} is ready, ${seconds.toFixed(1)} s`);
    return EXIT.ok;
  },
});
