/** The forms in which `offtrail lookup-events` prints, as the AWS CLI does. */

import { awsText } from '../output/aws-text.js';
import { printableJson } from '../output/escape.js';
import type { LookupEvent } from '../query/lookup/events.js';
import type { Rows, Value } from '../query/sqlite.js';
import { print, printJson, printRows } from './terminal.js';

/** What is printed: the events as they come, and where the next begin once they have. */
export interface Answer {
  events: Iterable<LookupEvent>;
  nextToken(): string | undefined;
  /** What `--query` makes of a response, where it is given. */
  shape: ((response: object) => unknown) | undefined;
  /** Events of one response; undefined where all are one. */
  pageSize: number | undefined;
}

export type Output = 'json' | 'text' | 'table';

export const PRINTERS: Record<Output, (answer: Answer) => Promise<void>> = {
  /** As Python's json.dumps with an indent of 4. */
  async json(answer) {
    if (answer.shape) {
      const shaped = answer.shape(wholeResponse(answer));
      // As the AWS CLI, which prints nothing for an empty object.
      if (!isEmptyObject(shaped)) await printJson(shaped, 4);
      return;
    }
    await print('{\n    "Events": [');
    let isFirst = true;
    for (const event of answer.events) {
      const text = JSON.stringify(event, null, 4).replaceAll('\n', '\n        ');
      await print(`${isFirst ? '\n' : ',\n'}        ${printableJson(text)}`);
      isFirst = false;
    }
    const token = answer.nextToken();
    const next = token === undefined ? '' : `,\n    "NextToken": ${JSON.stringify(token)}`;
    await print(`${isFirst ? '' : '\n    '}]${next}\n}\n`);
  },
  /** Response by response, as the AWS CLI: `--query` sees one at a time. */
  async text({ events, nextToken, shape, pageSize }) {
    const say = async (response: object): Promise<void> => {
      for (const line of awsText(shape ? shape(response) : response)) await print(line);
    };
    let page: LookupEvent[] = [];
    let isAny = false;
    for (const event of events) {
      if (page.length === pageSize) {
        await say({ Events: page });
        page = [];
      }
      page.push(event);
      isAny = true;
    }
    const token = nextToken();
    if (pageSize === undefined)
      return say({ Events: page, ...(token === undefined ? {} : { NextToken: token }) });
    if (page.length > 0 || !isAny) await say({ Events: page });
    if (token !== undefined) await say({ NextToken: { NextToken: token } });
  },
  async table(answer) {
    if (answer.shape) {
      const rows = tableOf(answer.shape(wholeResponse(answer)));
      if (rows) await printRows(rows, 'table');
      return;
    }
    function* rows(): Generator<string[]> {
      for (const event of answer.events) {
        const resources = event.Resources.map(r => `${r.ResourceType ?? ''} ${r.ResourceName}`.trim());
        yield [...TABLE_COLUMNS.map(name => event[name] ?? ''), resources.join(', ')];
      }
    }
    await printRows({ columns: [...TABLE_COLUMNS, 'Resources'], rows: rows() }, 'table');
    const token = answer.nextToken();
    if (token !== undefined) await print(`NextToken  ${token}\n`);
  },
};

const TABLE_COLUMNS = [
  'AccessKeyId',
  'EventId',
  'EventName',
  'EventSource',
  'EventTime',
  'ReadOnly',
  'Username',
] as const;

function wholeResponse({ events, nextToken }: Answer): object {
  const all = [...events];
  const token = nextToken();
  return { Events: all, ...(token === undefined ? {} : { NextToken: token }) };
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

/** A list of objects has their members as columns, a list of lists has numbered ones. */
function tableOf(value: unknown): Rows | undefined {
  const list = (Array.isArray(value) ? value : [value]).filter(item => item !== null);
  if (list.length === 0) return undefined;
  const cell = (item: unknown): Value =>
    typeof item === 'string' || typeof item === 'number' ? item : item == null ? null : JSON.stringify(item);
  const rows = list.map(item => (Array.isArray(item) ? Object.fromEntries(item.entries()) : item));
  if (rows.some(row => typeof row !== 'object'))
    return { columns: ['value'], rows: rows.map(row => [cell(row)]).values() };
  const columns = [...new Set(rows.flatMap(row => Object.keys(row as object)))];
  return {
    columns: columns.map(name => (/^\d+$/.test(name) ? String(Number(name) + 1) : name)),
    rows: rows.map(row => columns.map(name => cell((row as Record<string, unknown>)[name]))).values(),
  };
}
