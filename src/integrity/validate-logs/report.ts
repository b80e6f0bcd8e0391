/** What `aws cloudtrail validate-logs` prints. */

import { printable } from '../../output/escape.js';
import type { Step } from './chain.js';
import type { ValidDigest } from './digest.js';
import type { CheckedLog } from './log.js';
import type { Request } from './request.js';
import { shownTime } from './time.js';

/** A piece of the output, safe to print and with its line breaks; a `note` is ours, a line that quiet leaves out. */
export interface Line {
  to: 'stdout' | 'stderr' | 'note';
  text: string;
}

interface Count {
  valid: number;
  invalid: number;
}

export interface Report {
  header(): Line;
  /** For a trail of which the index has no digest. */
  noTrail(): Line;
  step(step: Step, isBackfill: boolean): Generator<Line>;
  log(log: CheckedLog): Generator<Line>;
  summary(): Line;
  exitCode(): number;
}

/**
 * Begins a report, which counts what it says.
 * Long: its functions share the counts, and whether an empty line is due.
 */
export function createReport({ arn, start, end, isVerbose }: Request): Report {
  const digests: Count = { valid: 0, invalid: 0 };
  const backfill: Count = { valid: 0, invalid: 0 };
  const logs: Count = { valid: 0, invalid: 0 };
  /** Times for which valid digests were met, milliseconds since 1970. */
  let from: number | undefined;
  let to: number | undefined;
  let isAfterBlank = true;

  function* problem(text: string): Generator<Line> {
    yield { to: 'stderr', text: isAfterBlank ? `${text}\n\n` : `\n${text}\n\n` };
    isAfterBlank = true;
  }
  function* valid(text: string): Generator<Line> {
    if (!isVerbose) return;
    isAfterBlank = false;
    yield { to: 'stdout', text: `${text}\tvalid\n` };
  }
  function extend({ start: first, end: last }: ValidDigest): void {
    const earliest = Math.max(first, start);
    const latest = Math.min(last, end);
    if (from === undefined || earliest < from) from = earliest;
    if (to === undefined || latest > to) to = latest;
  }

  return {
    header: () => ({
      to: 'stdout',
      text: `Validating log files for trail ${printable(arn)} between ${shownTime(start)} and ${shownTime(end)}\n\n`,
    }),
    noTrail: () => ({ to: 'note', text: `no digest of ${arn} is in the index` }),
    *step(step, isBackfill) {
      const count = isBackfill ? backfill : digests;
      const mark = isBackfill ? '(backfill) ' : '';
      if (step.kind === 'gap') {
        const [first, last] = [shownTime(step.from), shownTime(step.to)];
        yield* problem(`${mark}No log files were delivered by CloudTrail between ${first} and ${last}`);
      } else if (step.kind === 'invalid') {
        count.invalid++;
        if (step.isUnsigned)
          yield { to: 'note', text: `the index has no signature of s3://${step.bucket}/${step.key}` };
        yield* problem(`${mark}Digest file\t${addressOf(step)}\tINVALID: ${printable(step.reason)}`);
      } else {
        const { bucket, object } = step.digest;
        count.valid++;
        extend(step.digest);
        yield* valid(`${mark}Digest file\t${addressOf({ bucket, key: object })}`);
      }
    },
    *log(log) {
      const line = `Log file\t${addressOf(log)}`;
      if (log.reason === '') {
        logs.valid++;
        yield* valid(line);
      } else {
        logs.invalid++;
        yield* problem(`${line}\tINVALID: ${log.reason}`);
      }
    },
    summary() {
      const blank = isAfterBlank ? '' : '\n';
      const requested = `${blank}Results requested for ${shownTime(start)} to ${shownTime(end)}\n`;
      if (digests.valid + digests.invalid + backfill.valid + backfill.invalid === 0)
        return { to: 'stdout', text: `${requested}No digests found\n` };
      const range =
        from === undefined || to === undefined
          ? 'No valid digests found in range\n'
          : `Results found for ${shownTime(from)} to ${shownTime(to)}:\n`;
      const counts = [ratio(digests, 'digest'), ratio(backfill, 'backfill digest'), ratio(logs, 'log')];
      return { to: 'stdout', text: `${requested}${range}${counts.join('')}\n` };
    },
    exitCode: () => (digests.invalid + backfill.invalid + logs.invalid > 0 ? 1 : 0),
  };
}

const addressOf = ({ bucket, key }: { bucket: string; key: string }): string =>
  printable(`s3://${bucket}/${key}`);

function ratio({ valid, invalid }: Count, name: string): string {
  const total = valid + invalid;
  if (total === 0) return '';
  const bad = invalid > 0 ? `, ${invalid}/${total} ${name} files INVALID` : '';
  return `\n${valid}/${total} ${name} files valid${bad}`;
}
