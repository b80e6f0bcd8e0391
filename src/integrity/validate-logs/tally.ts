/** The sum of a validation: counts, the time that valid digests cover, and all of it as data. */

import type { Outcome, Validation } from './outcome.js';
import { shownTime } from './time.js';

export interface Count {
  valid: number;
  invalid: number;
}

export interface Tally {
  digests: Count;
  backfill: Count;
  logs: Count;
  /** What valid digests cover of the range, milliseconds since 1970; undefined where there are none. */
  from: number | undefined;
  to: number | undefined;
}

export const newTally = (): Tally => ({
  digests: { valid: 0, invalid: 0 },
  backfill: { valid: 0, invalid: 0 },
  logs: { valid: 0, invalid: 0 },
  from: undefined,
  to: undefined,
});

/** Adds an outcome. */
export function count(tally: Tally, outcome: Outcome, { start, end }: { start: number; end: number }): void {
  if (outcome.kind === 'gap') return;
  if (outcome.kind === 'log') {
    tally.logs[outcome.reason === '' ? 'valid' : 'invalid']++;
    return;
  }
  tally[outcome.isBackfill ? 'backfill' : 'digests'][outcome.kind]++;
  if (outcome.kind === 'invalid') return;
  const earliest = Math.max(outcome.digest.start, start);
  const latest = Math.min(outcome.digest.end, end);
  if (tally.from === undefined || earliest < tally.from) tally.from = earliest;
  if (tally.to === undefined || latest > tally.to) tally.to = latest;
}

/** The exit code of the AWS CLI: 1 where anything is invalid. */
export const exitCodeOf = ({ digests, backfill, logs }: Tally): number =>
  digests.invalid + backfill.invalid + logs.invalid > 0 ? 1 : 0;

/** A digest or a log file. */
export interface ValidatedFile {
  kind: 'digest' | 'backfill digest' | 'log';
  bucket: string;
  key: string;
  /** Why it is invalid, in the words of the AWS CLI; null where it is valid. */
  invalid: string | null;
}

/** A validation as data. */
export interface ValidationData {
  trailArn: string;
  requested: { from: string; to: string };
  /** What valid digests cover of it; null where there are none. */
  found: { from: string; to: string } | null;
  digests: Count;
  backfillDigests: Count;
  logFiles: Count;
  /** Times for which no digest was made, the newest first. */
  gaps: Array<{ from: string; to: string; isBackfill: boolean }>;
  /** The invalid files in the order of the AWS CLI; with `verbose` the valid ones as well. */
  files: ValidatedFile[];
}

/** Validates, and gives it all as data, with its exit code. */
export function validationData({ request, outcomes }: Validation): { data: ValidationData; code: number } {
  const tally = newTally();
  const gaps: ValidationData['gaps'] = [];
  const files: ValidatedFile[] = [];
  for (const outcome of outcomes) {
    count(tally, outcome, request);
    if (outcome.kind === 'gap')
      gaps.push({ from: shownTime(outcome.from), to: shownTime(outcome.to), isBackfill: outcome.isBackfill });
    else {
      const file = fileOf(outcome);
      if (file.invalid !== null || request.isVerbose) files.push(file);
    }
  }
  const { from, to, digests, backfill, logs } = tally;
  const data = {
    trailArn: request.arn,
    requested: { from: shownTime(request.start), to: shownTime(request.end) },
    found: from === undefined || to === undefined ? null : { from: shownTime(from), to: shownTime(to) },
    digests,
    backfillDigests: backfill,
    logFiles: logs,
    gaps,
    files,
  };
  return { data, code: exitCodeOf(tally) };
}

function fileOf(outcome: Exclude<Outcome, { kind: 'gap' }>): ValidatedFile {
  if (outcome.kind === 'log') {
    const { bucket, key, reason } = outcome;
    return { kind: 'log', bucket, key, invalid: reason === '' ? null : reason };
  }
  const kind = outcome.isBackfill ? 'backfill digest' : 'digest';
  if (outcome.kind === 'invalid')
    return { kind, bucket: outcome.bucket, key: outcome.key, invalid: outcome.reason };
  return { kind, bucket: outcome.digest.bucket, key: outcome.digest.object, invalid: null };
}
