/** How a long command shows on stderr how far it is, and how it is stopped. */

import { isQuiet, say } from './terminal.js';

/** What is shown of a progress. */
export interface ProgressTexts<P extends { seconds: number }> {
  /** What stands behind the bar; `{name}` stands for a field. */
  format: string;
  /** How much of it is done; undefined where that is not known. */
  share(progress: P): { done: number; total: number } | undefined;
  fields(progress: P): Record<string, string>;
  /** A line for where there is no terminal, now and then. */
  line(progress: P): string;
  /** One that is said at once. */
  now?(progress: P): string | undefined;
}

interface Shown<P> {
  update(progress: P): void;
  stop(): void;
}

/** Where the reader of stderr sees it: a bar on a terminal, else lines; nothing with `--quiet`. */
async function progressOnStderr<P extends { seconds: number }>(texts: ProgressTexts<P>): Promise<Shown<P>> {
  if (isQuiet()) return { update() {}, stop() {} };
  return process.stderr.isTTY ? progressBar(texts) : progressLines(texts);
}

async function progressBar<P extends { seconds: number }>({
  format,
  share,
  fields,
}: ProgressTexts<P>): Promise<Shown<P>> {
  const [{ default: cliProgress }, { default: pc }] = await Promise.all([
    import('cli-progress'),
    import('picocolors'),
  ]);
  const bar = new cliProgress.SingleBar({
    format: `${pc.cyan('{bar}')} ${format}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 24,
  });
  let started = false;
  return {
    update(progress) {
      const { done, total } = share(progress) ?? { done: 0, total: 1 };
      if (!started) bar.start(total, done, fields(progress));
      else bar.update(done, fields(progress));
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

/** Without a terminal: a line now and then. */
function progressLines<P extends { seconds: number }>({ line, now }: ProgressTexts<P>): Shown<P> {
  let last = 0;
  return {
    update(progress) {
      const urgent = now?.(progress);
      if (urgent !== undefined) say(urgent);
      else if (progress.seconds - last >= 10) {
        last = progress.seconds;
        say(line(progress));
      }
    },
    stop() {},
  };
}

/** How long it takes still, once that can be guessed. */
export const leftText = (share: number, seconds: number): string =>
  share > 0.02 ? `${Math.ceil((seconds / share) * (1 - share))} s left` : '';

/**
 * Runs work that shows how far it is and that Ctrl-C and SIGTERM stop. A second one ends the process as ever.
 * @param work stops when the signal says so
 */
export async function withProgress<P extends { seconds: number }, T>(
  texts: ProgressTexts<P>,
  work: (signal: AbortSignal, onProgress: (progress: P) => void) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const shown = await progressOnStderr(texts);
  try {
    return await work(stop.signal, shown.update);
  } finally {
    shown.stop();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
