/** The parser of the command line, made from the declarations of the commands. */

import yargs, { type Argv, type Options } from 'yargs';
import { UsageError } from '../errors.js';
import { brief } from '../output/escape.js';
import { dashed, FILTERS, type Filters } from '../query/filter/filter.js';
import { FILTER_NOTES, FILTER_OPTIONS } from './options.js';
import { unknownWord } from './suggestion.js';
import { onScreen } from './terminal.js';
import { type Arguments, camelCase, isGroup, type Verb, type VerbGroup } from './verb.js';
import { VERBS } from './verbs.js';
import { printVersion } from './version.js';
import { inOrder } from './words.js';

/** What yargs makes of a command line. */
type Parsed = Record<string, unknown>;

const SINGLE = VERBS.flatMap(entry => (isGroup(entry) ? entry.verbs : [entry]));
const optionsOf = ({ options, hasFilters }: Verb): Record<string, Options> => ({
  ...(hasFilters ? FILTER_OPTIONS : {}),
  ...options,
});

/** The options of all commands: a name may be there more than once. */
const OPTIONS = SINGLE.flatMap(verb => Object.entries(optionsOf(verb)));
/** Options that may be given more than once. */
const REPEATABLE = new Set(OPTIONS.flatMap(([name, { array }]) => (array ? [name] : [])));
const SWITCHES = new Set(OPTIONS.flatMap(([name, { type }]) => (type === 'boolean' ? [name] : [])));

const HELP_HINT = 'offtrail --help lists the commands, <command> --help its options';

/**
 * Runs the command that the words name.
 * @param argv the words after the program's name
 * @returns the exit code
 * @throws UsageError `BAD_ARGUMENTS`, and what the command throws
 */
export async function runWords(argv: readonly string[]): Promise<number> {
  const names = VERBS.map(({ name }) => name);
  let code = 0;
  const run = (verb: Verb) => async (parsed: Parsed) => {
    code = await runVerb(verb, parsed);
  };
  const words = inOrder(argv, names, OPTIONS);
  await parser(words, run).parseAsync();
  return code;
}

type Handler = (verb: Verb) => (parsed: Parsed) => Promise<void>;

function parser(argv: readonly string[], run: Handler): Argv {
  const root = yargs(argv as string[])
    .scriptName('offtrail')
    .usage(
      'offtrail <command>\n\nSearch downloaded AWS CloudTrail logs on your own machine, without a network.',
    );
  for (const entry of VERBS) {
    if (isGroup(entry)) addGroup(root, entry, run);
    else addVerb(root, entry, entry.name, run);
  }
  return root
    .demandCommand(1, 'name a command')
    .strict()
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .version(false)
    .option('version', {
      alias: 'v',
      type: 'boolean',
      description: 'print the version; with --verbose what a bug report needs',
    })
    .help()
    .alias('help', 'h')
    .describe('help', 'show this help')
    .parserConfiguration({ 'parse-positional-numbers': false, 'populate--': true, 'dot-notation': false })
    .check(parsed => {
      refuseTwice(parsed);
      refuseSwitchValue(argv);
      return true;
    })
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError('BAD_ARGUMENTS', withSuggestion(message, argv), HELP_HINT);
    });
}

/** Adds a command to the parser. */
function addVerb(root: Argv, verb: Verb, path: string, run: Handler): void {
  const { words, summary, description, notes = [], examples, conflicts = {} } = verb;
  const optional = words && `[${words.name}${words.many ? '..' : ''}]`;
  const shown = words && (words.optional ? optional : `<${words.name}${words.many ? '..' : ''}>`);
  root.command(
    [verb.name, optional].filter(Boolean).join(' '),
    summary,
    y => {
      if (words)
        y.positional(words.name, {
          type: 'string',
          ...(words.many ? { array: true } : {}),
          description: words.description,
        });
      y.options(optionsOf(verb));
      for (const [name, others] of Object.entries(conflicts)) y.conflicts(name, [...others]);
      return y
        .usage(`offtrail ${[path, shown].filter(Boolean).join(' ')} [options]\n\n${description}`)
        .epilogue(
          [examplesText(examples), ...(verb.hasFilters ? [FILTER_NOTES] : []), ...notes].join('\n\n'),
        );
    },
    run(verb),
  );
}

/** Each on a line of its own, so that it can be copied: yargs would set them in a narrow column. */
function examplesText(examples: Verb['examples']): string {
  return ['Examples:', ...examples.map(([line, purpose]) => `  ${line}\n      ${purpose}`)].join('\n');
}

