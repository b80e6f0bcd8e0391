/** The words of a command line, put into the order that the parser takes. */

import type { Options } from 'yargs';
import { UsageError } from '../errors.js';
import { unknownWord } from './suggestion.js';

type NamedOptions = ReadonlyArray<readonly [name: string, options: Options]>;

/**
 * @param argv the words after the program's name
 * @param commands names of the commands
 * @param options all options, by name
 * @throws UsageError where the first word is not a command: that is said before anything about its options
 */
export function inOrder(
  argv: readonly string[],
  commands: readonly string[],
  options: NamedOptions,
): string[] {
  const at = commandPlace(argv, options);
  if (at === undefined) return [...argv];
  const command = argv[at]!;
  if (command === 'help') {
    const rest = argv.toSpliced(at, 1);
    return inOrder(rest.includes('--help') ? rest : [...rest, '--help'], commands, options);
  }
  if (!commands.includes(command))
    throw new UsageError(
      'BAD_ARGUMENTS',
      unknownWord('command', command, commands),
      'offtrail --help lists the commands, <command> --help its options',
    );
  return command === 'sql' ? statementsLast(argv) : [...argv];
}

/** Where the command stands: the first word that is neither an option nor the value of one. */
function commandPlace(argv: readonly string[], options: NamedOptions): number | undefined {
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
