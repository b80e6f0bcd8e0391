/** The verbs around the Event history: lookup-events, events, timeline, top, who, sessions. */

import type { Argv, Options } from 'yargs';
import type { LookupArguments } from '../commands/lookup-events.js';
import { CONSOLE_FORMATS } from '../output/downloads.js';
import { FORMATS, type Format } from '../output/rows.js';
import { ATTRIBUTE_KEYS, CATEGORIES } from '../query/lookup/attributes.js';
import type { TimelineOptions } from '../query/timeline.js';
import type { TopOptions } from '../query/top.js';
import {
  type Command,
  db,
  FILTERS_EPILOGUE,
  filterOptions,
  filtersOf,
  format,
  given,
  limitOf,
  limitOption,
  oneWord,
  orderOption,
  screenOptions,
  words,
} from './shared.js';

const text = (description: string): Options => ({ type: 'string', requiresArg: true, description });

const lookupOptions = {
  'lookup-attributes': {
    type: 'string',
    array: true,
    requiresArg: true,
    description: `AttributeKey=K,AttributeValue=V, several where all must hold; K is one of ${Object.keys(ATTRIBUTE_KEYS).join(', ')}`,
  },
  'start-time': text(
    'events at or after this time: as AWS reads it, without a zone in UTC; or 2h, "3 days ago"',
  ),
  'end-time': text('events at or before this time'),
  'event-category': text(`one of ${CATEGORIES.join(', ')} [default: all but insight]`),
  region: text('only events of this region [default: all]'),
  'max-items': text('print so many events, and the token for the next'),
  'starting-token': text('the NextToken of a call with --max-items'),
  'page-size': text('events that --query with --output text sees at a time [default: 50]'),
  'max-results': text('one page of so many events, 1 to 50'),
  'next-token': text('the NextToken of the page before'),
  paginate: { type: 'boolean', default: true, description: 'all pages; --no-paginate gives one' },
  output: {
    choices: ['json', 'text', 'table'],
    default: 'json',
    requiresArg: true,
    description: 'form of the output',
  },
  query: text('JMESPath expression for what to print of the response'),
} satisfies Record<string, Options>;
export type LookupOption = keyof typeof lookupOptions;

/** Further arguments of the AWS CLI: accepted and ignored, as there is no service to be called. */
export const IGNORED_ARGUMENTS: Record<string, Options> = Object.fromEntries([
  ...[
    ...['profile', 'endpoint-url', 'ca-bundle', 'color', 'cli-binary-format', 'cli-error-format'],
    ...['cli-read-timeout', 'cli-connect-timeout'],
  ].map(name => [name, { type: 'string', requiresArg: true, hidden: true }]),
  ...['debug', 'verify-ssl', 'sign-request', 'cli-pager', 'cli-auto-prompt'].map(name => [
    name,
    { type: 'boolean', hidden: true },
  ]),
]);

const eventsOptions: Record<string, Options> = {
  columns: {
    type: 'string',
    array: true,
    requiresArg: true,
    description:
      'columns to show, with blanks or commas between: the console’s (username, resourceType, resourceName, resources, requestId, …), or any of cloudtrail_logs',
  },
  sort: text('sort by this column instead of the time; COLUMN:desc for the largest first'),
  'starting-token': text('continue after a previous page: the token it ended with'),
};

const timelineOptions: Record<string, Options> = {
  by: text('split by this column'),
  every: text('width of a step: 30s, 5m, 1h, 1d, 1w [default: by the range]'),
};

const topOptions: Record<string, Options> = {
  sort: {
    choices: ['events', 'errors', 'first', 'last'] satisfies Array<TopOptions['sort']>,
    default: 'events',
    requiresArg: true,
    description: 'which come first: most events, most errors, first seen, last seen',
  },
};

/** For telling what was probably meant. */
export const HISTORY_OPTIONS = { ...lookupOptions, ...eventsOptions, ...timelineOptions, ...topOptions };

const EPILOGUE = `${FILTERS_EPILOGUE}

A column is one of cloudtrail_logs (docs/schema.md), in any case and with or without underscores, or user, role, access key, identity type, ip, service, bucket, key, account, region (those of the record).`;

