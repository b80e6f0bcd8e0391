/** `offtrail ingest`: index log files, show how it goes, say what could not be read. */

import pc from 'picocolors';
import type { Flaws, IngestSummary, Progress } from '../ingest/ingest.js';
import { ingest } from '../ingest/ingest.js';
import type { Limits } from '../read/file.js';
import { EXIT, indexPath, numberText as n, say } from './context.js';

export interface IngestArguments {
  inputs: string[];
  db: string | undefined;
  jobs: number | undefined;
  maxRecordMb: number;
  maxFileGb: number;
  check: boolean;
  replace: boolean;
  /** Speak only of what this run read, in the message and in the exit code. */
  onlyNew: boolean;
}

/** Runs an ingest; Ctrl-C stops it and leaves a sound index. */
export async function runIngest({
  inputs,
  db,
  jobs,
  maxRecordMb,
  maxFileGb,
  check,
  replace,
  onlyNew,
}: IngestArguments): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const limits: Limits = {
    maxRecordBytes: Math.round(maxRecordMb * 2 ** 20),
    maxFileBytes: Math.round(maxFileGb * 2 ** 30),
  };
  const index = indexPath(db);
  const progress = process.stderr.isTTY ? await progressBar() : progressLines();
  let summary: IngestSummary;
  try {
    summary = await ingest({
      inputs,
      db: index,
      limits,
      check,
      replace,
      signal: stop.signal,
      onProgress: progress.update,
      ...(jobs === undefined ? {} : { jobs }),
    });
  } finally {
    progress.stop();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  report(summary, index, onlyNew);
  if (summary.interrupted) return EXIT.failed;
  const flaws = [summary, ...(onlyNew ? [] : [summary.known])];
  const isSound =
    summary.failed + summary.unreadable.length === 0 &&
    flaws.every(({ damaged, rejected, suspect, removed }) => damaged + rejected + suspect + removed === 0);
  return isSound ? EXIT.ok : EXIT.incomplete;
}

/** The two sums that hold by construction, and what stands out. */
function report(summary: IngestSummary, index: string, onlyNew: boolean): void {
  const { files, indexed, unchanged, skipped, failed, records, stored, duplicate, rejected, known } = summary;
  say(
    `${n(files)} files = ${n(indexed)} indexed + ${n(unchanged)} unchanged + ${n(skipped)} skipped + ${n(failed)} failed`,
  );
  say(
    `${n(records)} records read = ${n(stored)} stored + ${n(duplicate)} duplicate + ${n(rejected)} rejected`,
  );
  if (failed > 0) say(`${n(failed)} files could not be read: see offtrail status --failed`);
  sayFlaws(summary, {
    damaged: 'of the indexed files are damaged',
    rejected: 'records could not be stored',
    suspect: 'stored records come from files whose checksum does not hold (is_suspect)',
    removed: 'events are no longer in their files; they are kept (is_removed)',
  });
  if (!onlyNew)
    sayFlaws(known, {
      damaged: 'of the unchanged files are damaged',
      rejected: 'records of the unchanged files could not be stored',
      suspect: 'records of the unchanged files come with a checksum that does not hold (is_suspect)',
      removed: 'events are no longer in the unchanged files; they are kept (is_removed)',
    });
  if (summary.conflicting > 0) {
    say(
      `${n(summary.conflicting)} records have the eventID of another record with other content; both are kept (is_conflicting)`,
    );
  }
  for (const { path, reason } of summary.unreadable) say(`passed over: ${path}: ${reason}`);
  if (summary.interrupted) say('stopped; what was stored stays, run the same command again to go on');
  else say(`${index} is ready, ${summary.seconds.toFixed(1)} s`);
}

/** Where each flaw is listed. */
const SEE: Readonly<Record<keyof Flaws, string>> = {
  damaged: ': see offtrail status --failed',
  rejected: ': see offtrail status --rejected',
  suspect: '',
  removed: ': see offtrail status --removed; ingest --replace deletes them',
};

function sayFlaws(flaws: Flaws, texts: Readonly<Record<keyof Flaws, string>>): void {
  for (const flaw of ['damaged', 'rejected', 'suspect', 'removed'] as const)
    if (flaws[flaw] > 0) say(`${n(flaws[flaw])} ${texts[flaw]}${SEE[flaw]}`);
}

interface Shown {
  update(progress: Progress): void;
  stop(): void;
}

async function progressBar(): Promise<Shown> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: `${pc.cyan('{bar}')} {percentage}%  {files} files  {records} records  {rate} records/s  {left}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 24,
  });
  let started = false;
  return {
    update({ phase, bytes, bytesDone, filesDone, files, records, seconds }) {
      const total = Math.max(bytes, 1);
      const share = bytesDone / total;
      const left =
        phase === 'index'
          ? 'building indexes'
          : share > 0.02
            ? `${Math.ceil((seconds / share) * (1 - share))} s left`
            : '';
      const payload = {
        files: `${n(filesDone)}/${n(files)}`,
        records: n(records),
        rate: n(Math.round(records / Math.max(seconds, 0.001))),
        left,
      };
      if (!started) bar.start(total, bytesDone, payload);
      else bar.update(bytesDone, payload);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

/** Without a terminal: a line now and then. */
function progressLines(): Shown {
  let last = 0;
  return {
    update({ phase, files, filesDone, records, seconds }) {
      if (phase === 'index') say('building indexes');
      else if (seconds - last >= 10) {
        last = seconds;
        say(`${n(filesDone)} of ${n(files)} files, ${n(records)} records, ${Math.round(seconds)} s`);
      }
    },
    stop() {},
  };
}
