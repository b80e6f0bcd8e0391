/** Options that several commands take, and the reading of their values. */

import type { Options } from 'yargs';
import { UsageError } from '../errors.js';
import { FORMATS } from '../output/rows.js';
import { ORDERS } from '../query/columns/order.js';
import { dashed, FILTERS } from '../query/filter/filter.js';

/** An option with a value that is any text. */
export const text = <D extends string>(description: D) =>
  ({ type: 'string', requiresArg: true, description }) as const;

/** A switch. */
export const flag = <D extends string>(description: D) => ({ type: 'boolean', description }) as const;

/** What every command takes. */
export const COMMON = {
  db: text('the index [default: $OFFTRAIL_DB, else ./offtrail.db]'),
  quiet: {
    alias: 'q',
    ...flag('leave out notes and progress on stderr; errors and warnings of an incomplete answer stay'),
  },
} as const;

/** How what is printed is shown on a terminal. */
export const SCREEN = {
  wide: flag('on a terminal, cut no value and leave out no column'),
  pager: {
    type: 'boolean',
    default: true,
    description: 'show output that is longer than the terminal in a pager; --no-pager does not',
  },
} as const;

/** The output of a command that prints rows. */
export const ROWS = {
  ...COMMON,
  format: { choices: FORMATS, default: 'table', requiresArg: true, description: 'output format' },
  ...SCREEN,
} as const;

export const TEXT_FORMATS = ['text', 'json', 'jsonl'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** The output of a command that prints one answer rather than rows. */
export const TEXT = {
  ...COMMON,
  format: { choices: TEXT_FORMATS, default: 'text', requiresArg: true, description: 'output format' },
} as const;

/** The same for one whose answer may fill the screen. */
export const TEXT_SCREEN = { ...TEXT, ...SCREEN } as const;

export const limit = text('maximum number of rows, or all [default: all]');

export const startingToken = text('continue after a previous page: the token it ended with');

export const order = {
  choices: ORDERS,
  default: 'newest',
  requiresArg: true,
  description: 'which events come first',
} as const;

/** The filters as options: from the one list of filters. */
export const FILTER_OPTIONS: Readonly<Record<string, Options>> = Object.fromEntries(
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

/** What the help of every command with filters says of them. */
export const FILTER_NOTES = `An event must pass all filters. A filter may be given several times (--event-name A --event-name B): then one of its values is enough. A value that begins with ! must not match: --user '!ana', in single quotes, because a shell interprets a bare !. Values are exact. A value that no event has is replaced by those that differ from it only in case, and a note says so; this does not apply to keys, ids and names of resources. --bucket and --key also take the ARN of a bucket or an object, and s3://BUCKET/KEY. --region and --account mean the record's awsRegion and recipientAccountId; the columns region and account of offtrail sql come from the file's folder, where it names them.`;

/** What the help of a command that takes columns says of them. */
export const COLUMN_NOTES =
  'A column is one of cloudtrail_logs (docs/schema.md), in any case and with or without underscores, or user, role, access key, identity type, ip, service, bucket, key, account, region (those of the record).';

/** The exit codes of a command that looks for something, as grep's. */
export const FOUND_NOTES = 'Exit code: 0 found; 1 nothing found; 2 error.';

/**
 * The number of rows that `--limit` asks for; none for `all`, and where there is neither a value nor a default.
 * @param otherwise the default
 * @throws UsageError `BAD_LIMIT`
 */
export function limitOf(value: string | undefined, otherwise?: number): { limit?: number } {
  const given = value ?? otherwise ?? 'all';
  if (given === 'all') return {};
  if (!/^\d{1,15}$/.test(String(given)))
    throw new UsageError('BAD_LIMIT', '--limit must be a whole number, or all');
  return { limit: Number(given) };
}

/** The same where a number is needed: Infinity for all. */
export function numberOf(limit: string): number {
  return limitOf(limit).limit ?? Number.POSITIVE_INFINITY;
}

/** Names with commas between, or as several words; `access key` is one name. */
export function namesOf(words: readonly string[]): string[] {
  return words
    .flatMap(word => word.split(','))
    .map(name => name.trim())
    .filter(name => name !== '');
}

/** The options that are given, under the names of the library: an absent one and an undefined one are the same there. */
export function given<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
