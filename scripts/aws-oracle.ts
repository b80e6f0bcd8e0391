/**
 * The AWS CLI as judge of `offtrail validate-logs`. Development only; needs a Python with awscli and moto[s3]:
 * `python3 -m venv FOLDER && FOLDER/bin/pip install awscli 'moto[s3]'`, and PYTHON=FOLDER/bin/python.
 *
 *   tsx scripts/aws-oracle.ts record [words of a scenario's name]   writes its answers to test/validate-logs/*.json
 *   tsx scripts/aws-oracle.ts compare COUNT SEED                    random scenarios: its answers and ours (after a build)
 *
 * Both make the tree of each scenario, put it into a bucket in memory and let the AWS CLI validate it.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { answerOf, argumentsOf, fileOf, type Output } from '../test/validate-logs/answers.js';
import { SCENARIOS, type Scenario, TRAIL } from '../test/validate-logs/scenarios.js';
import { randomScenarios } from './aws-oracle/random.js';
import { type Chains, makeChains, metadataOf } from './digest-chains.js';

const ROOT = resolve(import.meta.dirname, '..');
const FIXTURES = join(ROOT, 'test', 'validate-logs');

/** A scenario's tree, altered, and what the AWS CLI says of it. */
interface Judged {
  scenario: Scenario;
  chains: Chains;
  answer: Output;
}

function judge(scenarios: readonly Scenario[], folder: string): Judged[] {
  const trees = scenarios.map((scenario, i) => {
    const chains = makeChains(join(folder, String(i)), scenario.options);
    scenario.alter?.(chains);
    return { scenario, chains };
  });
  const cases = trees.map(({ scenario, chains }) => JSON.stringify(caseOf(chains, argumentsOf(scenario))));
  const script = join(ROOT, 'scripts', 'aws-oracle', 'validate_logs.py');
  const ran = spawnSync(process.env.PYTHON ?? 'python3', [script], {
    encoding: 'utf8',
    input: cases.map(line => `${line}\n`).join(''),
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const answers = ran.stdout.trim().split('\n');
  return trees.map((tree, i) => ({ ...tree, answer: JSON.parse(answers[i]!) as Output }));
}

/** What the Python side needs of a tree. */
function caseOf(chains: Chains, args: readonly string[]): object {
  const { options } = chains;
  const objects = [
    ...chains.digests.map(digest => ({ ...digest, metadata: metadataOf(digest) })),
    ...chains.logFiles.map(log => ({ ...log, metadata: {} })),
  ]
    .filter(({ path }) => existsSync(path))
    .map(({ bucket, key, path, metadata }) => ({ bucket, key, path, metadata }));
  return {
    objects,
    buckets: [...new Set([options.bucket, 'empty-logs', ...objects.map(({ bucket }) => bucket)])],
    trail: {
      TrailARN: TRAIL,
      S3BucketName: options.bucket,
      ...(options.prefix ? { S3KeyPrefix: options.prefix } : {}),
      IsOrganizationTrail: options.organization !== '',
    },
    organization: options.organization,
    keys: {
      PublicKeyList: chains.keyFiles.flatMap(
        file => (JSON.parse(readFileSync(file, 'utf8')) as { PublicKeyList: object[] }).PublicKeyList,
      ),
    },
    args,
  };
}

/** Writes the answers to the scenarios whose names have all the words. */
function record(words: readonly string[], folder: string): void {
  const scenarios = SCENARIOS.filter(({ name }) => words.every(word => name.includes(word)));
  for (const { scenario, chains, answer } of judge(scenarios, folder))
    writeFileSync(join(FIXTURES, fileOf(scenario)), `${JSON.stringify(answerOf(answer, chains), null, 2)}\n`);
  console.log(`${scenarios.length} scenarios`);
}

/** Prints where our answer to a random scenario is another. */
function compare(count: number, seed: number, folder: string): void {
  let differing = 0;
  for (const { scenario, chains, answer } of judge(randomScenarios(count, seed), folder)) {
    const db = join(chains.folder, 'test.db');
    const run = (...args: string[]): Output => {
      const command = join(ROOT, 'dist', 'bin', 'offtrail.js');
      const ran = spawnSync(process.execPath, [command, ...args, '--db', db, '--quiet'], {
        encoding: 'utf8',
      });
      return { stdout: ran.stdout, stderr: ran.stderr, code: ran.status };
    };
    run('ingest', chains.logs);
    const ours = run('validate-logs', ...argumentsOf(scenario), '--public-keys', ...chains.keyFiles);
    const [expected, actual] = [answerOf(answer, chains), answerOf(ours, chains)];
    if (JSON.stringify(expected) === JSON.stringify(actual)) continue;
    differing++;
    console.log(scenario.name, JSON.stringify({ options: scenario.options, args: scenario.args }));
    console.log(JSON.stringify({ expected, actual }, null, 1));
  }
  console.log(`${differing} of ${count} differ`);
  if (differing > 0) process.exitCode = 1;
}

function main([command, ...words]: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'aws-oracle-'));
  try {
    if (command === 'record') record(words, folder);
    else if (command === 'compare' && words.length === 2) compare(Number(words[0]), Number(words[1]), folder);
    else throw new TypeError('usage: tsx scripts/aws-oracle.ts record [words …] | compare COUNT SEED');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2));
