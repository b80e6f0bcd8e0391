/** Functions that write numbers and other values as text, and read sizes. */

import { checkDecimal } from '../arithmetic.js';
import { invalidArgument } from '../errors.js';
import { checkFormatted, formatText, readFormat } from '../format/format.js';
import { remember } from '../remember.js';
import type { Value } from '../values.js';
import { type Bindings, type Run, type SqlFunction, scalar, typed } from './registry.js';

const piecesOf = remember(readFormat);

function format({ args }: Bindings): Run {
  for (const type of args.slice(1)) checkFormatted(type);
  return (text: string | null, ...values: Value[]) => {
    if (text === null) return null;
    return formatText(
      text,
      piecesOf(text),
      values.map((value, i) => ({ value, type: args[i + 1]! })),
    );
  };
}

const UNITS = ['', 'K', 'M', 'B', 'T', 'Q'];
const MOST_LONG = 2 ** 63;

/** Three digits at most: `1.23M`. */
function shortNumber(value: number): string {
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  // Trino compares with the sign: what is negative always has two digits.
  const places = value < 0 || size < 10 ? 2 : size < 100 ? 1 : 0;
  const digits = size.toFixed(places);
  const text = places > 0 ? digits.replace(/\.?0+$/, '') : digits;
  return `${value < 0 ? '-' : ''}${text}${UNITS[unit]}`;
}

/** A double as a whole number, as Java casts it. */
const toLong = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.max(-MOST_LONG, Math.min(MOST_LONG, Math.trunc(value)));

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];

function parseDataSize(text: string): bigint {
  const invalid = (): never => invalidArgument(`Invalid data size: '${text}'`);
  const match = /^([0-9]+)(?:\.([0-9]*))?([A-Za-z]+)$/.exec(text) ?? invalid();
  const unit = SIZES.indexOf(match[3]!);
  if (unit < 0) invalid();
  const [whole, rest] = [match[1]!, (match[2] ?? '').slice(0, 60)];
  if (whole.length > 60) checkDecimal(10n ** 39n);
  return checkDecimal((BigInt(whole + rest) << BigInt(10 * unit)) / 10n ** BigInt(rest.length));
}

const SPANS: ReadonlyArray<readonly [string, number]> = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

function readableSeconds(value: number): string {
  if (!Number.isFinite(value)) invalidArgument(`Invalid argument found: ${value}`);
  let left = Math.min(Math.round(Math.abs(value)), MOST_LONG);
  const parts: string[] = [];
  for (const [name, seconds] of SPANS) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.join(', ') || '0 seconds';
}

export const FORMAT: readonly SqlFunction[] = [
  typed(
    'format(varchar, any...) -> varchar',
    "The text of a format such as `'%s: %,d'` and its values, as Java has it.",
    format,
    {
      takesNull: true,
    },
  ),
  scalar(
    'format_number(bigint) -> varchar',
    'The number in three digits and a unit: `1.23M`.',
    (value: bigint) => shortNumber(Number(value)),
  ),
  scalar(
    'format_number(double) -> varchar',
    'The number in three digits and a unit: `1.23M`.',
    (value: number) => shortNumber(toLong(value)),
  ),
  ...['parse_data_size', 'parse_presto_data_size'].map(name =>
    scalar(
      `${name}(varchar) -> decimal(38,0)`,
      'The bytes of a size such as `2.3MB`, by 1,024.',
      parseDataSize,
    ),
  ),
  scalar(
    'human_readable_seconds(double) -> varchar',
    'A number of seconds in weeks, days, hours, minutes and seconds.',
    readableSeconds,
  ),
];
