/**
 * Writes S3 server access logs for tests and benchmarks, and the CloudTrail events of a share of the same requests:
 * `tsx scripts/access-logs.ts <folder> <files> <lines per file> [--days 30 --buckets 8 --requesters 60 --seed 1
 * --layout partitioned --fields 27 --prefix logs/ --events-folder <folder> --event-share 0.5]`.
 * Deterministic: the same options give the same bytes.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ACCESS_FIELDS } from '../src/access-logs/fields.js';
import { type AccessBucket, createAccessWorld } from './access-cast.js';
import { type AccessRow, anyRequest } from './access-requests.js';
import { createRandom, type Random } from './random.js';
import { type CloudTrailRecord, isoTime } from './records.js';

export interface AccessLogOptions {
  files?: number;
  /** Lines of a file; the rows of one request stay together, so that a file may have some more. */
  linesPerFile?: number;
  days?: number;
  buckets?: number;
  /** Number of users, role sessions and canonical ids; anonymous readers and a service come beside them. */
  requesters?: number;
  seed?: number;
  /** `simple`: all files in the prefix; `partitioned`: account/region/bucket/yyyy/mm/dd below it. */
  layout?: 'simple' | 'partitioned';
  /** Number of fields of a line: 18, 24, 25, 26 or 27. */
  fields?: number;
  prefix?: string;
  /** Where the CloudTrail files go, and of which share of the requests they have an event. */
  events?: { folder: string; share: number };
}

/** What was written. */
export interface AccessLogFigures {
  files: number;
  lines: number;
  bytes: number;
  events: number;
}

const FIRST_DAY = Date.UTC(2026, 0, 1) / 1000;
const DAY = 86_400;

/** A row as S3 writes it, with its line feed. What S3 did by itself has bare dashes where text of a client would be. */
export function lineOf(row: AccessRow, fields: number = ACCESS_FIELDS.length): string {
  let line = '';
  for (let i = 0; i < fields; i++) {
    const { name, form } = ACCESS_FIELDS[i]!;
    const value = row[name] ?? '-';
    if (i > 0) line += ' ';
    if (form === 'time') line += `[${value}]`;
    else line += form === 'quoted' && row[name] !== undefined ? `"${value}"` : value;
  }
  return `${line}\n`;
}

function put(path: string, bytes: string | Uint8Array, folders: Set<string>): void {
  const folder = dirname(path);
  if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
  folders.add(folder);
  writeFileSync(path, bytes);
}

/** The key of a file with requests of a day, delivered at a time. */
function keyOf(
  r: Random,
  bucket: AccessBucket,
  at: number,
  { layout, prefix }: { layout: string; prefix: string },
): string {
  const iso = isoTime(at);
  const unique = r.hex(16).toUpperCase();
  if (layout === 'simple') return `${prefix}${iso.slice(0, 19).replaceAll(/[T:]/g, '-')}-${unique}`;
  const day = iso.slice(0, 10);
  return `${prefix}${bucket.account}/${bucket.region}/${bucket.name}/${day.replaceAll('-', '/')}/${day}-00-00-00-${unique}`;
}

function putEvents(
  r: Random,
  bucket: AccessBucket,
  folder: string,
  { at, events, folders }: { at: number; events: CloudTrailRecord[]; folders: Set<string> },
): void {
  const iso = isoTime(at);
  const name = `${bucket.account}_CloudTrail_${bucket.region}_${iso.slice(0, 16).replaceAll(/[-:]/g, '')}Z_${r.upper(16)}.json.gz`;
  const day = iso.slice(0, 10).replaceAll('-', '/');
  const path = join(folder, 'AWSLogs', bucket.account, 'CloudTrail', bucket.region, day, name);
  put(path, gzipSync(JSON.stringify({ Records: events }), { level: 1 }), folders);
}

/** Writes access logs below `folder`. The rows of copies that belong to another bucket's log go to its next file. */
export function makeAccessLogs(folder: string, options: AccessLogOptions = {}): AccessLogFigures {
  const { files = 100, linesPerFile = 250, days = 30, buckets = 8, requesters = 60, seed = 1 } = options;
  const { layout = 'simple', fields = 27, prefix = '', events } = options;
  const r = createRandom(seed);
  const world = createAccessWorld(r, { buckets, requesters });
  const waiting = new Map<AccessBucket, Buffer[]>(world.buckets.map(bucket => [bucket, []]));
  const folders = new Set<string>();
  const figures: AccessLogFigures = { files: 0, lines: 0, bytes: 0, events: 0 };
  const save = (bucket: AccessBucket, at: number, lines: readonly Buffer[]): void => {
    const bytes = Buffer.concat(lines);
    put(join(folder, keyOf(r, bucket, at, { layout, prefix })), bytes, folders);
    figures.files++;
    figures.lines += lines.length;
    figures.bytes += bytes.length;
  };
  let last = FIRST_DAY;
  for (let n = 0; n < files; n++) {
    const bucket = world.buckets[n % world.buckets.length]!;
    const start = FIRST_DAY + Math.floor(((n / files) * days * DAY) / 3600) * 3600;
    const lines = waiting.get(bucket)!.splice(0);
    const records: CloudTrailRecord[] = [];
    while (lines.length < linesPerFile) {
      const at = start + r.below(3600);
      const hasEvent = events !== undefined && r.next() < events.share;
      const request = anyRequest(r, world, bucket, { at, hasEvent });
      for (const { bucket: home, row } of request.rows)
        (home === bucket ? lines : waiting.get(home)!).push(Buffer.from(lineOf(row, fields), 'latin1'));
      if (request.event !== null) records.push(request.event);
    }
    last = start + 3600 + r.below(3600);
    save(bucket, last, lines);
    if (events !== undefined && records.length > 0)
      putEvents(r, bucket, events.folder, { at: last, events: records, folders });
    figures.events += records.length;
  }
  for (const [bucket, lines] of waiting) if (lines.length > 0) save(bucket, last + 3600, lines);
  return figures;
}

function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      days: { type: 'string', default: '30' },
      buckets: { type: 'string', default: '8' },
      requesters: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      layout: { type: 'string', default: 'simple' },
      fields: { type: 'string', default: '27' },
      prefix: { type: 'string', default: '' },
      'events-folder': { type: 'string' },
      'event-share': { type: 'string', default: '0.5' },
    },
  });
  const [folder, files, linesPerFile] = positionals;
  if (!folder || !files || !linesPerFile) {
    console.error('usage: tsx scripts/access-logs.ts <folder> <files> <lines per file> [options]');
    process.exit(2);
  }
  const eventsFolder = values['events-folder'];
  console.log(
    makeAccessLogs(folder, {
      files: Number(files),
      linesPerFile: Number(linesPerFile),
      days: Number(values.days),
      buckets: Number(values.buckets),
      requesters: Number(values.requesters),
      seed: Number(values.seed),
      layout: values.layout === 'partitioned' ? 'partitioned' : 'simple',
      fields: Number(values.fields),
      prefix: values.prefix,
      ...(eventsFolder ? { events: { folder: eventsFolder, share: Number(values['event-share']) } } : {}),
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
