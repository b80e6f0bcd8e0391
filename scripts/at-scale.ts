/**
 * What a lake would be at a size that no machine here holds: its files measured, then multiplied.
 * `npx tsx scripts/at-scale.ts LAKE SIZE…` prints the tables of docs/at-scale.md; SIZE is accounts×regions×days×events.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { GROUP_ROWS } from '../src/export/groups.js';

/** What is paid for, in dollars: list prices of us-east-1, November 2026. */
const PRICES = { terabyteScanned: 5, get: 0.4e-6, list: 5e-6, gigabyteMonth: 0.023 };
/** Athena charges no query for less. */
const LEAST_SCANNED = 10e6;
/** Keys that one LIST gives. */
const KEYS_A_LIST = 1000;
/** Bytes of a file's end that engines read for its footer, and how far apart chunks are that they read with one request. */
const FOOTER_READ = 48e3;
const COALESCED = 1 << 20;
/** CloudTrail delivers about every five minutes where something happened. */
const DELIVERIES_A_DAY = 288;

interface Measured {
  files: number;
  events: number;
  bytes: number;
  /** Bytes of a file beside its columns, and of its columns those that do not grow with its events. */
  perFile: number;
  perEvent: number;
  /** Bytes an event by column. */
  columns: Map<string, number>;
  /** Bytes an event of the Bloom filter of its id. */
  filter: number;
}

