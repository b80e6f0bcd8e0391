/** What the verbs share: their common options, from the one list of filters, and the reading of arguments. */

import type { Options } from 'yargs';
import { InputError } from '../errors.js';
import { FORMATS } from '../output/rows.js';
import type { Order } from '../query/columns/order.js';
import { dashed, FILTERS, type Filters } from '../query/filter/filter.js';

export { dashed };

export const db: Options = {
  type: 'string',
  requiresArg: true,
  description: 'the index [default: $OFFTRAIL_DB, else ./offtrail.db]',
};
export const format: Options = {
  choices: FORMATS,
  default: 'table',
  requiresArg: true,
  description: 'form of the output',
};

/** How what is printed is shown on a terminal. */
export const pager: Options = {
  type: 'boolean',
  default: true,
  description: 'show what is longer than the terminal in a pager; --no-pager does not',
};
export const wide: Options = {
  type: 'boolean',
  description: 'cut nothing in a table on a terminal, and leave out no column',
};
export const screenOptions = { wide, pager };

/** The filters as options: from the one list of filters. */
export const filterOptions: Record<string, Options> = Object.fromEntries(
  FILTERS.map(filter => [
    dashed(filter.name),
    filter.value
      ? {
          type: 'string',
          ...(filter.isSingle ? { requiresArg: true } : { array: true, nargs: 1 }),
          description: `${filter.description} (${filter.value})`,
          group: 'Filters:',
        }
      : { type: 'boolean', description: filter.description, group: 'Filters:' },
  ]),
);

export const FILTERS_EPILOGUE = `Filters must all hold. Each may be given several times (--event-name A --event-name B): then one of its values is enough. A value that begins with ! must not hold: --user '!ana', in single quotes, because a shell reads a bare ! itself. Values are exact; one that no event has is taken for the values that differ from it in case alone, and that is said: but not keys, ids and names of resources. For --bucket and --key the ARN of a bucket or an object does as well, and s3://BUCKET/KEY. --region and --account mean the record's awsRegion and recipientAccountId; the columns region and account of offtrail sql are those of the file's folder, where it names them.`;

export const limitOption: Options = {
  type: 'string',
  requiresArg: true,
  description: 'maximum number of rows, or all [default: all]',
};
export const orderOption: Options = {
  choices: ['newest', 'oldest'],
  default: 'newest',
  requiresArg: true,
  description: 'first row',
};

export type Arguments = Record<string, unknown>;
/** Makes the handler of a verb of what runs it and gives its exit code. */
export type Command = (run: (args: Arguments) => Promise<number>) => (args: Arguments) => Promise<void>;

/** The words of a positional argument, those behind `--` included, which yargs keeps apart. At least one. */
export function words(args: Arguments, name: string): string[] {
  const all = [args[name] ?? [], args['--'] ?? []].flat().map(String);
  if (all.length === 0)
    throw new InputError(
      'BAD_ARGUMENTS',
      `${dashed(name)} is missing`,
      'offtrail <command> --help says what it is',
    );
  return all;
}

export function oneWord(args: Arguments, name: string): string {
  const [word, more] = words(args, name);
  if (more !== undefined)
    throw new InputError(
      'BAD_ARGUMENTS',
      `one ${dashed(name)} at a time`,
      'put it into quotes if it has blanks in it',
    );
  return word!;
}

/** Those of the arguments that were given. Their types are those of their options. */
export function given<T extends object>(args: Arguments, names: ReadonlyArray<keyof T & string>): Partial<T> {
  return Object.fromEntries(
    names.filter(name => args[name] !== undefined).map(name => [name, args[name]]),
  ) as Partial<T>;
}

/** The filters that were given. */
export function filtersOf(args: Arguments): Filters {
  return given<Filters>(
    args,
    FILTERS.map(f => f.name),
  );
}

/** The number of rows; none for `all`, and where none was given and there is no other default. */
export function limitOf(args: Arguments, otherwise?: number): { limit?: number } {
  const given = (args.limit as string | undefined) ?? otherwise ?? 'all';
  if (given === 'all') return {};
  if (!/^\d{1,15}$/.test(String(given)))
    throw new InputError('BAD_LIMIT', '--limit must be a whole number, or all');
  return { limit: Number(given) };
}

/** The filters, the limit and the order, as every search takes them. */
export function searchArguments(args: Arguments): Filters & { order: Order; limit?: number } {
  return { ...filtersOf(args), order: args.order as Order, ...limitOf(args) };
}
