/**
 * The AWS CLI as judge of `offtrail validate-logs`. Development only; needs a Python with awscli and moto[s3].
 *
 *   python3 -m venv FOLDER && FOLDER/bin/pip install awscli 'moto[s3]'
 *   PYTHON=FOLDER/bin/python tsx scripts/aws-oracle.ts [words of a scenario's name]
 *
 * It makes the tree of every scenario in test/validate-logs/scenarios.ts, puts it into a bucket in memory, lets the AWS
 * CLI validate it, and writes what it printed to test/validate-logs/*.json.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { answerOf, argumentsOf, fileOf } from '../test/validate-logs/answers.js';
import { SCENARIOS, type Scenario, TRAIL } from '../test/validate-logs/scenarios.js';
import { type Chains, makeChains, metadataOf } from './digest-chains.js';

const FIXTURES = resolve(import.meta.dirname, '..', 'test', 'validate-logs');

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

function main(words: readonly string[]): void {
  const scenarios = SCENARIOS.filter(({ name }) => words.every(word => name.includes(word)));
  const folder = mkdtempSync(join(tmpdir(), 'aws-oracle-'));
  try {
    const trees = scenarios.map((scenario: Scenario, i) => {
      const chains = makeChains(join(folder, String(i)), scenario.options);
      scenario.alter?.(chains);
      return { scenario, chains };
    });
    const ran = spawnSync(
      process.env.PYTHON ?? 'python3',
      [join(import.meta.dirname, 'aws-oracle', 'validate_logs.py')],
      {
        encoding: 'utf8',
        input: trees
          .map(({ scenario, chains }) => `${JSON.stringify(caseOf(chains, argumentsOf(scenario)))}\n`)
          .join(''),
        maxBuffer: 1 << 28,
      },
    );
    if (ran.status !== 0) throw new Error(ran.stderr);
    const answers = ran.stdout.trim().split('\n');
    for (const [i, { scenario, chains }] of trees.entries()) {
      const answer = answerOf(JSON.parse(answers[i]!) as Parameters<typeof answerOf>[0], chains);
      writeFileSync(join(FIXTURES, fileOf(scenario)), `${JSON.stringify(answer, null, 2)}\n`);
    }
    console.log(`${trees.length} scenarios`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2));