function measure(lake: string): Measured {
  const sizes: Array<{ events: number; bytes: number }> = [];
  const columns = new Map<string, number>();
  let filterBytes = 0;
  for (const name of readdirSync(lake, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.parquet')) continue;
    const file = readFileSync(join(lake, name));
    const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer;
    const { row_groups: groups, num_rows: rows } = parquetMetadata(bytes);
    sizes.push({ events: Number(rows), bytes: file.length });
    for (const { meta_data: chunk } of groups.flatMap(group => group.columns)) {
      const column = chunk!.path_in_schema[0]!;
      columns.set(column, (columns.get(column) ?? 0) + Number(chunk!.total_compressed_size));
      if (column === 'eventid') filterBytes += chunk!.bloom_filter_length ?? 0;
    }
  }
  const [perFile, perEvent] = fitted(sizes);
  const events = sizes.reduce((sum, size) => sum + size.events, 0);
  return {
    ...{ files: sizes.length, events, bytes: sizes.reduce((sum, size) => sum + size.bytes, 0) },
    ...{ perFile, perEvent },
    columns: new Map([...columns].map(([column, of]) => [column, of / events])),
    filter: filterBytes / events,
  };
}

/** The line through the sizes: bytes of a file without events, and bytes that each event adds. */
function fitted(sizes: ReadonlyArray<{ events: number; bytes: number }>): [number, number] {
  const mean = (of: (size: { events: number; bytes: number }) => number): number =>
    sizes.reduce((sum, size) => sum + of(size), 0) / sizes.length;
  const [x, y] = [mean(({ events }) => events), mean(({ bytes }) => bytes)];
  const slope =
    mean(({ events, bytes }) => (events - x) * (bytes - y)) / mean(({ events }) => (events - x) ** 2);
  return [y - slope * x, slope];
}

/** A question, by the share of the lake's folders that it reads and the columns that it needs. */
interface Asked {
  question: string;
  accounts: number;
  regions: number;
  days: number;
  /** `filter`: of nearly every row group the filter alone. */
  columns: readonly string[] | 'all' | 'filter';
}

const FEW = ['eventtime', 'eventname', 'eventsource', 'useridentity', 'errorcode'];
const TEXTS = ['requestparameters', 'responseelements', 'additionaleventdata', 'useridentity_json'];

function questions(accounts: number, regions: number, days: number): Asked[] {
  return [
    { question: 'a day of one account and region', accounts: 1, regions: 1, days: 1, columns: 'all' },
    { question: 'an access key, one account, a month', accounts: 1, regions, days: 30, columns: FEW },
    {
      question: 'an address, everywhere, a month',
      ...{ accounts, regions, days: 30 },
      columns: [...FEW, 'sourceipaddress'],
    },
    {
      question: 'an address, everywhere, always',
      ...{ accounts, regions, days },
      columns: [...FEW, 'sourceipaddress'],
    },
    { question: 'an event ID, everywhere, always', ...{ accounts, regions, days }, columns: 'filter' },
    {
      question: 'any text, everywhere, always',
      ...{ accounts, regions, days },
      columns: [...FEW, 'sourceipaddress', 'useragent', 'errormessage', ...TEXTS],
    },
  ];
}

const number = (value: number): string => Math.round(value).toLocaleString('en-US');
function bytesText(bytes: number): string {
  const unit = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'].findIndex((_, i) => bytes < 1000 ** (i + 1));
  return `${(bytes / 1000 ** unit).toPrecision(3)} ${['B', 'kB', 'MB', 'GB', 'TB', 'PB'][unit]}`;
}
const dollars = (amount: number): string =>
  amount < 0.01 ? 'under 1 ¢' : `$${amount < 100 ? amount.toFixed(2) : number(amount)}`;

/** Bytes an event that a question reads. */
function bytesAsked({ perEvent, filter, columns }: Measured, { columns: asked }: Asked): number {
  if (asked === 'all') return perEvent;
  if (asked === 'filter') return filter;
  return asked.reduce((sum, column) => sum + (columns.get(column) ?? 0), 0);
}

function atSize(of: Measured, accounts: number, regions: number, days: number, events: number): string {
  const folders = accounts * regions * days;
  const inFolder = events / folders;
  const fileBytes = of.perFile + of.perEvent * inFolder;
  const rows = questions(accounts, regions, days).map(asked => {
    const files = asked.accounts * asked.regions * asked.days;
    const perEvent = bytesAsked(of, asked);
    const perFile = Math.min(fileBytes, Math.min(of.perFile, FOOTER_READ) + perEvent * inFolder);
    const scanned = files * perFile;
    // Filters stand at the end of each row group.
    const reads = asked.columns === 'filter' ? inFolder / GROUP_ROWS : perFile / COALESCED;
    const gets = files * (1 + Math.ceil(reads));
    const lists = files * Math.ceil(1 / KEYS_A_LIST);
    const cost =
      (Math.max(scanned, LEAST_SCANNED) / 1e12) * PRICES.terabyteScanned +
      gets * PRICES.get +
      lists * PRICES.list;
    return `| ${asked.question} | ${number(files)} | ${bytesText(scanned)} | ${number(gets)} | ${dollars(cost)} |`;
  });
  const total = folders * fileBytes;
  const raw = folders * Math.min(DELIVERIES_A_DAY, inFolder);
  return `## ${number(events)} events

${number(accounts)} accounts × ${regions} regions × ${number(days)} days: ${number(folders)} folders of ${number(inFolder)} events. The lake: ${number(folders)} files of ${bytesText(fileBytes)}, ${bytesText(total)} in all, ${dollars((total / 1e9) * PRICES.gigabyteMonth)} a month to keep. CloudTrail's own files: up to ${number(raw)}; to read each once costs ${dollars(raw * PRICES.get)} of requests before a byte is paid for.

| question | files read | scanned | GET requests | Athena and requests |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

const [lake, ...sizes] = process.argv.slice(2);
if (!lake || sizes.length === 0) throw new Error('name a lake, and sizes as 100x10x365x1e9');
const measured = measure(lake);
console.log(`Measured: ${number(measured.files)} files, ${number(measured.events)} events, ${bytesText(measured.bytes)}. A file is ${number(measured.perFile)} bytes and ${number(measured.perEvent)} more for each event.

| column | bytes an event |
| --- | --- |
${[...measured.columns]
  .sort(([, a], [, b]) => b - a)
  .slice(0, 12)
  .map(([column, bytes]) => `| ${column} | ${bytes.toFixed(1)} |`)
  .join('\n')}
`);
for (const size of sizes) {
  const [accounts = 1, regions = 1, days = 1, events = 1] = size.split('x').map(Number);
  console.log(atSize(measured, accounts, regions, days, events));
}
