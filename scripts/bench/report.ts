/** The rows of the report: printed as they come, and written as docs/benchmarks.md. */

import { cpus, totalmem } from 'node:os';
import { log } from './measure.js';

export const rows: Array<
  [work: string, ours: string, peer: string, ratio: string, wanted: string, met: boolean | undefined]
> = [];
export function row(
  work: string,
  ours: string,
  peer: string,
  shown: string,
  wanted: string,
  met?: boolean,
): void {
  rows.push([work, ours, peer, shown, wanted, met]);
  log(`${work}: ${ours} ${peer} ${shown} (${wanted}) ${met === undefined ? '' : met ? 'met' : 'MISSED'}`);
}

export function page(): string {
  const cpu = cpus();
  return `# Benchmarks

<!-- Written by \`npm run bench\`. -->

${new Date().toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]!.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}. Everything below ran side by side in one run, on trees that a deterministic generator makes (\`scripts/make-tree.ts\`); files in the system's cache. Ours is the real command from start to end, process start and indexes included, the better of two runs; DuckDB is \`CREATE TABLE … read_json\` with Athena's columns, then the Athena statement of the same search on its own table, the better of three, rows fetched in both. Start-up is the median of 11, in turns with \`node -e 0\`. Counts, pages, identities and sessions are measured in the process, the best of five. Searches for text are measured in the process, the best of three, beside \`rg -z -i\` on the files; the files with a match are compared.

${table('offtrail', 'peer')}`;
}

/** The page on digests and access logs. */
export function evidencePage(): string {
  const cpu = cpus();
  return `# Benchmarks: digests and access logs

<!-- Written by \`npm run bench -- evidence\`. -->

${new Date().toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]!.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}. Trees that generators make (\`scripts/digest-chains.ts\`, \`scripts/access-logs.ts\`), files in the system's cache. Ours is the real command from start to end, searches are measured in the process; the better of a few runs. \`zcat | sha256sum\` hashes all files with a process for each core, not one for each file; DuckDB reads the lines with AWS's regular expression into a table.

${table('offtrail', 'peer')}`;
}

/** The page on exports. */
export function exportPage(): string {
  const cpu = cpus();
  return `# Benchmarks: exports

<!-- Written by \`npm run bench -- export\`. -->

${new Date().toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]!.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}. The index of the large tree (\`scripts/make-tree.ts\`, a million events), in the system's cache. Ours is the real command from start to end. DuckDB writes with COPY, two threads, from its own table in memory with the columns of our file, the better of two.

${table('offtrail', 'DuckDB')}`;
}

/** The page on the page. */
export function webPage(): string {
  const cpu = cpus();
  return `# Benchmarks: the page

<!-- Written by \`npm run bench -- web\`. -->

${new Date().toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]!.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}. \`offtrail web\` on the index of the large tree (\`scripts/make-tree.ts\`, a million events) and Chromium without a window on the same machine, nothing beside them. Opening is the median of five, each with a server and a browser profile of its own whose window has been open for two seconds, from the start of the navigation to the frame with the first rows. A click is timed in the page, from the click to the frame after the last answer. Memory of the tab is what its process has for itself; that of the server counts what its processes share once.

${table('offtrail', '')}`;
}

/** The rows so far, as a table. */
export function table(ours: string, peer: string): string {
  return `| work | ${ours} | ${peer} | ratio | to reach | |
| --- | --- | --- | --- | --- | --- |
${rows.map(([work, ours, peer, shown, wanted, met]) => `| ${work} | ${ours} | ${peer} | ${shown} | ${wanted} | ${met === undefined ? '' : met ? 'met' : '**missed**'} |`).join('\n')}
`;
}
