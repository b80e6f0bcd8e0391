/** A line of an access log → its bytes in the batch's buffer, and a row of numbers. */

import { isUtf8 } from 'node:buffer';
import { ACCESS_FIELDS, type AccessFieldName, placeOf } from '../access-logs/fields.js';
import type { AccessLine } from '../access-logs/layout.js';
import { keyOf } from '../access-logs/meaning.js';
import {
  ACCESS_DIMENSIONS,
  ACCESS_ROW,
  ACCESS_TEXTS,
  type AccessDimension,
  type ByAccessDimension,
  FORM,
  NO_TIME,
  TIME_UNIT,
} from '../access-logs/rows.js';
import { secondsOf } from '../access-logs/time.js';
import { CARRIAGE_RETURN, MINUS, NINE, PERCENT, PLUS, QUOTE, SPACE, ZERO } from '../bytes/ascii.js';
import type { Dictionary } from '../bytes/dictionary.js';
import { hash64, wide } from '../bytes/hash.js';
import type { BatchBuilder } from './batch-builder.js';

/** Which file of the task a line is from, and its place there. */
interface LineOrigin {
  file: number;
  ordinal: number;
}

/** Adds a line that was read: the bytes `[from, to)` of `bytes`. */
export type AddLine = (bytes: Buffer, from: number, to: number, line: AccessLine, origin: LineOrigin) => void;

const at = (name: AccessFieldName): number => 2 * placeOf(name);
const [OWNER, BUCKET, TIME, IP] = [
  at('bucketowner'),
  at('bucket_name'),
  at('requestdatetime'),
  at('remoteip'),
];
const [REQUESTER, AGENT, OPERATION, KEY] = [at('requester'), at('useragent'), at('operation'), at('key')];
const [STATUS, ERROR, SIGV] = [at('httpstatus'), at('errorcode'), at('sigv')];
const [URI, REFERRER] = [at('request_uri'), at('referrer')];
const TEXT_PLACES = ACCESS_TEXTS.map(at);
const NUMBERS = (['bytessent', 'objectsize', 'totaltime', 'turnaroundtime'] as const).map(at);
const DIMENSION_AT = Object.fromEntries(
  ACCESS_DIMENSIONS.map((of, i) => [of, ACCESS_ROW.dimensions + i]),
) as ByAccessDimension<number>;
const BLANK = Buffer.from(' ');
const FLAGS = [Buffer.from(' 0'), Buffer.from(' 1')] as const;
/** Digits of a number that JavaScript and SQLite hold exactly. */
const MOST_DIGITS = 15;

/**
 * Long: its functions share the line at hand.
 * @param seed keys the hash of a line
 */
