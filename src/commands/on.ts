/** `--on`: an engine elsewhere in place of the index. What its commands share: which one, Ctrl-C, progress, what it cost. */

import type { EngineConnection, EngineProgress, EngineStatistics } from '../engine/engine.js';
import type { EngineChoice } from '../engine/open.js';
import { UsageError } from '../errors.js';
import { text } from './options.js';
import { counted, EXIT, isQuiet, numberText, say, warn } from './terminal.js';

/** The options of a command that can ask an engine. */
export const ON = {
  on: text('ask this engine: trino://…, athena://…, or a name in the profile [default: $OFFTRAIL_ON]'),
  'max-scan': text('with --on, stop a statement that reads more than so many bytes: 10GB'),
} as const;

/** What the help of these commands says of it. */
export const ON_NOTES =
  'With --on an engine that has the logs as a table answers instead of the index: docs/other-engines.md. --on comes before --db, and --db before OFFTRAIL_ON.';

/** Options that say which engine is asked, as they are given. */
export interface OnOptions {
  on: string | undefined;
  maxScan: string | undefined;
  db: string | undefined;
}

/** The engine that is to be asked, by URL or name; undefined where the index is. */
export function engineName({ on, db, maxScan }: OnOptions): string | undefined {
  if (on !== undefined && db !== undefined)
    throw new UsageError('BAD_ARGUMENTS', '--on and --db are given', 'an engine answers, or an index');
  const name = on ?? (db === undefined ? process.env.OFFTRAIL_ON || undefined : undefined);
  if (name === undefined && maxScan !== undefined)
    throw new UsageError('BAD_ARGUMENTS', '--max-scan bounds an engine, and none is asked', 'give --on');
  return name;
}

/** What runs while an engine is asked. */
export interface Asking {
  choice: EngineChoice;
  connection: EngineConnection;
  /** Aborted by Ctrl-C and by `--timeout`. */
  signal: AbortSignal;
  /** Shown on a terminal until `endProgress`. */
  onProgress(progress: EngineProgress): void;
  endProgress(): void;
  /** Says what a statement took, once its rows are read. */
  sayCost(statistics: EngineStatistics): void;
}

/**
 * Connects to the engine of that name, and runs a command with it. Ctrl-C stops what runs there.
 * @param options.seconds after which it is stopped, too
 * @returns its exit code
 */
