/** `offtrail lookup-events`: the arguments and the output of `aws cloudtrail lookup-events`. */

import type { Options } from 'yargs';
import { LookupError, messageOf } from '../errors.js';
import { jmespath } from '../lazy.js';
import { brief } from '../output/escape.js';
import { ATTRIBUTE_KEYS, CATEGORIES, invalid, refused } from '../query/lookup/attributes.js';
import type { LookupEvent, LookupOptions } from '../query/lookup/events.js';
import { COMMON, given, SCREEN, text } from './options.js';
import { EXIT, withIndex } from './terminal.js';
import { type OptionValues, verb } from './verb.js';

export const LOOKUP_OPTIONS = {
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
  'max-items': text('maximum number of events; the output then ends with the token for the next'),
  'starting-token': text('the NextToken of a call with --max-items'),
  'page-size': text('events that --query with --output text sees at a time [default: 50]'),
  'max-results': text('one page of at most this many events, 1 to 50'),
  'next-token': text('the NextToken of the page before'),
  paginate: { type: 'boolean', default: true, description: 'all pages; --no-paginate gives one' },
  output: {
    alias: 'format',
    choices: ['json', 'text', 'table'],
    default: 'json',
    requiresArg: true,
    description: 'output format',
  },
  query: text('JMESPath expression for what to print of the response'),
} as const;

/** Further arguments of the AWS CLI: accepted and ignored, since no service is called. */
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

/** Numbers are texts here: an invalid one is reported as the AWS CLI reports it. */
type LookupValues = OptionValues<typeof LOOKUP_OPTIONS>;

export const lookupEvents = verb({
  name: 'lookup-events',
  summary: 'like aws cloudtrail lookup-events, on the index',
  description:
    'The arguments and the JSON of aws cloudtrail lookup-events, without its limits: every region, data events, any time, several attributes at once.',
  examples: [
    [
      'offtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=PutObject --max-items 10',
      'the newest events of a call',
    ],
    [
      "offtrail lookup-events --start-time 2019-07-05 --query 'Events[].[EventTime,EventName,Username]' --output text",
      'three members of each event',
    ],
  ],
  options: { ...LOOKUP_OPTIONS, ...IGNORED_ARGUMENTS, ...COMMON, ...SCREEN },
  async run({ options }) {
    const values = options as OptionValues<typeof LOOKUP_OPTIONS & typeof COMMON>;
    const { pageSize, ...paging } = pagingOf(values);
    const shape = values.query === undefined ? undefined : shapeOf(values.query);
    const query: LookupOptions = {
      ...given({
        lookupAttributes: values.lookupAttributes?.map(String),
        startTime: values.startTime,
        endTime: values.endTime,
        eventCategory: values.eventCategory,
        region: values.region,
      }),
      ...paging,
    };
    const [
      { lookupEvents, lookupFilters },
      { PRINTERS },
      { sayDoubtful, sayHidden, sayLookupSpellings, sayNothingFound },
    ] = await Promise.all([
      import('../query/lookup/events.js'),
      import('./lookup-output.js'),
      import('./notes.js'),
    ]);
    return withIndex(values.db, async index => {
      const now = new Date();
      const found = lookupEvents(index, query, now);
      let isEmpty = true;
      function* events(): Generator<LookupEvent> {
        for (const event of found) {
          isEmpty = false;
          yield event;
        }
      }
      await PRINTERS[values.output]({ events: events(), nextToken: found.nextToken, shape, pageSize });
      const filters = lookupFilters(query, now);
      if (isEmpty) {
        sayLookupSpellings(index, filters);
        await sayNothingFound(index, filters);
      } else {
        await sayHidden(index, filters, { found: true });
        sayDoubtful(index, filters);
      }
      return EXIT.ok;
    });
  },
});

const PAGE = 50;

interface Paging extends Pick<LookupOptions, 'limit' | 'token'> {
  /** Events of one response; undefined where the caller asked for one response alone. */
  pageSize: number | undefined;
}

/** How the AWS CLI pages: its own way, unless one of the service's parameters is given. */
function pagingOf(values: LookupValues): Paging {
  const { paginate, startingToken, nextToken } = values;
  const own = {
    '--starting-token': startingToken,
    '--page-size': values.pageSize,
    '--max-items': values.maxItems,
  };
  const maxResults = wholeNumber('--max-results', values.maxResults);
  if (paginate && maxResults === undefined && nextToken === undefined) {
    const limit = wholeNumber('--max-items', values.maxItems, 1);
    return {
      pageSize: wholeNumber('--page-size', values.pageSize, 1) ?? PAGE,
      ...(limit === undefined ? {} : { limit }),
      ...(startingToken === undefined ? {} : { token: startingToken }),
    };
  }
  const mixed = Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (mixed.length > 0) {
    throw new LookupError(
      'ParamValidation',
      `Cannot specify --no-paginate along with pagination arguments: ${mixed.join(', ')}`,
    );
  }
  const limit = maxResults ?? PAGE;
  if (limit < 1) throw invalid(`Invalid value for parameter MaxResults, value: ${limit}, valid min value: 1`);
  if (limit > PAGE)
    throw refused('InvalidMaxResultsException', `MaxResults is ${limit}; it must be between 1 and ${PAGE}.`);
  return { pageSize: undefined, limit, ...(nextToken === undefined ? {} : { token: nextToken }) };
}

function wholeNumber(name: string, text: string | undefined, least?: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text))
    throw new LookupError('ParamValidation', `argument ${name}: invalid int value: '${text}'`);
  const number = Number(text);
  if (least !== undefined && number < least)
    throw new LookupError('ParamValidation', `argument ${name}: ${number} is less than ${least}`);
  return number;
}

/**
 * The function a JMESPath expression is.
 * @throws LookupError where it is none, or what it does cannot be done on the response
 */
function shapeOf(expression: string): (response: object) => unknown {
  const { compile, search } = jmespath();
  const orError = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const reason = `Bad value for --query ${brief(expression)}: ${reasonOf(messageOf(error))}`;
      throw new LookupError('ParamValidation', reason);
    }
  };
  orError(() => compile(expression));
  return response => orError(() => withoutFunctions(search(response, expression)));
}

/** The library's numbers for types. */
const TYPES = ['number', 'any', 'string', 'array', 'object', 'boolean', 'expression', 'null'];

/** What the library says of a wrong type, with the names of types in place of its numbers, or of nothing at all. */
function reasonOf(message: string): string {
  // sort_by, where the first value to sort by is of another type.
  if (message === 'TypeError') return 'sort_by() can sort by strings or numbers only';
  const names = (list: string): string =>
    list
      .split(',')
      .map(number => TYPES[Number(number)] ?? number)
      .join(' or ');
  return message
    .replace(/^TypeError: /, '')
    .replace(
      /^expected (?:one of )?([\d,]+), ?received (\d+)$/,
      (_, expected: string, received: string) =>
        `the expression must give ${names(expected)} for every element, not ${names(received)}`,
    );
}

/** The library also finds what every object of JavaScript has: for JMESPath there is nothing. */
function withoutFunctions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFunctions);
  if (value === undefined || typeof value === 'function' || value === Object.prototype) return null;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutFunctions(inner)]));
}
