/** docs/from-the-console.md: what the console's Event history and the AWS CLI have, and where it is in offtrail. */

import { IGNORED_ARGUMENTS, type LOOKUP_OPTIONS } from '../src/commands/lookup-events.js';
import { CONSOLE_COLUMNS } from '../src/query/event-row.js';
import { dashed, FILTERS, type Filters } from '../src/query/filter/filter.js';
import { ATTRIBUTE_KEYS } from '../src/query/lookup/attributes.js';

type Cells = readonly string[];

const table = (head: Cells, rows: readonly Cells[]): string => {
  const line = (cells: Cells): string => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
};
const code = (text: string): string => `\`${text}\``;
const option = (name: keyof Filters): string => `--${dashed(name)}`;

/** The console's names of the attributes. */
const ATTRIBUTE_TITLES: Readonly<Record<string, string>> = {
  EventId: 'Event ID',
  EventName: 'Event name',
  ReadOnly: 'Read-only',
  Username: 'User name',
  ResourceType: 'Resource type',
  ResourceName: 'Resource name',
  EventSource: 'Event source',
  AccessKeyId: 'AWS access key',
};

/** The filter for a column of the console, where it is not that of a lookup attribute. */
const COLUMN_FILTERS: Readonly<Record<string, Array<keyof Filters>>> = {
  'Event time': ['from', 'to'],
  'AWS region': ['region'],
  'Source IP address': ['ip'],
  'User agent': ['userAgent'],
  'Error code': ['errorCode', 'errorsOnly'],
  Resources: ['resourceType', 'resourceName'],
  'Request ID': ['requestId'],
  'Event type': ['eventType'],
  'Recipient Account Id': ['account'],
  'Event category': ['category'],
};

const CONTROLS: readonly Cells[] = [
  [
    'opening the page (Read-only = false, 90 days)',
    "`offtrail events --read-only '!true' --from 90d`; old records do not all say whether they only read, and `false` would leave these out",
  ],
  [
    'one filter at a time, exact',
    'all filters at once, each as often as needed (`--user a --user b`), `!` excludes, `*` and `?`',
  ],
  ['relative time: 30 minutes, 1 hour, 12 hours, 1 day', '`--from 30m`, `1h`, `12h`, `1d`; counted from now'],
  ['absolute time', '`--from 2024-03-02T10:00 --to 2024-03-02T12:00`, in UTC unless a zone is given'],
  ['the region in the corner', '`--region eu-west-1`; without it all regions, in one list'],
  ['the account you are signed in to', '`--account 111122223333`; without it all accounts'],
  ['page size, next page', '`--limit 25`, then `--starting-token` with the token it ended with'],
  ['order', 'newest first; `--order oldest`, `--sort` by any column'],
  ['preferences: columns', '`--columns`'],
  ['an event’s page', '`offtrail show <eventID>`'],
  ['resources referenced', '`--columns resources`, `--resource-name`, `--resource-type`'],
  ['compare events', '`diff <(offtrail show ID1) <(offtrail show ID2)`'],
  [
    'download as CSV, as JSON',
    '`--format console-csv > event_history.csv`, `--format console-json > event_history.json`',
  ],
  ['UTC or local time zone', 'UTC; `lookup-events` has the offset of this machine, as the AWS CLI'],
  ['create Athena table, then SQL', '`offtrail sql`, on the same columns'],
  ['Insights events', '`--category Insight`'],
  ['not there: data events', '`--category Data`; without the filter they are in the list'],
  ['not there: counts, times, identities', '`offtrail top`, `timeline`, `who`, `sessions`, `search`'],
];

