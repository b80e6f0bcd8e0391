/** `offtrail lookup-events`: the arguments and the output of `aws cloudtrail lookup-events`. */

import { printable, printableJson } from '../output/escape.js';
import { each, type Listing } from '../query/history.js';
import { invalid, LookupError, refused } from '../query/lookup-attributes.js';
import {
  createLookupReader,
  type LookupEvent,
  type LookupOptions,
  lookupEvents,
} from '../query/lookup-events.js';
import type { Db } from '../store/open.js';
import { EXIT, print, printRows, withIndex } from './context.js';

export interface LookupArguments extends LookupOptions {
  db?: string;
  output: 'json' | 'text' | 'table';
  paginate: boolean;
  maxItems?: number;
  startingToken?: string;
  pageSize?: number;
  maxResults?: number;
  nextToken?: string;
}

export async function runLookupEvents({ db, output, ...given }: LookupArguments): Promise<number> {
  const paging = pagingOf(given);
  return withIndex(db, async index => {
    const found = lookupEvents(index, { ...given, ...paging }, new Date());
    await PRINTERS[output](index, found);
    return EXIT.ok;
  });
}

const PAGE = 50;

/** How the AWS CLI pages: its own way, unless one of the service's parameters is given. */
function pagingOf(given: Omit<LookupArguments, 'db' | 'output'>): Pick<LookupOptions, 'limit' | 'token'> {
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
  if (maxItems !== undefined && maxItems < 1)
    throw new LookupError('ParamValidation', `argument --max-items: ${maxItems} is less than 1`);
  if (!isService)
    return {
      ...(maxItems === undefined ? {} : { limit: maxItems }),
      ...(startingToken === undefined ? {} : { token: startingToken }),
    };
  const limit = maxResults ?? PAGE;
  if (limit < 1) throw invalid(`Invalid value for parameter MaxResults, value: ${limit}, valid min value: 1`);
  if (limit > PAGE)
    throw refused('InvalidMaxResultsException', `MaxResults is ${limit}; it must be between 1 and ${PAGE}.`);
  return { limit, ...(nextToken === undefined ? {} : { token: nextToken }) };
}

const eventsOf = (index: Db, found: Listing): Generator<LookupEvent> =>
  each(found, createLookupReader(index));

const PRINTERS: Record<LookupArguments['output'], (index: Db, found: Listing) => Promise<void>> = {
  /** As Python's json.dumps with an indent of 4. */
  async json(index, found) {
    await print('{\n    "Events": [');
    let isFirst = true;
    for (const event of eventsOf(index, found)) {
      const text = JSON.stringify(event, null, 4).replaceAll('\n', '\n        ');
      await print(`${isFirst ? '\n' : ',\n'}        ${printableJson(text)}`);
      isFirst = false;
    }
    const token = found.nextToken();
    const next = token === undefined ? '' : `,\n    "NextToken": ${JSON.stringify(token)}`;
    await print(`${isFirst ? '' : '\n    '}]${next}\n}\n`);
  },
  /** A line for each event and each of its resources; values in the order of their names. */
  async text(index, found) {
    for (const event of eventsOf(index, found)) {
      const values = TEXT_COLUMNS.map(name => event[name] ?? '');
      const resources = event.Resources.map(r => ['RESOURCES', r.ResourceName, r.ResourceType ?? 'None']);
      for (const line of [['EVENTS', ...values], ...resources])
        await print(`${line.map(printable).join('\t')}\n`);
    }
    const token = found.nextToken();
    if (token !== undefined) await print(`NEXTTOKEN\t${token}\n`);
  },
  async table(index, found) {
    const columns = TEXT_COLUMNS.filter(name => name !== 'CloudTrailEvent');
    function* rows(): Generator<string[]> {
      for (const event of eventsOf(index, found)) {
        const resources = event.Resources.map(r => `${r.ResourceType ?? ''} ${r.ResourceName}`.trim());
        yield [...columns.map(name => event[name] ?? ''), resources.join(', ')];
      }
    }
    await printRows({ columns: [...columns, 'Resources'], rows: rows() }, 'table');
    const token = found.nextToken();
    if (token !== undefined) await print(`NextToken  ${token}\n`);
  },
};

const TEXT_COLUMNS = [
  'AccessKeyId',
  'CloudTrailEvent',
  'EventId',
  'EventName',
  'EventSource',
  'EventTime',
  'ReadOnly',
  'Username',
] as const;