export function createAddLine(
  builder: BatchBuilder,
  dictionaries: ByAccessDimension<Dictionary>,
  seed: number,
): AddLine {
  let rows = new Int32Array(0);
  let row = 0;
  let offsets: Int32Array = new Int32Array(0);
  /** What is added to a place in the file's bytes for the place in the payload. */
  let shift = 0;

  const setDimension = (of: AccessDimension, from: number, to: number): void => {
    rows[row + DIMENSION_AT[of]] = dictionaries[of].idOf(builder.view, from, to);
  };

  function setField(of: AccessDimension, bytes: Buffer, place: number): void {
    if (isDash(bytes, offsets, place)) rows[row + DIMENSION_AT[of]] = -1;
    else setDimension(of, offsets[place]! + shift, offsets[place + 1]! + shift);
  }

  /** Operation, status, error code, and whether there is a key: together they are few. */
  function setCall(bytes: Buffer): void {
    const from = builder.append(bytes, offsets[OPERATION]!, offsets[OPERATION + 1]!);
    for (const place of [STATUS, ERROR]) {
      builder.append(BLANK);
      builder.append(bytes, offsets[place]!, offsets[place + 1]!);
    }
    builder.append(FLAGS[isDash(bytes, offsets, KEY) ? 0 : 1]);
    setDimension('call', from, builder.used);
  }

  function setTexts(bytes: Buffer): void {
    for (let i = 0; i < TEXT_PLACES.length; i++) {
      const place = TEXT_PLACES[i]!;
      const position = row + ACCESS_ROW.texts + 2 * i;
      const from = offsets[place]!;
      const isNull = from < 0 || isDash(bytes, offsets, place);
      rows[position] = isNull ? -1 : from + shift;
      rows[position + 1] = isNull ? 0 : offsets[place + 1]! - from;
    }
  }

  return (bytes, from, to, line, { file, ordinal }) => {
    offsets = line.offsets;
    const decoded = decodedKey(bytes, offsets);
    // The parts of a call stand in the line already.
    builder.reserveLine((to - from) * 2 + 16 + (decoded?.length ?? 0));
    const access = builder.accessRows();
    rows = access.rows;
    row = access.rowCount++ * ACCESS_ROW.width;
    const whole = bytes.subarray(from, to);
    const start = builder.append(whole);
    shift = start - from;
    rows[row + ACCESS_ROW.file] = file;
    rows[row + ACCESS_ROW.ordinal] = ordinal;
    rows[row + ACCESS_ROW.start] = start;
    rows[row + ACCESS_ROW.length] = to - from;
    hash64(builder.view, start, start + to - from, seed, seed);
    rows[row + ACCESS_ROW.hashHigh] = wide.high;
    rows[row + ACCESS_ROW.hashLow] = wide.low;
    rows[row + ACCESS_ROW.isAmbiguous] = line.isAmbiguous ? 1 : 0;
    const known = knownFields(offsets);
    rows[row + ACCESS_ROW.form] = known + bareFields(bytes, offsets);
    const seconds = secondsOf(bytes, offsets[TIME]!, offsets[TIME + 1]!) ?? -1;
    rows[row + ACCESS_ROW.timeHigh] = seconds < 0 ? NO_TIME : Math.floor(seconds / TIME_UNIT);
    rows[row + ACCESS_ROW.timeLow] = seconds < 0 ? 0 : seconds % TIME_UNIT;
    const isRegular = seconds >= 0 && isRebuilt(bytes, whole, offsets);
    rows[row + ACCESS_ROW.irregular] = isRegular ? 0 : 1;
    setDimension('bucket', offsets[OWNER]! + shift, offsets[BUCKET + 1]! + shift);
    setField('requester', bytes, REQUESTER);
    setField('address', bytes, IP);
    setField('agent', bytes, AGENT);
    setCall(bytes);
    if (offsets[SIGV]! < 0) rows[row + DIMENSION_AT.channel] = -1;
    else setDimension('channel', offsets[SIGV]! + shift, offsets[2 * known - 1]! + shift);
    setTexts(bytes);
    rows[row + ACCESS_ROW.more] = line.moreStart < 0 ? -1 : line.moreStart + shift;
    rows[row + ACCESS_ROW.more + 1] = line.moreStart < 0 ? 0 : line.moreEnd - line.moreStart;
    rows[row + ACCESS_ROW.decodedKey] = decoded ? builder.append(decoded) : -1;
    rows[row + ACCESS_ROW.decodedKey + 1] = decoded?.length ?? 0;
  };
}

/** The decoded key, where that is another text. */
function decodedKey(bytes: Buffer, offsets: Int32Array): Buffer | undefined {
  const [from, to] = [offsets[KEY]!, offsets[KEY + 1]!];
  let i = from;
  while (i < to && bytes[i] !== PERCENT) i++;
  if (i === to) return undefined;
  const key = bytes.toString('utf8', from, to);
  const decoded = keyOf(key, bytes.toString('latin1', offsets[OPERATION]!, offsets[OPERATION + 1]!));
  return decoded === key ? undefined : Buffer.from(decoded);
}

function isDash(bytes: Buffer, offsets: Int32Array, place: number): boolean {
  const from = offsets[place]!;
  return offsets[place + 1]! - from === 1 && bytes[from] === MINUS;
}

function knownFields(offsets: Int32Array): number {
  let count = ACCESS_FIELDS.length;
  while (offsets[2 * count - 2]! < 0) count--;
  return count;
}

/** Fields in quotes elsewhere that are a bare `-` here. */
function bareFields(bytes: Buffer, offsets: Int32Array): number {
  const isBare = (place: number): boolean => bytes[offsets[place]! - 1] !== QUOTE;
  return (
    (isBare(URI) ? FORM.bareUri : 0) +
    (isBare(REFERRER) ? FORM.bareReferrer : 0) +
    (isBare(AGENT) ? FORM.bareAgent : 0)
  );
}

/** Whether the columns of the line `whole` give it back byte for byte: as `LINE_SQL` puts it together. */
function isRebuilt(bytes: Buffer, whole: Buffer, offsets: Int32Array): boolean {
  const last = whole[whole.length - 1]!;
  const zone = offsets[TIME + 1]! - 5;
  if (last === SPACE || last === CARRIAGE_RETURN || bytes[zone] !== PLUS) return false;
  for (let i = zone + 1; i < zone + 5; i++) if (bytes[i] !== ZERO) return false;
  for (const place of NUMBERS) if (!isPlainNumber(bytes, offsets, place)) return false;
  return isUtf8(whole);
}

function isPlainNumber(bytes: Buffer, offsets: Int32Array, place: number): boolean {
  const from = offsets[place]!;
  const length = offsets[place + 1]! - from;
  if (length === 1 && bytes[from] === MINUS) return true;
  if (length > MOST_DIGITS || (length > 1 && bytes[from] === ZERO)) return false;
  for (let i = from; i < from + length; i++) if (bytes[i]! < ZERO || bytes[i]! > NINE) return false;
  return length > 0;
}
