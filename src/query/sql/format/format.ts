/** `java.util.Formatter` over Trino's values, for `format`. */

import { type Digits, digitsIn } from '../cast/number-text.js';
import { SqlError } from '../errors.js';
import { valueText } from '../output/print.js';
import { type Type, typeText } from '../types.js';
import type { Value } from '../values.js';
import { exponential, fixed } from './digits.js';
import { formatTime } from './time.js';

/** An argument of `format`. */
interface Argument {
  value: Value;
  type: Type;
}

interface Specifier {
  text: string;
  index: string | undefined;
  flags: string;
  width: number | undefined;
  precision: number | undefined;
  conversion: string;
  /** Of a time: what to write of it. */
  part: string | undefined;
}

/** A piece of a format: text as it is, or a specifier. */
type FormatPiece = string | Specifier;

/** No result is filled up to more. */
const WIDEST = 100_000;

/** What Formatter throws, with the name of its exception. */
class FormatError extends Error {}

const fail = (exception: string, detail: string): never => {
  throw new FormatError(`${exception}: ${detail}`);
};

/** What went wrong, in Trino's words. */
function asSqlError(format: string, error: unknown): SqlError {
  if (!(error instanceof FormatError)) throw error;
  return new SqlError('INVALID_FUNCTION_ARGUMENT', `Invalid format string: ${format} (${error.message})`);
}

const SPECIFIER = /%(?:(\d+\$)|(<))?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([tT])?([a-zA-Z%])/y;

/** The character that is no conversion, or the last of a format that ends before one. */
function badConversion(format: string, at: number): string {
  const [text] = /^%[-#+ 0,(<$.0-9]*/.exec(format.slice(at, at + 1_000))!;
  return format[at + text.length] ?? text.at(-1)!;
}

/** Takes a format apart. */
export function readFormat(format: string): FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let at = 0;
  while (at < format.length) {
    const next = format.indexOf('%', at);
    if (next !== at) pieces.push(format.slice(at, next < 0 ? undefined : next));
    if (next < 0) break;
    SPECIFIER.lastIndex = next;
    const match = SPECIFIER.exec(format);
    if (!match)
      throw asSqlError(
        format,
        new FormatError(`UnknownFormatConversion: Conversion = '${badConversion(format, next)}'`),
      );
    const [text, index, same, flags, width, precision, time, last] = match;
    pieces.push({
      text,
      index: index?.slice(0, -1) ?? same,
      flags: flags!,
      width: width === undefined ? undefined : Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      conversion: time ?? last!,
      part: time === undefined ? undefined : last!,
    });
    at = next + text.length;
  }
  return pieces;
}

/**
 * The text of a format and its arguments.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT`
 */
export function formatText(
  format: string,
  pieces: readonly FormatPiece[],
  args: readonly Argument[],
): string {
  let next = 0;
  let last = -1;
  try {
    return pieces
      .map(piece => {
        if (typeof piece === 'string') return piece;
        if (piece.conversion === 'n') return '\n';
        if (piece.conversion === '%') return fillUp('%', piece);
        if (piece.index !== '<') last = piece.index ? Number(piece.index) - 1 : next++;
        const argument = args[last] ?? fail('MissingFormatArgument', `Format specifier '${piece.text}'`);
        return conversionOf(piece, argument);
      })
      .join('');
  } catch (error) {
    throw asSqlError(format, error);
  }
}

function fillUp(text: string, { flags, width, text: specifier }: Specifier): string {
  const isLeft = flags.includes('-');
  if (width === undefined) {
    if (isLeft) fail('MissingFormatWidth', specifier);
    return text;
  }
  if (width > WIDEST) fail('IllegalFormatWidth', String(width));
  return isLeft ? text.padEnd(width) : text.padStart(width);
}

function conversionOf(specifier: Specifier, argument: Argument): string {
  const { conversion, precision } = specifier;
  const text = conversionText(specifier, argument);
  const isCut = /[sSbBhH]/.test(conversion) && precision !== undefined;
  const shown = isCut ? text.slice(0, precision) : text;
  const isUpper = conversion !== conversion.toLowerCase();
  return fillUp(isUpper ? shown.toUpperCase() : shown, specifier);
}

/** The text before it is cut and filled up. */
function conversionText(specifier: Specifier, argument: Argument): string {
  const { value, type } = argument;
  const lower = specifier.conversion.toLowerCase();
  switch (lower) {
    case 's':
      return value === null ? 'null' : plainText(value, type);
    case 'b':
      return String(type.kind === 'boolean' ? value === true : value !== null);
    case 'h':
      return value === null ? 'null' : hashText(value, type);
    case 'd':
    case 'x':
    case 'o':
      return value === null ? 'null' : wholeText(specifier, lower, argument);
    case 'f':
    case 'e':
    case 'g':
      return value === null ? 'null' : pointText(specifier, lower, argument);
    case 't':
      return value === null
        ? 'null'
        : (formatTime(specifier.part!, value, type) ?? mismatch(specifier, type));
    case 'c':
      return value === null ? 'null' : mismatch(specifier, type);
    default:
      return fail('UnknownFormatConversion', `Conversion = '${specifier.conversion}'`);
  }
}

