/**
 * The shell of `offtrail sql`. Statements run in a process of their own, which Ctrl-C and the bounds end; what they
 * define is told to the next one.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { FORMATS, type Format } from '../output/rows.js';
import { literal as quotedText } from '../query/filter/sql-text.js';
import { type Bounds, watched } from './bounded.js';
import type { EngineRun } from './sql-on.js';
import { runSqlText, type SqlRun } from './sql-run.js';
import { EXIT, onScreen, sayError } from './terminal.js';

/** Set in the process that runs the statements. */
const MARK = 'OFFTRAIL_SQL_RUNNER';

/** What the shell asks of that process. */
interface Request {
  text: string;
  run: SqlRun;
  engine?: EngineRun | undefined;
}

/** What that process tells the shell: a statement on which later ones build. */
interface Defined {
  definition: string;
}

const HELP = `A statement ends with a semicolon; Tab completes, Ctrl-C stops a statement, Ctrl-D leaves.

  .schema            columns and their types
  .functions [LIKE]  functions
  .format FORMAT     ${FORMATS.join(', ')}
  .timer on|off      say how long a statement took
  .help  .quit
`;

/**
 * Runs the shell until its end.
 * @param engine the engine that statements are sent to; default: they run on the index
 */
export async function startShell(run: SqlRun, bounds: Bounds, engine?: EngineRun): Promise<number> {
  if (process.env[MARK] === '1') return serve();
  const { completions, isWhole } = await import('../query/sql/completion.js');
  const state: State = { run, engine, definitions: [], hasTimer: false };
  const lines = openLines(word => completions(word));
  lines.setPrompt('offtrail> ');
  process.stderr.write('Athena’s dialect; .help says more.\n');
  lines.prompt();
  let text = '';
  lines.on('SIGINT', () => {
    text = '';
    process.stdout.write('\n');
    lines.setPrompt('offtrail> ');
    lines.prompt();
  });
  for await (const line of lines) {
    if (text === '' && line.trim().startsWith('.')) {
      if (!(await command(line.trim(), state, bounds, lines))) break;
    } else if (text !== '' || line.trim() !== '') {
      text += `${line}\n`;
      if (isWhole(text)) {
        await runStatement(text, state, bounds, lines);
        text = '';
      }
    }
    lines.setPrompt(text === '' ? 'offtrail> ' : '      ..> ');
    lines.prompt();
  }
  lines.close();
  return EXIT.ok;
}

interface State {
  run: SqlRun;
  engine: EngineRun | undefined;
  /** The statements that define something; they run before each other one. */
  definitions: string[];
  hasTimer: boolean;
}

/** Runs a command that begins with a dot. @returns false where the shell is to end */
async function command(line: string, state: State, bounds: Bounds, lines: Interface): Promise<boolean> {
  const [name, value] = line.split(/\s+/);
  switch (name) {
    case '.quit':
    case '.exit':
      return false;
    case '.schema':
      await runStatement('DESCRIBE cloudtrail_logs;', state, bounds, lines);
      return true;
    case '.functions':
      await runStatement(`SHOW FUNCTIONS${value ? ` LIKE ${quotedText(value)}` : ''};`, state, bounds, lines);
      return true;
    case '.format':
      if ((FORMATS as readonly string[]).includes(value ?? ''))
        state.run = { ...state.run, format: value as Format };
      else process.stderr.write(`formats are ${FORMATS.join(', ')}\n`);
      return true;
    case '.timer':
      state.hasTimer = value !== 'off';
      return true;
    default:
      process.stderr.write(HELP);
      return true;
  }
}

/** Runs a statement in its own process and waits for its end. */
async function runStatement(text: string, state: State, bounds: Bounds, lines: Interface): Promise<void> {
  lines.pause();
  const isRaw = process.stdin.isTTY && process.stdin.isRaw;
  // Ctrl-C is then a signal for the process that runs the statement.
  if (isRaw) process.stdin.setRawMode(false);
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const start = performance.now();
  try {
    const child = fork(process.argv[1]!, process.argv.slice(2), { env: { ...process.env, [MARK]: '1' } });
    child.on('message', ({ definition }: Defined) => state.definitions.push(definition));
    send(child, { text, engine: state.engine, run: { ...state.run, definitions: [...state.definitions] } });
    // An engine is told to stop, which takes the process that asks it.
    await watched(child, state.engine ? { seconds: undefined, megabytes: undefined } : bounds);
    if (state.hasTimer) process.stderr.write(`${((performance.now() - start) / 1000).toFixed(2)} s\n`);
  } finally {
    process.off('SIGINT', ignore);
    if (isRaw) process.stdin.setRawMode(true);
    lines.resume();
  }
}

function send(child: ChildProcess, request: Request): void {
  child.send(request);
}

/** In the process that runs a statement: waits for it, runs it, ends. */
function serve(): Promise<number> {
  return new Promise(resolve => {
    process.once('message', ({ text, run, engine }: Request) => {
      void onScreen({ isPaged: true, isWide: false, isQuiet: false }, async () => {
        const told: SqlRun = {
          ...run,
          onDefined: definition => process.send!({ definition } satisfies Defined),
        };
        if (engine) return (await import('./sql-on.js')).runSqlOn(text, told, engine);
        await runSqlText(text, told);
        return EXIT.ok;
      })
        .catch((error: unknown) => {
          sayError(error);
          return EXIT.failed;
        })
        .then(code => {
          process.disconnect();
          resolve(code);
        });
    });
  });
}

/** Lines that are typed, with a history that is kept. */
function openLines(complete: (word: string) => string[]): Interface {
  const path = join(
    process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'),
    'offtrail',
    'sql-history',
  );
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    history: readHistory(path),
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: (line: string): [string[], string] => {
      const word = /[\w$."]*$/.exec(line)![0];
      return [complete(word), word];
    },
  });
  lines.on('history', (history: string[]) => writeHistory(path, history));
  return lines;
}

function readHistory(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** Statements hold names and keys: nobody else reads them. A history that cannot be kept is none. */
function writeHistory(path: string, history: readonly string[]): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${history.join('\n')}\n`, { mode: 0o600 });
    chmodSync(path, 0o600);
  } catch {
    // A read-only home: the shell works all the same.
  }
}
