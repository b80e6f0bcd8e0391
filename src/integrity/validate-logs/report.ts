/** What `aws cloudtrail validate-logs` prints. */

import { printable } from '../../output/escape.js';
import type { Outcome, Validation } from './outcome.js';
import { type Count, count, exitCodeOf, newTally, type Tally } from './tally.js';
import { shownTime } from './time.js';

/** A piece of the output, safe to print and with its line breaks; a `note` is ours, a line that quiet leaves out. */
export interface Line {
  to: 'stdout' | 'stderr' | 'note';
  text: string;
}

/**
 * Validates, and gives what is to be printed, piece by piece.
 * @returns the exit code: 1 where anything is invalid
 */
export function* textOf({ request, hasPlace, outcomes }: Validation): Generator<Line, number> {
  const { arn, start, end, isVerbose } = request;
  yield stdout(
    `Validating log files for trail ${printable(arn)} between ${shownTime(start)} and ${shownTime(end)}\n\n`,
  );
  if (!hasPlace) yield { to: 'note', text: `no digest of ${arn} is in the index` };
  const tally = newTally();
  // The AWS CLI puts problems between empty lines, and never prints two of these in a row.
  let isAfterBlank = true;
  for (const outcome of outcomes) {
    count(tally, outcome, request);
    const text = sentenceOf(outcome);
    if (isProblem(outcome)) {
      if (outcome.kind === 'invalid' && outcome.isUnsigned)
        yield { to: 'note', text: `the index has no signature of s3://${outcome.bucket}/${outcome.key}` };
      yield { to: 'stderr', text: isAfterBlank ? `${text}\n\n` : `\n${text}\n\n` };
      isAfterBlank = true;
    } else if (isVerbose) {
      yield stdout(`${text}\n`);
      isAfterBlank = false;
    }
  }
  const requested = `Results requested for ${shownTime(start)} to ${shownTime(end)}\n`;
  yield stdout(`${isAfterBlank ? '' : '\n'}${requested}${summaryOf(tally)}`);
  return exitCodeOf(tally);
}

const stdout = (text: string): Line => ({ to: 'stdout', text });

const isProblem = (outcome: Outcome): boolean =>
  outcome.kind === 'gap' || outcome.kind === 'invalid' || (outcome.kind === 'log' && outcome.reason !== '');

function sentenceOf(outcome: Outcome): string {
  if (outcome.kind === 'log') {
    const { bucket, key, reason } = outcome;
    return `Log file\t${addressOf(bucket, key)}\t${reason === '' ? 'valid' : `INVALID: ${reason}`}`;
  }
  const mark = outcome.isBackfill ? '(backfill) ' : '';
  if (outcome.kind === 'gap')
    return `${mark}No log files were delivered by CloudTrail between ${shownTime(outcome.from)} and ${shownTime(outcome.to)}`;
  if (outcome.kind === 'valid')
    return `${mark}Digest file\t${addressOf(outcome.digest.bucket, outcome.digest.object)}\tvalid`;
  return `${mark}Digest file\t${addressOf(outcome.bucket, outcome.key)}\tINVALID: ${printable(outcome.reason)}`;
}

function summaryOf({ digests, backfill, logs, from, to }: Tally): string {
  if (digests.valid + digests.invalid + backfill.valid + backfill.invalid === 0) return 'No digests found\n';
  const range =
    from === undefined || to === undefined
      ? 'No valid digests found in range\n'
      : `Results found for ${shownTime(from)} to ${shownTime(to)}:\n`;
  const counts = [ratio(digests, 'digest'), ratio(backfill, 'backfill digest'), ratio(logs, 'log')];
  return `${range}${counts.join('')}\n`;
}

const addressOf = (bucket: string, key: string): string => printable(`s3://${bucket}/${key}`);

function ratio({ valid, invalid }: Count, name: string): string {
  const total = valid + invalid;
  if (total === 0) return '';
  const bad = invalid > 0 ? `, ${invalid}/${total} ${name} files INVALID` : '';
  return `\n${valid}/${total} ${name} files valid${bad}`;
}
