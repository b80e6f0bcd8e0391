/** Exports: the command that gives what a view shows runs with a format, and its output is the file. */

import { spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { UsageError } from '../errors.js';
import { answerErrorOf, withoutFolder } from './answer-error.js';
import type { Options } from './command-words.js';
import { checkedQuestion, wordsFor } from './questions.js';

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
};
/** Parts of a page, which a file of all rows does not have. */
const OF_A_PAGE = ['limit', 'token'];

export interface Export {
  /** Words after `offtrail`. */
  words: string[];
  format: string;
  type: string;
}

/**
 * @returns what to run for `/export/<question>.<format>`
 * @throws UsageError `BAD_ARGUMENTS` where there is no such export; `UNKNOWN_OPTION`, `BAD_VALUE`: what the question does
 *   not take never becomes a word of a command line
 */
export function exportOf(question: string, format: string, options: Options): Export {
  const type = Object.hasOwn(TYPES, format) ? TYPES[format] : undefined;
  const asked = checkedQuestion(question, options);
  const whole = Object.fromEntries(Object.entries(options).filter(([name]) => !OF_A_PAGE.includes(name)));
  const words = wordsFor(asked, whole);
  if (type === undefined || words === undefined)
    throw new UsageError('BAD_ARGUMENTS', 'there is no such export');
  return { words, format, type };
}

/**
 * Runs the command and sends what it prints.
 * @param command how `offtrail` itself is run: the program and its first arguments
 */
export function sendExport(
  response: ServerResponse,
  { words, format, type }: Export,
  { command, db, name }: { command: readonly string[]; db: string; name: string },
): void {
  const [program, ...first] = command;
  const end = words.indexOf('--');
  const at = end < 0 ? words.length : end;
  const args = [
    ...words.slice(0, at),
    ...[`--format=${format}`, `--db=${db}`, '--quiet'],
    ...words.slice(at),
  ];
  const child = spawn(program!, [...first, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (piece: Buffer) => {
    if (complaint.length < 4000) complaint += piece.toString();
  });
  // Whoever ends the download ends the command.
  response.on('close', () => child.kill('SIGKILL'));
  const fail = (message: string): void => {
    if (response.writableEnded) return;
    if (response.headersSent) response.destroy();
    else response.writeHead(422, { 'Content-Type': 'text/plain; charset=utf-8' }).end(message);
  };
  child.once('error', error => fail(answerErrorOf(error, db).message));
  const begin = (): void => {
    if (response.headersSent) return;
    response.writeHead(200, {
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${name}.${format}"`,
    });
  };
  child.stdout.on('data', (piece: Buffer) => {
    begin();
    if (!response.write(piece)) {
      child.stdout.pause();
      response.once('drain', () => child.stdout.resume());
    }
  });
  child.once('close', code => {
    // 1 says that nothing was found, or that something needs attention: the rows are what they are.
    if (code === 0 || code === 1) {
      begin();
      response.end();
    } else fail(withoutFolder(complaint, db));
  });
}