export async function withEngine(
  name: string,
  { maxScan, seconds }: { maxScan: string | undefined; seconds?: number | undefined },
  command: (asking: Asking) => Promise<number>,
): Promise<number> {
  const [{ chooseEngine, connect }, { readProfile }, { byteCount }] = await Promise.all([
    import('../engine/open.js'),
    import('../profile.js'),
    import('../engine/byte-count.js'),
  ]);
  const choice = chooseEngine(name, readProfile);
  const { address, profile } = choice;
  const most = maxScan === undefined ? undefined : byteCount(maxScan, '--max-scan');
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const connection = await connect(choice, { maxScan: most, ...(isTerminal && { askPassword }) });
  sayClear(choice);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new Stopped('stopped'));
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(
          () =>
            stop.abort(
              new Stopped(`the statement was stopped: it took more than ${seconds} seconds (--timeout)`),
            ),
          Math.min(seconds * 1000, 2 ** 31 - 1),
        );
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const progress = progressLine(connection.describe);
  const costs = await costWords(address.kind, profile.pricePerTb);
  try {
    return await command({
      choice,
      connection,
      signal: stop.signal,
      onProgress: progress.show,
      endProgress: progress.end,
      sayCost: statistics => sayCost(statistics, costs),
    });
  } catch (error) {
    progress.end();
    if (!(error instanceof Stopped)) throw error;
    warn(`offtrail: ${error.message}; the engine was told so`);
    return EXIT.failed;
  } finally {
    progress.end();
    clearTimeout(timer);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Somebody, or a bound, stopped what runs. */
class Stopped extends Error {}

/** Says that statements and answers can be read on their way. */
function sayClear({ address }: EngineChoice): void {
  if (address.kind !== 'trino' || address.isTls || /^(localhost|127\.|\[::1\])/.test(address.host)) return;
  warn(`${address.host} is asked without TLS: statements and answers can be read on their way (?SSL=true)`);
}

/** A line on stderr that says how far a statement is; none where stderr is no terminal, or notes are left out. */
function progressLine(describe: string): { show(progress: EngineProgress): void; end(): void } {
  const isShown = process.stderr.isTTY === true && !isQuiet();
  let hasLine = false;
  let line: ((progress: EngineProgress) => string) | undefined;
  const show = (progress: EngineProgress): void => {
    if (!isShown) return;
    line ??= progressText(describe);
    hasLine = true;
    process.stderr.write(`\r\x1b[2K${line(progress)}`);
  };
  const end = (): void => {
    if (hasLine) process.stderr.write('\r\x1b[2K');
    hasLine = false;
  };
  return { show, end };
}

const progressText =
  (describe: string) =>
  ({ state, done, rowsRead, bytesScanned }: EngineProgress): string => {
    const parts = [
      /^[A-Z_]{1,30}$/.test(state) ? state.toLowerCase() : '',
      done === undefined ? '' : `${Math.round(done * 100)} %`,
      rowsRead ? counted(rowsRead, 'row') : '',
      bytesScanned ? `${numberText(Math.round(bytesScanned / 1e6))} MB` : '',
    ].filter(Boolean);
    return `${describe}: ${parts.join(', ')}`
      .replaceAll(/[^\x20-\x7e]/g, '?')
      .slice(0, (process.stderr.columns || 80) - 1);
  };

interface Costs {
  bytesText(bytes: number): string;
  /** Dollars for a terabyte, of an engine that bills bytes. */
  price: number | undefined;
  name: string;
}

/** Athena's price in most regions, in dollars for a terabyte: https://aws.amazon.com/athena/pricing/ */
const LIST_PRICE = 5;
/** What Athena bills at least, in bytes; more is rounded up to a megabyte. */
const LEAST_BILLED = 10e6;

async function costWords(kind: EngineConnection['kind'], price: number | undefined): Promise<Costs> {
  const { bytesText } = await import('../engine/byte-count.js');
  return kind === 'athena'
    ? { bytesText, price: price ?? LIST_PRICE, name: 'Athena' }
    : { bytesText, price: undefined, name: 'Trino' };
}

function sayCost(statistics: EngineStatistics, { bytesText, price, name }: Costs): void {
  const { bytesScanned = 0, rowsRead, elapsed, queryId, warnings = [] } = statistics;
  for (const warning of warnings) say(`${name}: ${warning}`);
  const billed = bytesScanned === 0 ? 0 : Math.max(LEAST_BILLED, Math.ceil(bytesScanned / 1e6) * 1e6);
  const parts = [
    `${name} read ${bytesText(bytesScanned)}`,
    ...(rowsRead === undefined ? [] : [counted(rowsRead, 'row')]),
    ...(elapsed === undefined ? [] : [`${(elapsed / 1000).toFixed(1)} s`]),
    ...(price === undefined ? [] : [`about $${dollars((billed / 1e12) * price)} at $${price} a TB`]),
  ];
  say(`${parts.join(', ')}${queryId === undefined ? '' : ` (query ${queryId})`}`);
}

/** Two digits that say something: `0.00005`, `1.25`. */
const dollars = (amount: number): string =>
  amount === 0 ? '0' : amount >= 0.1 ? amount.toFixed(2) : String(Number(amount.toPrecision(2)));

/** Asks for a password at the terminal, and shows nothing of it. */
async function askPassword(user: string): Promise<string | undefined> {
  const [{ createInterface }, { Writable }] = await Promise.all([
    import('node:readline'),
    import('node:stream'),
  ]);
  process.stderr.write(`password of ${user.replaceAll(/[^\x20-\x7e]/g, '?')}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await new Promise<string | undefined>(resolve => {
      lines.once('line', line => resolve(line === '' ? undefined : line));
      lines.once('SIGINT', () => resolve(undefined));
      lines.once('close', () => resolve(undefined));
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
