/** The words of a command line, put into the form that the parser takes. */

import type { Options } from 'yargs';
import { InputError } from '../errors.js';
import { unknownWord } from './suggestion.js';

/** What `offtrail` alone says. */
export const FIRST_COMMANDS = `Search downloaded AWS CloudTrail logs on your own machine, without a network.

  offtrail ingest ./AWSLogs          index log files; the first thing to do
  offtrail status                    what the index holds
  offtrail search 203.0.113.77       every event in which a text occurs
  offtrail events --user ana         the Event history, filtered
  offtrail who AKIAIOSFODNN7EXAMPLE  one identity: what it is and what it did
  offtrail top service event-name    what happened most often
  offtrail s3 anonymous              S3 requests without credentials

offtrail --help lists all commands, offtrail help <command> explains one.
`;

/**
 * @param argv the words after the program's name
 * @param options all options, by name
 * @throws InputError where the command is not one: this is said before anything about its options
 */
export function readable(
  argv: readonly string[],
  commands: readonly string[],
  options: ReadonlyArray<readonly [name: string, options: Options]>,
): string[] {
  const at = commandPlace(argv, options);
  if (at === undefined) return [...argv];
  const command = argv[at]!;
  if (command === 'help') {
    const rest = argv.toSpliced(at, 1);
    return readable(rest.includes('--help') ? rest : [...rest, '--help'], commands, options);
  }
  if (!commands.includes(command))
    throw new InputError(
      'BAD_ARGUMENTS',
      unknownWord('command', command, commands),
      'offtrail --help lists the commands, <command> --help its options',
    );
  return command === 'sql' ? statementsLast(argv) : [...argv];
}

/** Where the command stands: the first word that is neither an option nor the value of one. */
function commandPlace(
  argv: readonly string[],
  options: ReadonlyArray<readonly [name: string, options: Options]>,
): number | undefined {
  const takesValue = (word: string): boolean =>
    options.some(([name, { type }]) => word === `--${name}` && type !== 'boolean');
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') return undefined;
    if (!word.startsWith('-')) return i;
    if (takesValue(word)) i++;
  }
  return undefined;
}

/**
 * An SQL statement may begin with a comment, `-- …`, and `-` stands for standard input: the parser takes both for options
 * unless they stand after `--`.
 */
function statementsLast(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const [before, after] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end + 1)];
  const isStatement = (word: string, i: number): boolean =>
    word === '-' ? !/^(-f|--file)$/.test(before[i - 1] ?? '') : /^--(?![\w-]+=)[^\n]*\s/.test(word);
  const statements = before.filter(isStatement);
  if (statements.length === 0) return [...argv];
  return [...before.filter((word, i) => !isStatement(word, i)), '--', ...statements, ...after];
}
