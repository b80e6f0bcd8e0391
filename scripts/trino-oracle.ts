/**
 * Trino, the engine that Athena is built on, as a judge of our Athena SQL. Development only.
 *
 *   tsx scripts/trino-oracle.ts start [folder]           fetches and starts a server (needs mvn, unzip, a JDK from 24 on)
 *   tsx scripts/trino-oracle.ts load <table> <folder or index.db>    memory.default.<table>, and memory.<table>.cloudtrail_logs
 *   tsx scripts/trino-oracle.ts ask "<sql>" [schema]     prints the answer as JSON
 *   tsx scripts/trino-oracle.ts record <cases.jsonl> <fixtures.jsonl> [schema]
 *   tsx scripts/trino-oracle.ts generate <count> <seed>   prints random cases, as `record` reads them
 *   tsx scripts/trino-oracle.ts plant <folder of .sql> <output folder>    logs in which each statement finds something
 *
 * `record` reads lines {"sql"} and writes lines {"sql","columns","rows"} or {"sql","error"}, in the same order.
 * `TRINO_URL` names another server than port 8080 of this machine. `TRINO_FOLDER` is what `start` was given, for `load`.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { ask, askAll } from './trino-oracle/client.js';
import { generate } from './trino-oracle/generate.js';
import { load } from './trino-oracle/load.js';
import { plant } from './trino-oracle/plant.js';
import { start } from './trino-oracle/server.js';

const USAGE =
  'start [folder] | load <table> <folder> | ask "<sql>" [schema] | record <cases> <fixtures> [schema] | generate <count> <seed> | plant <sql folder> <folder>';

async function main([command, first, second, third]: string[]): Promise<void> {
  if (command === 'start') {
    console.log(await start(first ?? process.env.TRINO_FOLDER));
  } else if (command === 'load' && first && second) {
    const { records, duplicates, skipped } = await load(first, second, process.env.TRINO_FOLDER);
    console.log(`${first}: ${records} records, ${duplicates} duplicates left out`);
    for (const path of skipped) console.log(`skipped: ${path}`);
  } else if (command === 'ask' && first) {
    const answer = await ask(first, second ? { schema: second } : {});
    console.log(JSON.stringify(answer));
    if ('error' in answer) process.exitCode = 1;
  } else if (command === 'record' && first && second) {
    await record(first, second, third);
  } else if (command === 'plant' && first && second) {
    const { statements, events, skipped } = plant(first, second);
    console.log(`${statements} statements, ${events} events`);
    for (const reason of skipped) console.log(`skipped: ${reason}`);
  } else if (command === 'generate' && Number(first) > 0 && Number.isInteger(Number(second ?? 'none'))) {
    for (const sql of generate(Number(first), Number(second))) console.log(JSON.stringify({ sql }));
  } else {
    throw new TypeError(`usage: tsx scripts/trino-oracle.ts ${USAGE}`);
  }
}

/** Asks every case and writes what Trino answers. */
async function record(cases: string, fixtures: string, schema = 'default'): Promise<void> {
  const statements = readFileSync(cases, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => (JSON.parse(line) as { sql: string }).sql);
  const began = performance.now();
  const answers = await askAll(statements, { schema });
  writeFileSync(
    fixtures,
    answers.map((answer, i) => `${JSON.stringify({ sql: statements[i], ...answer })}\n`).join(''),
  );
  const errors = answers.filter(answer => 'error' in answer).length;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${answers.length} statements, ${errors} of them errors, ${seconds} s`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
