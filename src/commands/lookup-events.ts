/** `offtrail lookup-events`: the arguments and the output of `aws cloudtrail lookup-events`. */

import { LookupError, messageOf } from '../errors.js';
import { jmespath } from '../lazy.js';
import { brief } from '../output/escape.js';
import { invalid, refused } from '../query/lookup/attributes.js';
import { type LookupEvent, type LookupOptions, lookupEvents, lookupFilters } from '../query/lookup/events.js';
import { EXIT, withIndex } from './context.js';
import { type Output, PRINTERS } from './lookup-output.js';
import { sayLookupSpellings, sayNothingFound } from './nothing-found.js';

/** Numbers are texts here: what is none is told as the AWS CLI tells it. */
export interface LookupArguments extends Omit<LookupOptions, 'limit' | 'token'> {
  db?: string;
  output: Output;
  paginate: boolean;
  maxItems?: string;
  startingToken?: string;
  pageSize?: string;
  maxResults?: string;
  nextToken?: string;
  /** JMESPath. */
  query?: string;
}

export async function runLookupEvents({ db, output, ...given }: LookupArguments): Promise<number> {
  const { pageSize, ...paging } = pagingOf(given);
  const shape = given.query === undefined ? undefined : shapeOf(given.query);
  return withIndex(db, async index => {
    const found = lookupEvents(index, { ...given, ...paging }, new Date());
    let isEmpty = true;
    function* events(): Generator<LookupEvent> {
      for (const event of found) {
        isEmpty = false;
        yield event;
      }
    }
    await PRINTERS[output]({
      events: events(),
      nextToken: found.nextToken,
      shape,
      pageSize,
    });
    if (isEmpty) {
      const filters = lookupFilters(given);
      sayLookupSpellings(index, filters);
      sayNothingFound(index, filters);
    }
    return EXIT.ok;
  });
}

const PAGE = 50;

interface Paging extends Pick<LookupOptions, 'limit' | 'token'> {
  /** Events of one response; undefined where the caller asked for one response alone. */
  pageSize: number | undefined;
}

/** How the AWS CLI pages: its own way, unless one of the service's parameters is given. */
function pagingOf(given: Omit<LookupArguments, 'db' | 'output'>): Paging {
  const { paginate, startingToken, nextToken } = given;
  const own = {
    '--starting-token': startingToken,
    '--page-size': given.pageSize,
    '--max-items': given.maxItems,
  };
  const maxResults = wholeNumber('--max-results', given.maxResults);
  if (paginate && maxResults === undefined && nextToken === undefined) {
    const limit = wholeNumber('--max-items', given.maxItems, 1);
    return {
      pageSize: wholeNumber('--page-size', given.pageSize, 1) ?? PAGE,
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