/** What becomes of every argument of `aws cloudtrail lookup-events` in `offtrail lookup-events`, and the other commands' word for it. */
const ARGUMENTS: Readonly<Record<keyof typeof LOOKUP_OPTIONS, Cells>> = {
  'lookup-attributes': ['the same, and several of them', 'the filter of the key, above'],
  'start-time': ['the same', '`--from`'],
  'end-time': ['the same', '`--to`'],
  'event-category': ['`insight`, and `management`, `data`, `networkactivity`, `all`', '`--category`'],
  'max-results': ['the same, 1 to 50', '`--limit`'],
  'next-token': ['the same', '`--starting-token`'],
  'max-items': ['the same', '`--limit`'],
  'starting-token': ['the same', '`--starting-token`'],
  'page-size': [
    'there are no calls to size: how many events `--query` sees at a time with `--output text`',
    '',
  ],
  paginate: ['`--no-paginate`: one page of 50', ''],
  output: ['`json`, `text`, `table`', '`--format`'],
  query: [
    'the same; but for `--output text` all events are held in memory, as the AWS CLI does',
    '`--columns`, `--format json` and jq',
  ],
  region: ['the same; without it all regions', '`--region`'],
};

/** Those that there is nothing for. */
const REFUSED = ['cli-input-json', 'cli-input-yaml', 'generate-cli-skeleton', 'output yaml'];

export function consolePage(): string[] {
  const attributes = Object.entries(ATTRIBUTE_KEYS).map(
    ([key, filter]): Cells => [
      ATTRIBUTE_TITLES[key]!,
      code(`AttributeKey=${key}`),
      code(option(filter)),
      FILTERS.find(f => f.name === filter)!.description,
    ],
  );
  const columns = CONSOLE_COLUMNS.map(([name, title]): Cells => {
    const key = Object.keys(ATTRIBUTE_KEYS).find(k => ATTRIBUTE_TITLES[k] === title);
    const filters = key ? [ATTRIBUTE_KEYS[key]!] : COLUMN_FILTERS[title]!;
    return [title, code(name), filters.map(f => code(option(f))).join(', ')];
  });
  const lookup = Object.entries(ARGUMENTS).map(([name, cells]): Cells => [code(`--${name}`), ...cells]);
  const ignored = Object.entries(IGNORED_ARGUMENTS).map(([name, { type }]) =>
    code(type === 'boolean' ? `--${name}, --no-${name}` : `--${name}`),
  );
  return [
    'The console’s Event history and `aws cloudtrail lookup-events` show management events of one region and 90 days, by one filter. offtrail shows what was downloaded: `offtrail events` is the console’s page, `offtrail lookup-events` the AWS CLI’s call.\n',
    '## Attributes\n',
    table(['console', 'AWS CLI', 'offtrail', ''], attributes),
    'In `lookup-events` a value is meant as it is written, whole and exact. The filters of the other commands may be given several times, with `!` before a value to exclude it, and where it is said `*` and `?`.\n',
    '## The console’s controls\n',
    table(['console', 'offtrail events'], CONTROLS),
    '## The console’s columns\n',
    table(['console', '`--columns`, `--sort`, `--by`, `top`', 'filter'], columns),
    '`resources` can be shown, not sorted or counted by: an event has several. Its two halves, `resourceType` and `resourceName`, are columns, too.\n',
    '## The arguments of the AWS CLI\n',
    'A script works with `aws cloudtrail` replaced by `offtrail`. The exit code of an error is 2.\n',
    table(['aws cloudtrail lookup-events', 'offtrail lookup-events', 'the other commands'], lookup),
    `Accepted and ignored, as no service is called: ${ignored.join(', ')}.\n`,
    `Not there: ${REFUSED.map(name => code(`--${name}`)).join(', ')}.\n`,
    '## What AWS limits\n',
    table(
      ['', 'AWS', 'offtrail'],
      [
        ['time', '90 days', 'all that was downloaded'],
        ['regions, accounts', 'one', 'all'],
        ['events', 'management, or Insights', 'all categories'],
        ['filters', 'one, besides the time', 'all, together'],
        ['calls', 'two a second, 50 events each', 'none: a page takes milliseconds'],
        ['download', '200,000 events', 'all'],
        ['delivered', 'within minutes', 'when you have synced and ingested'],
      ],
    ),
  ];
}
