/**
 * `npm run bench`: makes the trees, runs offtrail and its peers side by side in one run, and writes
 * docs/benchmarks.md. `npm run bench -- quick` uses trees a tenth of the size and writes nothing;
 * `npm run bench -- ten-million`, `npm run bench -- evidence` (digests and access logs), `npm run bench -- export` (Parquet) and `npm run bench -- web` (the
 * page in a browser) are pages of their own.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessBench } from './bench/access.js';
import { coverageBench } from './bench/coverage.js';
import { exportBench } from './bench/export.js';
import { addDay, ingestTree } from './bench/ingest.js';
import { integrity } from './bench/integrity.js';
import { best, CLI, command, DATA, fresh, mb, quick, ROOT, s } from './bench/measure.js';
import { eventHistory, searches } from './bench/queries.js';
import { reading } from './bench/reading.js';
import { evidencePage, exportPage, page, row, webPage } from './bench/report.js';
import { athenaSql } from './bench/sql.js';
import { startUp } from './bench/startup.js';
import { tenMillion } from './bench/ten-million.js';
import { textCost, textGrowth, textSearches } from './bench/text.js';
import { bigDocument, TREES, tree } from './bench/trees.js';
import { webBench } from './bench/web.js';

if (process.argv.includes('ten-million')) {
  tenMillion();
  process.exit();
}
if (process.argv.includes('export')) {
  mkdirSync(DATA, { recursive: true });
  await exportBench();
  if (!quick) writeFileSync(join(ROOT, 'docs', 'benchmarks-export.md'), exportPage());
  process.exit();
}
if (process.argv.includes('evidence')) {
  mkdirSync(DATA, { recursive: true });
  integrity();
  await accessBench();
  if (!quick) writeFileSync(join(ROOT, 'docs', 'benchmarks-evidence.md'), evidencePage());
  process.exit();
}
if (process.argv.includes('web')) {
  mkdirSync(DATA, { recursive: true });
  await webBench();
  if (!quick) writeFileSync(join(ROOT, 'docs', 'benchmarks-web.md'), webPage());
  process.exit();
}

// First, while this process is small: starting another from a large one takes longer.
const sample = fresh(join(DATA, 'sample.db'));
mkdirSync(DATA, { recursive: true });
spawnSync(process.execPath, [CLI, 'ingest', join(ROOT, 'sample-logs'), '--db', sample]);
startUp(sample);
const small = await ingestTree('small', 0.25, 2.3);
const again = best(2, () => command(['ingest', tree('small').folder, '--db', small.db]).wall);
row(
  `small: a second ingest of ${TREES.small.files.toLocaleString('en-US')} unchanged files`,
  s(again),
  '',
  '',
  '≤ 2 s',
  again <= 2000,
);
await small.peer.close();
const large = await ingestTree('large', 1, 4);
addDay(large.db);
await searches(large.db, large.peer);
await eventHistory(large.db, large.peer);
coverageBench(large.db);
await athenaSql(large.db, large.peer);
await large.peer.close();
textSearches(large.db, tree('large').folder);
await textCost(large.db, large.wall);
textGrowth();
const one = bigDocument();
const big = command(['ingest', one.path, '--db', fresh(join(DATA, 'one.db'))]);
row(
  `one JSON document of ${mb(one.json)}: peak memory`,
  `${mb(big.memory)}, ${s(big.wall)}`,
  '',
  '',
  '≤ 400 MB',
  big.memory <= 400e6,
);
await reading(tree('large').folder);
if (!quick) writeFileSync(join(ROOT, 'docs', 'benchmarks.md'), page());
