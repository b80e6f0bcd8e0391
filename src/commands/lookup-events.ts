/** `offtrail lookup-events`: the arguments and the output of `aws cloudtrail lookup-events`. */

import { messageOf } from '../errors.js';
import { jmespath } from '../lazy.js';
import { invalid, LookupError, refused } from '../query/lookup-attributes.js';
import { type LookupOptions, lookupEvents } from '../query/lookup-events.js';
import { EXIT, withIndex } from './context.js';
import { type Output, PRINTERS } from './lookup-output.js';

export interface LookupArguments extends LookupOptions {
  db?: string;
  output: Output;
  paginate: boolean;
  maxItems?: number;
  startingToken?: string;
  pageSize?: number;
  maxResults?: number;
  nextToken?: string;
  /** JMESPath. */
  query?: string;
}

export async function runLookupEvents({ db, output, ...given }: LookupArguments): Promise<number> {
  const { isService, ...paging } = pagingOf(given);
  const shape = given.query === undefined ? undefined : shapeOf(given.query);
  return withIndex(db, async index => {
    const found = lookupEvents(index, { ...given, ...paging }, new Date());
    await PRINTERS[output]({
      events: found,
      nextToken: found.nextToken,
      shape,
      pageSize: isService ? Number.POSITIVE_INFINITY : (given.pageSize ?? PAGE),
    });
    return EXIT.ok;
  });
}

const PAGE = 50;

/** How the AWS CLI pages: its own way, unless one of the service's parameters is given. */
function pagingOf(
  given: Omit<LookupArguments, 'db' | 'output'>,
): Pick<LookupOptions, 'limit' | 'token'> & { isService: boolean } {
  const { paginate, maxItems, startingToken, pageSize, maxResults, nextToken } = given;
  const isService = !paginate || maxResults !== undefined || nextToken !== undefined;
  const own = Object.entries({
    '--starting-token': startingToken,
    '--page-size': pageSize,
    '--max-items': maxItems,
  }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (isService && own.length > 0) {
    throw new LookupError(
      'ParamValidation',
      `Cannot specify --no-paginate along with pagination arguments: ${own.join(', ')}`,
    );
  }
  for (const [name, value] of Object.entries({
    'max-items': maxItems,
    'page-size': pageSize,
    'max-results': maxResults,
  }))
    if (value !== undefined && !Number.isInteger(value))
      throw new LookupError('ParamValidation', `argument --${name}: invalid int value: '${value}'`);
  for (const [name, value] of Object.entries({ 'max-items': maxItems, 'page-size': pageSize }))
    if (value !== undefined && value < 1)
      throw new LookupError('ParamValidation', `argument --${name}: ${value} is less than 1`);
  if (!isService)
    return {
      isService,
      ...(maxItems === undefined ? {} : { limit: maxItems }),
      ...(startingToken === undefined ? {} : { token: startingToken }),
    };
  const limit = maxResults ?? PAGE;
  if (limit < 1) throw invalid(`Invalid value for parameter MaxResults, value: ${limit}, valid min value: 1`);
  if (limit > PAGE)
    throw refused('InvalidMaxResultsException', `MaxResults is ${limit}; it must be between 1 and ${PAGE}.`);
  return { isService, limit, ...(nextToken === undefined ? {} : { token: nextToken }) };
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
      const reason = `Bad value for --query ${expression}: ${messageOf(error)}`;
      throw new LookupError('ParamValidation', reason);
    }
  };
  orError(() => compile(expression));
  return response => orError(() => search(response, expression) ?? null);
}
