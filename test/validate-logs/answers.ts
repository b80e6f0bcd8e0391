/** Recorded answers of the AWS CLI: their files, and the words in them for what is long or differs from run to run. */

import type { Chains } from '../../scripts/digest-chains.js';
import { type Scenario, TRAIL } from './scenarios.js';

/** What a command printed, line by line. */
export interface Answer {
  stdout: string[];
  stderr: string[];
  code: number | null;
}

/** The same as it comes. */
export interface Output {
  stdout: string;
  stderr: string;
  code: number | null;
}

export const fileOf = ({ name }: Scenario): string => `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.json`;

export const argumentsOf = ({ args }: Scenario): string[] => [
  ...(args.includes('--trail-arn') ? [] : ['--trail-arn', TRAIL]),
  ...args,
];

/**
 * An answer as it is recorded: `DIGEST 2` and `LOG 5` stand for addresses of objects in the order of their making, counted
 * from 0, `KEY 0` for a fingerprint.
 */
export function answerOf({ stdout, stderr, code }: Output, { digests, logFiles }: Chains): Answer {
  const words = new Map<string, string>();
  for (const [i, { bucket, key }] of digests.entries()) words.set(`s3://${bucket}/${key}\t`, `DIGEST ${i}\t`);
  for (const [i, { bucket, key }] of logFiles.entries()) words.set(`s3://${bucket}/${key}\t`, `LOG ${i}\t`);
  const fingerprints = new Set(digests.map(({ members }) => members.digestPublicKeyFingerprint));
  for (const [i, fingerprint] of [...fingerprints].entries()) words.set(fingerprint, `KEY ${i}`);
  const shortened = (text: string): string[] =>
    [...words].reduce((so, [long, word]) => so.replaceAll(long, word), text).split('\n');
  return { stdout: shortened(stdout), stderr: shortened(stderr), code };
}