/** Adds them to the parser. */
export function historyVerbs(y: Argv, command: Command): Argv {
  return y
    .command(
      'lookup-events',
      'as aws cloudtrail lookup-events, on the index',
      z =>
        z
          .options({ ...lookupOptions, ...IGNORED_ARGUMENTS, ...screenOptions, db })
          .usage(
            'offtrail lookup-events [options]\n\nThe arguments and the JSON of aws cloudtrail lookup-events, without its limits: every region, data events, any time, several attributes at once.',
          ),
      command(async args => {
        const { runLookupEvents } = await import('../commands/lookup-events.js');
        return runLookupEvents({
          ...given<LookupArguments>(args, [
            ...(['db', 'startTime', 'endTime', 'eventCategory', 'region', 'pageSize'] as const),
            ...(['maxItems', 'startingToken', 'maxResults', 'nextToken', 'query'] as const),
          ]),
          lookupAttributes: ((args.lookupAttributes as unknown[] | undefined) ?? []).map(String),
          paginate: args.paginate !== false,
          output: args.output as 'json' | 'text' | 'table',
        });
      }),
    )
    .command(
      'events',
      'the Event history: events in the console’s columns, filtered, sorted, in pages',
      z =>
        z
          .options(filterOptions)
          .options({
            ...eventsOptions,
            limit: {
              ...limitOption,
              description: 'maximum number of events, or all [default: 50 in a table, else all]',
            },
            order: orderOption,
            db,
            format: { ...format, choices: [...FORMATS, ...CONSOLE_FORMATS] },
            ...screenOptions,
          })
          .usage(
            'offtrail events [options]\n\nThe Event history: the newest events first. --format console-csv and console-json are the console’s downloads.',
          )
          .epilogue(EPILOGUE),
      command(async args => {
        const { runEvents } = await import('../commands/events.js');
        return runEvents({
          db: args.db as string | undefined,
          format: args.format as Format,
          options: {
            ...limitOf(args, FOR_READING.includes(String(args.format)) ? EVENTS_IN_TABLE : undefined),
            ...filtersOf(args),
            order: args.order as 'newest' | 'oldest',
            ...(args.sort === undefined ? {} : { sort: args.sort as string }),
            ...(args.startingToken === undefined ? {} : { token: args.startingToken as string }),
            ...(args.columns === undefined ? {} : { columns: listOf(args.columns) }),
          },
        });
      }),
    )
    .command(
      'timeline',
      'how many events there were when, in the terminal or for plotting',
      z =>
        z
          .options(filterOptions)
          .options({ ...timelineOptions, db, format, ...screenOptions })
          .usage(
            'offtrail timeline [options]\n\nA histogram of the events over time, split by any column with --by. json, jsonl and csv have a row for each step and value.',
          )
          .epilogue(EPILOGUE),
      command(async args => {
        const { runTimeline } = await import('../commands/timeline.js');
        return runTimeline({
          db: args.db as string | undefined,
          format: args.format as Format,
          options: { ...filtersOf(args), ...given<TimelineOptions>(args, ['by', 'every']) },
        });
      }),
    )
    .command(
      'top [column..]',
      'the most frequent values of columns, with first and last seen and the share of errors',
      z =>
        z
          .positional('column', {
            type: 'string',
            array: true,
            description: 'columns to count by, together',
          })
          .options(filterOptions)
          .options({
            ...topOptions,
            limit: { ...limitOption, default: '20', description: 'maximum number of rows, or all' },
            db,
            format,
            ...screenOptions,
          })
          .usage(
            'offtrail top <column..> [options]\n\nThe most frequent values of columns. offtrail top bucket user eventName: which bucket is called how often, by whom, with which API.',
          )
          .epilogue(EPILOGUE),
      command(async args => {
        const { runTop } = await import('../commands/top.js');
        return runTop({
          db: args.db as string | undefined,
          format: args.format as Format,
          options: {
            ...filtersOf(args),
            ...limitOf(args),
            columns: listOf(words(args, 'column')),
            sort: args.sort as NonNullable<TopOptions['sort']>,
          },
        });
      }),
    )
    .command(
      'who [identity]',
      'one identity: what it is, when and from where it was seen, what it did, its sessions',
      z =>
        z
          .positional('identity', {
            type: 'string',
            description:
              'an ARN, access key, user name, principal id, role, account, service, address or CIDR block; * and ? stand for other characters',
          })
          .options(filterOptions)
          .options({
            limit: { ...limitOption, default: '10', description: 'rows of each section, or all' },
            db,
            format: whoFormat,
            ...screenOptions,
          })
          .usage(
            'offtrail who <identity> [options]\n\nOne identity’s page: what it is, first and last seen, addresses, user agents, services and calls, errors, regions, buckets, and its sessions in order.\n\nExit code: 0 found; 1 nothing found; 2 could not look.',
          )
          .epilogue(FILTERS_EPILOGUE),
      command(async args => {
        const { runWho } = await import('../commands/who.js');
        return runWho({
          db: args.db as string | undefined,
          isJson: args.format === 'json',
          identity: oneWord(args, 'identity'),
          limit: limitOf(args).limit ?? Number.POSITIVE_INFINITY,
          filters: filtersOf(args),
        });
      }),
    )
    .command(
      'sessions [session]',
      'temporary credentials: who issued them, what they did, which roles they assumed',
      z =>
        z
          .positional('session', {
            type: 'string',
            description:
              'an access key, a role or a session (name or ARN), a user name, or the eventID of a sign-in or of a call that gave credentials',
          })
          .options({
            limit: {
              ...limitOption,
              default: '50',
              description:
                'sessions to follow, those with the most events first; and how many more, of those they come from or led to; or all',
            },
            db,
            format: whoFormat,
            ...screenOptions,
          })
          .usage(
            'offtrail sessions <session> [options]\n\nFollows temporary credentials both ways and across accounts: the AssumeRole, GetSessionToken, GetFederationToken or sign-in that issued them, what was done with them, and which further credentials they got.',
          ),
      command(async args => {
        const { runSessions } = await import('../commands/sessions.js');
        return runSessions({
          db: args.db as string | undefined,
          isJson: args.format === 'json',
          session: oneWord(args, 'session'),
          limit: limitOf(args).limit ?? Number.POSITIVE_INFINITY,
        });
      }),
    );
}

/** Formats for people, who read no more than a page. */
const FOR_READING = ['table', 'vertical'];
/** Rows for them where nobody says how many. */
const EVENTS_IN_TABLE = 50;
const whoFormat: Options = { ...format, choices: ['text', 'json'], default: 'text' };

/** Names with commas or blanks between, or as several words. */
function listOf(given: unknown): string[] {
  return [given]
    .flat()
    .flatMap(name => String(name).split(','))
    .map(name => name.trim())
    .filter(name => name !== '');
}
