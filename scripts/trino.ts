/**
 * Trino with two workers on this machine, for `--on` and its tests. Development only.
 *
 *   tsx scripts/trino.ts start [folder]      fetches and starts it (needs mvn, unzip, a JDK from 24 on); prints its URL
 *   tsx scripts/trino.ts stop [folder]       stops it
 *   tsx scripts/trino.ts raw <name> <logs> [folder]   a trail's files as they are: hive.<name>.cloudtrail_logs, a view
 *   tsx scripts/trino.ts record <file>       what it says to the statements of test/trino-exchanges.ts, as JSON lines
 *   tsx scripts/trino.ts ask "<sql>"         prints the answer as JSON
 *
 * Unlike scripts/trino-oracle.ts, which makes one server as like Athena as it can be, this is Trino as it is.
 */

import { record } from './trino/record.js';
import { startCluster, stopCluster } from './trino/cluster.js';
import { rawTable } from './trino/raw.js';
import { run } from './trino-oracle/client.js';

const USAGE = 'start [folder] | stop [folder] | raw <name> <logs> [folder] | record <file> | ask "<sql>"';

async function main([command, first, second, third]: string[]): Promise<void> {
  if (command === 'start') console.log(await startCluster(first));
  else if (command === 'stop') console.log(`${stopCluster(first)} processes stopped`);
  else if (command === 'raw' && first && second)
    console.log(`${await rawTable(first, second, third)} records`);
  else if (command === 'record' && first) console.log(`${await record(first)} statements`);
  else if (command === 'ask' && first) console.log(JSON.stringify(await run(first)));
  else throw new TypeError(`usage: tsx scripts/trino.ts ${USAGE}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