/** Adds a command that consists of commands. */
function addGroup(
  root: Argv,
  { name, of, summary, description, examples, verbs }: VerbGroup,
  run: Handler,
): void {
  root.command(
    `${name} [${of}]`,
    summary,
    y => {
      for (const verb of verbs) addVerb(y, verb, `${name} ${verb.name}`, run);
      return y.usage(`offtrail ${name} <${of}> [options]\n\n${description}`).epilogue(examplesText(examples));
    },
    parsed => {
      const names = verbs.map(verb => verb.name);
      if (parsed[of] === undefined)
        throw new UsageError(
          'BAD_ARGUMENTS',
          `${of} is missing: one of ${names.join(', ')}`,
          `offtrail ${name} --help explains them`,
        );
      throw new UsageError(
        'NO_SUCH_SEARCH',
        unknownWord(of, String(parsed[of]), names),
        `offtrail ${name} --help lists them`,
      );
    },
  );
}

async function runVerb(verb: Verb, parsed: Parsed): Promise<number> {
  if (parsed.version === true) return printVersion(false);
  const args: Arguments<Record<string, Options>> = {
    words: wordsOf(verb, parsed),
    options: Object.fromEntries(
      Object.keys(verb.options).map(name => [camelCase(name), parsed[camelCase(name)]]),
    ) as Arguments<Record<string, Options>>['options'],
    filters: verb.hasFilters ? filtersOf(parsed) : {},
  };
  return onScreen(
    // The AWS CLI's own word for its pager.
    {
      isPaged: parsed.pager === true && parsed.cliPager !== false,
      isWide: parsed.wide === true,
      isQuiet: parsed.quiet === true,
    },
    () => verb.run(args),
  );
}

/** The words after the name, those after `--` included, which yargs keeps apart. */
function wordsOf({ words, name }: Verb, parsed: Parsed): string[] {
  const all = [(words && parsed[camelCase(words.name)]) ?? [], parsed['--'] ?? []].flat().map(String);
  if (words === undefined) {
    if (all.length === 0) return [];
    throw new UsageError(
      'BAD_ARGUMENTS',
      `${name} takes options only, not the word ${brief(all[0]!)}`,
      `offtrail ${name} --help lists them`,
    );
  }
  if (all.length === 0 && !words.optional)
    throw new UsageError(
      'BAD_ARGUMENTS',
      `${words.name} is missing: ${words.description}`,
      'offtrail <command> --help says what it is',
    );
  if (all.length > 1 && !words.many)
    throw new UsageError(
      'BAD_ARGUMENTS',
      `one ${words.name} at a time`,
      'put it in quotes if it has spaces in it',
    );
  return all;
}

/** The filters that were given. */
function filtersOf(parsed: Parsed): Filters {
  return Object.fromEntries(
    FILTERS.flatMap(({ name }) => (parsed[name] === undefined ? [] : [[name, parsed[name]]])),
  ) as Filters;
}

function refuseTwice(parsed: Parsed): void {
  const twice = Object.keys(parsed).find(
    name => Array.isArray(parsed[name]) && isOption(dashed(name)) && !REPEATABLE.has(dashed(name)),
  );
  if (twice) throw new UsageError('BAD_ARGUMENTS', `--${dashed(twice)} is given twice`, 'give it once');
}

const isOption = (name: string): boolean => OPTIONS.some(([option]) => option === name);

/** `--count=yes`: yargs takes any value but `true` for false. */
function refuseSwitchValue(argv: readonly string[]): void {
  const odd = argv.find(word => {
    const [, name = '', value] = /^--([^=]+)=(.*)$/s.exec(word) ?? [];
    return SWITCHES.has(name) && value !== 'true' && value !== 'false';
  });
  if (odd === undefined) return;
  const name = odd.slice(0, odd.indexOf('='));
  throw new UsageError(
    'BAD_ARGUMENTS',
    `${name} does not take a value: ${brief(odd)}`,
    `write ${name} alone`,
  );
}

/** The field's own sentence for an unknown word, with what was probably meant. */
function withSuggestion(message: string, argv: readonly string[]): string {
  const line = message.replaceAll(/\s*\n\s*/g, ' ').trim();
  const unknown = /^Unknown (?:arguments?|commands?): ([^,]+)/.exec(line)?.[1]?.trim();
  if (!unknown) return line;
  if (argv.some(word => /^-/.test(word) && word.replace(/^-+/, '').startsWith(unknown)))
    return unknownWord('option', unknown, [...new Set(OPTIONS.map(([name]) => name))]);
  const entry = VERBS.find(({ name }) => argv.includes(name));
  if (!entry || isGroup(entry))
    return unknownWord(
      'command',
      unknown,
      VERBS.map(({ name }) => name),
    );
  return entry.words
    ? `one ${entry.words.name} at a time: ${brief(unknown)} is one too many`
    : `${entry.name} takes options only, not the word ${brief(unknown)}`;
}