const CLASSES: Partial<Record<Type['kind'], string>> = {
  boolean: 'java.lang.Boolean',
  tinyint: 'java.lang.Long',
  smallint: 'java.lang.Long',
  integer: 'java.lang.Long',
  bigint: 'java.lang.Long',
  real: 'java.lang.Float',
  double: 'java.lang.Double',
  decimal: 'java.math.BigDecimal',
  date: 'java.time.LocalDate',
  time: 'java.time.LocalTime',
  timestamp: 'java.time.LocalDateTime',
  'timestamp with time zone': 'java.time.ZonedDateTime',
};

const classOf = (type: Type): string => CLASSES[type.kind] ?? 'java.lang.String';

const mismatch = ({ conversion, part }: Specifier, type: Type): never =>
  fail('IllegalFormatConversion', `${part ?? conversion} != ${classOf(type)}`);

/** Whether `format` takes values of the type. */
export function checkFormatted(type: Type): void {
  const isText = ['varchar', 'char', 'json', 'uuid', 'ipaddress', 'unknown'].includes(type.kind);
  if (!isText && !(type.kind in CLASSES))
    throw new SqlError('NOT_SUPPORTED', `Type not supported for formatting: ${typeText(type)}`);
}

const plainText = (value: Value, type: Type): string => formatTime('', value, type) ?? valueText(value, type);

/** `hashCode` of what Java has the value as. */
function hashText(value: Value, type: Type): string {
  let hash = 0;
  if (typeof value === 'bigint' && type.kind !== 'decimal')
    hash = Number(BigInt.asIntN(32, value ^ (BigInt.asUintN(64, value) >> 32n)));
  else for (const unit of plainText(value, type)) hash = (Math.imul(hash, 31) + unit.charCodeAt(0)) | 0;
  return (hash >>> 0).toString(16);
}

/** With its sign, grouped and filled up with zeros as the flags say. */
function withSign(specifier: Specifier, isNegative: boolean, size: string): string {
  const { flags, width } = specifier;
  if (/[-0]/.test(flags) && width === undefined) fail('MissingFormatWidth', specifier.text);
  let text = size;
  if (flags.includes(',')) {
    const [whole, rest] = text.split('.') as [string, string | undefined];
    text = whole.replace(/\B(?=(?:\d{3})+$)/g, ',') + (rest === undefined ? '' : `.${rest}`);
  }
  const sign = isNegative
    ? flags.includes('(')
      ? '('
      : '-'
    : flags.includes('+')
      ? '+'
      : flags.includes(' ')
        ? ' '
        : '';
  const end = sign === '(' ? ')' : '';
  if (flags.includes('0') && width !== undefined && width <= WIDEST)
    text = text.padStart(width - sign.length - end.length, '0');
  return sign + text + end;
}

function wholeText(specifier: Specifier, conversion: string, { value, type }: Argument): string {
  if (classOf(type) !== 'java.lang.Long') mismatch(specifier, type);
  if (specifier.precision !== undefined) fail('IllegalFormatPrecision', String(specifier.precision));
  const whole = value as bigint;
  if (conversion === 'd') return withSign(specifier, whole < 0n, String(whole < 0n ? -whole : whole));
  const prefix = specifier.flags.includes('#') ? (conversion === 'x' ? '0x' : '0') : '';
  const digits = BigInt.asUintN(64, whole).toString(conversion === 'x' ? 16 : 8);
  const isFilled =
    specifier.flags.includes('0') && specifier.width !== undefined && specifier.width <= WIDEST;
  return prefix + (isFilled ? digits.padStart(specifier.width! - prefix.length, '0') : digits);
}

function pointText(specifier: Specifier, conversion: string, { value, type }: Argument): string {
  if (type.kind !== 'decimal' && type.kind !== 'double' && type.kind !== 'real')
    return mismatch(specifier, type);
  if (type.kind === 'decimal') {
    const unscaled = value as bigint;
    const digits = String(unscaled < 0n ? -unscaled : unscaled);
    return withSign(
      specifier,
      unscaled < 0n,
      pointDigits(specifier, conversion, { digits, exponent: digits.length - 1 - type.scale }),
    );
  }
  const number = value as number;
  if (Number.isNaN(number)) return 'NaN';
  const isNegative = number < 0 || Object.is(number, -0);
  const size = Math.abs(number);
  if (size === Number.POSITIVE_INFINITY)
    return withSign({ ...specifier, flags: specifier.flags.replace('0', '') }, isNegative, 'Infinity');
  return withSign(specifier, isNegative, pointDigits(specifier, conversion, digitsIn(size.toExponential())));
}

function pointDigits({ precision = 6 }: Specifier, conversion: string, digits: Digits): string {
  if (precision > WIDEST) fail('IllegalFormatPrecision', String(precision));
  if (conversion === 'f') return fixed(digits, precision);
  if (conversion === 'e') return exponential(digits, precision);
  const places = Math.max(precision, 1);
  if (digits.digits === '0') return fixed(digits, places - 1);
  const rounded = exponential(digits, places - 1);
  const exponent = Number(rounded.slice(rounded.indexOf('e') + 1));
  return exponent >= -4 && exponent < places ? fixed(digits, places - 1 - exponent) : rounded;
}
