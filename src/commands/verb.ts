/** What a command is: one entry says what it is called, what it takes, what its help says, and what it does. */

import type { Options } from 'yargs';
import type { Filters } from '../query/filter/filter.js';

/** Options by name, as yargs takes them. Their literal types give the values of `run` their types. */
export type OptionList = Readonly<Record<string, Options>>;

type CamelCase<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<CamelCase<B>>}` : S;

type ValueOf<O> = O extends { choices: readonly (infer C)[] }
  ? C
  : O extends { type: 'boolean' }
    ? boolean
    : O extends { type: 'number' }
      ? number
      : O extends { array: true }
        ? string[]
        : string;

/** The values of options: `--max-record-mb` is `maxRecordMb`; undefined where an option without a default is not given. */
export type OptionValues<L extends OptionList> = {
  [K in keyof L & string as CamelCase<K>]: L[K] extends { default: unknown }
    ? ValueOf<L[K]>
    : ValueOf<L[K]> | undefined;
};

/** What stands after the name of a command and is not an option. */
export interface Words {
  /** In the singular, as the help names it. */
  name: string;
  /** Whether several may be given; else there is at most one. */
  many?: true;
  /** Whether the command may run without one. */
  optional?: true;
  description: string;
}

/** What a command runs with. */
export interface Arguments<L extends OptionList> {
  /** The words after the name: at least one unless they are optional. */
  words: string[];
  options: OptionValues<L>;
  /** Those of the filters that were given; none where the command takes none. */
  filters: Filters;
}

export interface Verb<L extends OptionList = OptionList> {
  name: string;
  words?: Words;
  /** One line in the list of commands, in lower case, without a full stop. */
  summary: string;
  /** What stands at the head of its help: one or two sentences. */
  description: string;
  /** What stands below the options: rules and exit codes, a paragraph each. */
  notes?: readonly string[];
  /** Command lines with what each is for; a test runs them. */
  examples: ReadonlyArray<readonly [line: string, purpose: string]>;
  options: L;
  /** Whether it takes the filters of `query/filter/filter.ts`. */
  hasFilters?: true;
  /** Options that cannot be given together, by the first of them. */
  conflicts?: Readonly<Record<string, readonly string[]>>;
  /**
   * What it does. Its imports come first and are dynamic: `offtrail --help` reads the declarations of all commands and
   * must load neither the database nor the libraries of output for them.
   * @returns the exit code
   */
  run(args: Arguments<L>): Promise<number>;
}

/** A command that consists of commands: `offtrail s3 anonymous`. */
export interface VerbGroup extends Pick<Verb, 'name' | 'summary' | 'description' | 'examples'> {
  /** What the commands in it are, in the singular: `search`. */
  of: string;
  verbs: readonly Verb[];
}

/** Declares a command; the types of its options are those of `run`. */
export function verb<const L extends OptionList>(declaration: Verb<L>): Verb {
  return declaration as unknown as Verb;
}

export const isGroup = (entry: Verb | VerbGroup): entry is VerbGroup => 'verbs' in entry;

/** `maxRecordMb` of `max-record-mb`. */
export const camelCase = (name: string): string =>
  name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
