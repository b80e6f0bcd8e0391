/**
 * Builds access log lines from fields, with hostile bytes in what clients write, and reads them back:
 * `tsx scripts/fuzz-access-lines.ts [lines] [seed]`. A line that is not marked ambiguous has to give back every byte.
 */

import { pathToFileURL } from 'node:url';
import { ACCESS_FIELDS, FIELD_COUNTS } from '../src/access-logs/fields.js';
import { type AccessLine, createLine } from '../src/access-logs/layout.js';
import { parseLine } from '../src/access-logs/line.js';
import { createRandom, type Random } from './random.js';

/** What clients may write into a header, pieces of other lines among them. */
const PIECES = [
  '"',
  '" ',
  ' "',
  '" "',
  '""',
  ' ',
  '  ',
  '-',
  ' - ',
  '" - ',
  '- "',
  '\\',
  '\\"',
  "'",
  '[',
  ']',
  '\t',
  '\r',
  '%22',
  'a',
  'Mozilla/5.0',
  'HTTP/1.1',
  ' HTTP/1.1"',
  ' HTTP/1.1" 200 - 1 1 1 1 ',
  '" 200 - 1 2 3 4 "',
  '" 404 NoSuchKey - - - - - - ',
  '" 200 - 1 2 3 4 - "',
  '"-" "-" ',
  'SigV4',
  ' SigV4 ',
  ' AuthHeader ',
  'TLSv1.2',
  ' Yes ',
  '-"',
  '200',
  '0',
  '😀',
  'é',
  '\xff\xfe',
  '" - h= SigV4 TLS_AES AuthHeader host TLSv1.3 - - us-east-1',
  '" - h= - - - - -',
  '" v',
  ';DROP TABLE x;--',
  '\u0000',
  '\x1b[2J',
];

const ERRORS = ['-', 'NoSuchKey', 'AccessDenied', 'SlowDown', 'InternalError'];
const bare = (r: Random): string => (r.below(3) === 0 ? '-' : String(r.below(100_000)));

/** Text of a client: short mostly, of pieces that take a line apart. Latin-1, one byte a character, or UTF-8. */
function hostile(r: Random): Buffer {
  const parts: Buffer[] = [];
  for (let n = r.below(7); n > 0; n--) {
    const piece = r.pick(PIECES);
    parts.push(Buffer.from(piece, piece.startsWith('\xff') ? 'latin1' : 'utf8'));
  }
  return Buffer.concat(parts);
}

/** A client's field, and whether it stands between quotes: now and then it is a bare `-`. */
function quoted(r: Random, value: Buffer): { value: Buffer; written: Buffer } {
  if (r.below(12) === 0) return { value: Buffer.from('-'), written: Buffer.from('-') };
  return { value, written: Buffer.concat([Buffer.from('"'), value, Buffer.from('"')]) };
}

/** The tail's fields as S3 writes them, `more` of them unknown to the program. */
function tailOf(r: Random, count: number): string[] {
  const isHttps = r.below(4) > 0;
  const isSigned = r.below(3) > 0;
  const tail = [
    r.below(3) === 0 ? r.base64(16) : '-',
    `${r.base64(20)}=`,
    isSigned ? r.pick(['SigV4', 'SigV4', 'SigV2', 'SigV4A']) : '-',
    isHttps ? r.pick(['ECDHE-RSA-AES128-GCM-SHA256', 'TLS_AES_128_GCM_SHA256']) : '-',
    isSigned ? r.pick(['AuthHeader', 'QueryString']) : '-',
    r.below(8) === 0 ? '-' : 'my-bucket.s3.amazonaws.com',
    isHttps ? r.pick(['TLSv1.2', 'TLSv1.3', 'TLSV1.2']) : '-',
    r.pick(['-', '-', 'arn:aws:s3:us-west-1:123456789012:accesspoint/example-AP']),
    r.pick(['-', '-', 'Yes']),
    r.pick(['-', 'us-east-1']),
    r.pick(['-', 'new']),
    r.pick(['-', 'newer']),
    'newest',
  ];
  return tail.slice(0, count);
}

