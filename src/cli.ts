#!/usr/bin/env node
/** The command line: verbs, arguments, exit codes. The only place that ends the process. */

import yargs, { type Argv, type Options } from 'yargs';
import { EXIT, onScreen, sayError } from './commands/context.js';
import { InputError } from './errors.js';
import { FIRST_COMMANDS, readable } from './verbs/argv.js';
import { HISTORY_OPTIONS, historyVerbs } from './verbs/history.js';
import { INDEXING_OPTIONS, indexingVerbs } from './verbs/indexing.js';
import { SEARCHING_OPTIONS, searchingVerbs } from './verbs/searching.js';
import { type Command, dashed, filterOptions } from './verbs/shared.js';
import { unknownWord } from './verbs/suggestion.js';
import { VERSION } from './version.js';

/** Of all commands: a name may be there more than once. */
const OPTIONS: Array<[name: string, Options]> = [
  filterOptions,
  INDEXING_OPTIONS,
  SEARCHING_OPTIONS,
  HISTORY_OPTIONS,
].flatMap(options => Object.entries<Options>(options));
/** Arguments that may be given more than once: those that are no options, and lists. */
const REPEATABLE = new Set(
  ['_', '--', 'inputs', 'text', 'column', 'event-id'].concat(
    OPTIONS.flatMap(([name, { array }]) => (array === true ? [name] : [])),
  ),
);

/** A switch with a value. */
const SWITCH = new RegExp(
  `^--(${OPTIONS.flatMap(([name, { type }]) => (type === 'boolean' ? [name] : [])).join('|')})=`,
);

const COMMANDS = [
  ...['ingest', 'reindex', 'status', 'search', 's3', 'sql', 'show'],
  ...['lookup-events', 'events', 'timeline', 'top', 'who', 'sessions'],
];

/** Ends the process with the code of the command, when all output has left. */
const command: Command = run => async args => {
  const { pager, cliPager, wide } = args;
  process.exitCode = await onScreen(
    { isPaged: pager === true && cliPager !== false, isWide: wide === true },
    () => run(args),
  );
};

/** Builds the parser; `argv` are the words after the program's name. */
function parser(argv: readonly string[]): Argv {
  const root = yargs(argv as string[])
    .scriptName('offtrail')
    .usage(
      'offtrail <command>\n\nSearch downloaded AWS CloudTrail logs on your own machine, without a network.',
    );
  return [indexingVerbs, searchingVerbs, historyVerbs]
    .reduce((y, add) => add(y, command), root)
    .demandCommand(1, 'name a command')
    .strict()
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .version(VERSION)
    .alias('version', 'v')
    .help()
    .alias('help', 'h')
    .parserConfiguration({ 'parse-positional-numbers': false, 'populate--': true, 'dot-notation': false })
    .check(args => {
      const twice = Object.keys(args).find(
        name => !REPEATABLE.has(dashed(name)) && Array.isArray(args[name]),
      );
      if (twice) throw new InputError('BAD_ARGUMENTS', `--${dashed(twice)} is given twice`, 'give it once');
      const odd = argv.find(word => SWITCH.test(word) && !/=(true|false)$/.test(word));
      if (odd) throw new InputError('BAD_ARGUMENTS', `${odd}: it takes no value`, 'give it alone');
      return true;
    })
    .exitProcess(false)
    .fail((message, error) => {
      throw (
        error ??
        new InputError(
          'BAD_ARGUMENTS',
          suggestion(message, argv),
          'offtrail --help lists the commands, <command> --help its options',
        )
      );
    });
}

/** Adds what was probably meant to a message about an unknown word. */
function suggestion(message: string, argv: readonly string[]): string {
  const line = message.replaceAll(/\s*\n\s*/g, ' ').trim();
  const unknown = /^Unknown (?:arguments?|commands?): ([^,]+)/.exec(line)?.[1]?.trim();
  if (!unknown) return line;
  const isOption = argv.some(word => /^-/.test(word) && word.replace(/^-+/, '').startsWith(unknown));
  return isOption
    ? unknownWord(
        'option',
        unknown,
        OPTIONS.map(([name]) => name),
      )
    : unknownWord('command', unknown, COMMANDS);
}

// A reader that has seen enough (`| head`) closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  sayError(error);
  process.exit(EXIT.failed);
});

async function main(words: readonly string[]): Promise<void> {
  try {
    const argv = readable(words, COMMANDS, OPTIONS);
    if (argv.length > 0) await parser(argv).parseAsync();
    else {
      process.stderr.write(FIRST_COMMANDS);
      process.exitCode = EXIT.failed;
    }
  } catch (error) {
    sayError(error);
    process.exitCode = EXIT.failed;
  }
}
void main(process.argv.slice(2));
