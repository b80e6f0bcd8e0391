/** `offtrail validate-logs` prints what `aws cloudtrail validate-logs` prints (test/validate-logs holds its answers). */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ChainOptions, type Chains, makeChains } from '../scripts/digest-chains.js';
import { folder, ingestInto, offtrail, type Ran, ROOT } from './support.js';
import { type Answer, answerOf, argumentsOf, fileOf } from './validate-logs/answers.js';
import { SCENARIOS, type Scenario } from './validate-logs/scenarios.js';

const FIXTURES = join(ROOT, 'test', 'validate-logs');

interface Tree {
  chains: Chains;
  db: string;
}

function treeOf(
  options: ChainOptions = {},
  alter?: (chains: Chains) => void,
  inputs?: (chains: Chains) => string[],
): Tree {
  const chains = makeChains(folder(), options);
  alter?.(chains);
  return { chains, db: ingestInto(inputs?.(chains) ?? [chains.logs]).db };
}

/** Trees in which nothing is altered, by their options. */
const unaltered = new Map<string, Tree>();
function treeFor({ options = {}, alter }: Scenario): Tree {
  if (alter) return treeOf(options, alter);
  const text = JSON.stringify(options);
  const tree = unaltered.get(text) ?? treeOf(options);
  unaltered.set(text, tree);
  return tree;
}

const validate = (
  { chains, db }: Tree,
  args: readonly string[],
  more: readonly string[] = ['--quiet'],
): Ran => offtrail(['validate-logs', ...args, '--public-keys', ...chains.keyFiles, '--db', db, ...more]);

describe('answers as the AWS CLI does', () => {
  it.each(SCENARIOS)('$name', scenario => {
    const tree = treeFor(scenario);
    const expected = JSON.parse(readFileSync(join(FIXTURES, fileOf(scenario)), 'utf8')) as Answer;
    expect(answerOf(validate(tree, argumentsOf(scenario)), tree.chains)).toEqual(expected);
  });

  it('every recorded answer has a scenario', () => {
    const files = readdirSync(FIXTURES).filter(name => name.endsWith('.json'));
    expect(files.sort()).toEqual(SCENARIOS.map(fileOf).sort());
  });
});