/** A line, and its fields by place; what is past the 27 known ones is one value. */
export interface BuiltLine {
  bytes: Buffer;
  fields: Buffer[];
}

/** A line of random fields. */
export function buildLine(r: Random): BuiltLine {
  const head = [
    r.hex(64),
    'my-bucket',
    '06/Feb/2019:00:00:38 +0000',
    r.pick(['192.0.2.3', '2001:db8::1', '-']),
    r.pick(['-', r.hex(64), 'arn:aws:iam::111122223333:user/ana']),
    r.upper(16),
    'REST.GET.OBJECT',
    r.pick(['-', 'data/x.csv', '%2522', 'a%2520b']),
  ];
  const withProtocol = Buffer.concat([Buffer.from('GET /'), hostile(r), Buffer.from(' HTTP/1.1')]);
  const uri = quoted(r, r.below(6) === 0 ? hostile(r) : withProtocol);
  const sizes = [r.pick(['200', '404', '-']), r.pick(ERRORS), bare(r), bare(r), bare(r), bare(r)];
  const referrer = quoted(r, hostile(r));
  const agent = quoted(r, hostile(r));
  const known = ACCESS_FIELDS.length;
  const tail = tailOf(r, r.pick([...FIELD_COUNTS, known + 1, known + 3]) - 17);
  const texts = (list: readonly string[]): Buffer[] => list.map(text => Buffer.from(text));
  const written = [
    ...texts(head.map((text, i) => (i === 2 ? `[${text}]` : text))),
    uri.written,
    ...texts(sizes),
    referrer.written,
    agent.written,
    ...texts(tail),
  ];
  const more = tail.slice(10).join(' ');
  const fields = [
    ...texts(head),
    uri.value,
    ...texts(sizes),
    referrer.value,
    agent.value,
    ...texts(tail.slice(0, 10)),
    ...(more ? [Buffer.from(more)] : []),
  ];
  const bytes = Buffer.concat(written.flatMap((one, i) => (i === 0 ? [one] : [Buffer.from(' '), one])));
  return { bytes, fields };
}

/** The fields that were read, in the form of `BuiltLine`. */
export function fieldsOf(bytes: Buffer, line: AccessLine): Buffer[] {
  const fields: Buffer[] = [];
  for (let i = 0; i < line.offsets.length && line.offsets[i]! >= 0; i += 2)
    fields.push(bytes.subarray(line.offsets[i], line.offsets[i + 1]));
  if (line.moreStart >= 0) fields.push(bytes.subarray(line.moreStart, line.moreEnd));
  return fields;
}

/** What became of the lines. */
export interface FuzzFigures {
  lines: number;
  /** Not ambiguous, and every field as it was written. */
  exact: number;
  ambiguous: number;
  /** Of the ambiguous ones: those whose reading is the one that was written. */
  ambiguousAndExact: number;
  /** Lines that were not read, or read otherwise without being marked: at most ten are kept. */
  wrong: string[];
}

/** Builds and reads lines: the same seed gives the same lines. */
export function fuzz({ lines, seed = 1 }: { lines: number; seed?: number }): FuzzFigures {
  const r = createRandom(seed);
  const line = createLine();
  const figures: FuzzFigures = { lines, exact: 0, ambiguous: 0, ambiguousAndExact: 0, wrong: [] };
  for (let n = 0; n < lines; n++) {
    const { bytes, fields } = buildLine(r);
    const isRead = parseLine(bytes, 0, bytes.length, line);
    const values = isRead ? fieldsOf(bytes, line) : [];
    const isExact = values.length === fields.length && values.every((value, i) => value.equals(fields[i]!));
    if (isRead && line.isAmbiguous) {
      figures.ambiguous++;
      if (isExact) figures.ambiguousAndExact++;
    } else if (isExact) figures.exact++;
    else if (figures.wrong.length < 10)
      figures.wrong.push(`${line.problem ?? 'read otherwise'}: ${bytes.toString('latin1')}`);
  }
  return figures;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [lines = '1000000', seed = '1'] = process.argv.slice(2);
  console.log(fuzz({ lines: Number(lines), seed: Number(seed) }));
}
