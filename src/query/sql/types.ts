/** Trino's types: what they are, how they are written, and which becomes which by itself. */

/** A type without parameters. */
export const PLAIN = [
  'unknown',
  'boolean',
  'tinyint',
  'smallint',
  'integer',
  'bigint',
  'real',
  'double',
  'varbinary',
  'json',
  'date',
  'interval day to second',
  'interval year to month',
  'ipaddress',
  'ipprefix',
  'uuid',
  'json2016',
  'hyperloglog',
] as const;
export type PlainKind = (typeof PLAIN)[number];

export interface RowField {
  /** Undefined for a field without a name. */
  name?: string | undefined;
  type: Type;
}

export type Type =
  | { kind: PlainKind }
  | { kind: 'decimal'; precision: number; scale: number }
  /** `length` undefined: unbounded. */
  | { kind: 'varchar'; length?: number | undefined }
  | { kind: 'char'; length: number }
  | { kind: 'time' | 'time with time zone' | 'timestamp' | 'timestamp with time zone'; precision: number }
  | { kind: 'array'; element: Type }
  | { kind: 'map'; key: Type; value: Type }
  | { kind: 'row'; fields: readonly RowField[] }
  | { kind: 'function'; parameters: readonly Type[]; result: Type };

export type Kind = Type['kind'];

/** The type of a kind without parameters. */
export const plain = (kind: PlainKind): Type => ({ kind });

export const UNKNOWN = plain('unknown');
export const BOOLEAN = plain('boolean');
export const INTEGER = plain('integer');
export const BIGINT = plain('bigint');
export const DOUBLE = plain('double');
export const REAL = plain('real');
export const VARBINARY = plain('varbinary');
export const JSON_TYPE = plain('json');
export const DATE = plain('date');
export const DAY_TO_SECOND = plain('interval day to second');
export const YEAR_TO_MONTH = plain('interval year to month');
export const VARCHAR: Type = { kind: 'varchar' };
export const timestamp = (precision = 3): Type => ({ kind: 'timestamp', precision });
export const timestampTz = (precision = 3): Type => ({ kind: 'timestamp with time zone', precision });
export const arrayOf = (element: Type): Type => ({ kind: 'array', element });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', key, value });
export const rowOf = (...fields: RowField[]): Type => ({ kind: 'row', fields });

const WHOLE: ReadonlySet<Kind> = new Set(['tinyint', 'smallint', 'integer', 'bigint']);
const NUMBERS: ReadonlySet<Kind> = new Set([...WHOLE, 'real', 'double', 'decimal']);

/** Whether values of the type are whole numbers. */
export const isWhole = (type: Type): boolean => WHOLE.has(type.kind);
/** Whether values of the type are numbers. */
export const isNumber = (type: Type): boolean => NUMBERS.has(type.kind);
/** Whether values of the type are characters. */
export const isText = (type: Type): boolean => type.kind === 'varchar' || type.kind === 'char';

/** The type as Trino writes it: `row(a varchar, b array(bigint))`. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'varchar':
      return type.length === undefined ? 'varchar' : `varchar(${type.length})`;
    case 'char':
      return `char(${type.length})`;
    case 'time':
    case 'timestamp':
      return `${type.kind}(${type.precision})`;
    case 'time with time zone':
      return `time(${type.precision}) with time zone`;
    case 'timestamp with time zone':
      return `timestamp(${type.precision}) with time zone`;
    case 'array':
      return `array(${typeText(type.element)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'row':
      return `row(${type.fields.map(({ name, type: of }) => (name === undefined ? typeText(of) : `${fieldName(name)} ${typeText(of)}`)).join(', ')})`;
    case 'function':
      return `function(${[...type.parameters, type.result].map(typeText).join(',')})`;
    default:
      return type.kind;
  }
}

const fieldName = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** Whether two types are the same, names of fields aside. */
export function isSame(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'array':
      return isSame(a.element, (b as typeof a).element);
    case 'map':
      return isSame(a.key, (b as typeof a).key) && isSame(a.value, (b as typeof a).value);
    case 'row': {
      const { fields } = b as typeof a;
      return (
        fields.length === a.fields.length && a.fields.every(({ type }, i) => isSame(type, fields[i]!.type))
      );
    }
    default:
      return typeText(a) === typeText(b);
  }
}

/** Digits that a whole number of the type can have, which make it a decimal. */
const DIGITS: Partial<Record<Kind, number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 };
const WHOLE_ORDER: readonly Kind[] = ['tinyint', 'smallint', 'integer', 'bigint'];

/** A whole number's type as a decimal. */
export function asDecimal(type: Type): { kind: 'decimal'; precision: number; scale: number } {
  if (type.kind === 'decimal') return type;
  return { kind: 'decimal', precision: DIGITS[type.kind] ?? 38, scale: 0 };
}

/** The type that both become by themselves where they meet, or undefined. */
export function commonType(a: Type, b: Type): Type | undefined {
  if (isSame(a, b)) return a.kind === 'row' ? commonRow(a, b) : a;
  if (a.kind === 'unknown') return b;
  if (b.kind === 'unknown') return a;
  if (isNumber(a) && isNumber(b)) return commonNumber(a, b);
  if (isText(a) && isText(b)) return commonText(a, b);
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonType(a.element, b.element);
    return element && arrayOf(element);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = commonType(a.key, b.key);
    const value = commonType(a.value, b.value);
    return key && value && mapOf(key, value);
  }
  if (a.kind === 'row' && b.kind === 'row') return commonRow(a, b);
  return commonTime(a, b);
}

function commonRow(a: Type, b: Type): Type | undefined {
  if (a.kind !== 'row' || b.kind !== 'row' || a.fields.length !== b.fields.length) return undefined;
  const fields: RowField[] = [];
  for (const [i, field] of a.fields.entries()) {
    const other = b.fields[i]!;
    const type = commonType(field.type, other.type);
    if (!type) return undefined;
    fields.push({ name: field.name === other.name ? field.name : undefined, type });
  }
  return { kind: 'row', fields };
}

function commonNumber(a: Type, b: Type): Type {
  if (a.kind === 'double' || b.kind === 'double') return DOUBLE;
  if (a.kind === 'real' || b.kind === 'real') return REAL;
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    const [x, y] = [asDecimal(a), asDecimal(b)];
    const scale = Math.max(x.scale, y.scale);
    const whole = Math.max(x.precision - x.scale, y.precision - y.scale);
    return { kind: 'decimal', precision: Math.min(38, whole + scale), scale };
  }
  return plain(WHOLE_ORDER[Math.max(WHOLE_ORDER.indexOf(a.kind), WHOLE_ORDER.indexOf(b.kind))] as PlainKind);
}

function commonText(a: Type, b: Type): Type {
  const length = (type: Type): number => (type as { length?: number }).length ?? Number.POSITIVE_INFINITY;
  const longest = Math.max(length(a), length(b));
  if (a.kind === 'char' || b.kind === 'char') return { kind: 'char', length: Math.min(longest, 65_536) };
  return Number.isFinite(longest) ? { kind: 'varchar', length: longest } : VARCHAR;
}

const TIME_ORDER: readonly Kind[] = ['date', 'timestamp', 'timestamp with time zone'];

function commonTime(a: Type, b: Type): Type | undefined {
  const [i, j] = [TIME_ORDER.indexOf(a.kind), TIME_ORDER.indexOf(b.kind)];
  const precision = (type: Type): number => (type as { precision?: number }).precision ?? 0;
  const wide = Math.max(precision(a), precision(b));
  if (i >= 0 && j >= 0) return { kind: TIME_ORDER[Math.max(i, j)] as 'timestamp', precision: wide };
  const times: readonly Kind[] = ['time', 'time with time zone'];
  if (times.includes(a.kind) && times.includes(b.kind))
    return {
      kind: a.kind === b.kind ? (a.kind as 'time') : 'time with time zone',
      precision: wide,
    };
  return undefined;
}

/** Whether a value of `from` becomes one of `to` by itself. */
export function canBecome(from: Type, to: Type): boolean {
  if (isSame(from, to)) return true;
  const common = commonType(from, to);
  if (!common) return false;
  // A text becomes a text of any length that holds it; time and decimal widen.
  if (isText(from) && to.kind === 'varchar')
    return from.kind === 'varchar'
      ? (to.length ?? Number.POSITIVE_INFINITY) >= (from.length ?? Number.POSITIVE_INFINITY)
      : true;
  return isSame(common, to);
}

/** Whether two values of the type can be told to be equal. */
export function isComparable(type: Type): boolean {
  switch (type.kind) {
    case 'function':
    case 'hyperloglog':
    case 'json2016':
      return false;
    case 'array':
      return isComparable(type.element);
    case 'map':
      return isComparable(type.key) && isComparable(type.value);
    case 'row':
      return type.fields.every(({ type: of }) => isComparable(of));
    default:
      return true;
  }
}

/** Whether values of the type have an order. */
export function isOrderable(type: Type): boolean {
  switch (type.kind) {
    case 'json':
    case 'map':
    case 'function':
    case 'hyperloglog':
    case 'json2016':
      return false;
    case 'array':
      return isOrderable(type.element);
    case 'row':
      return type.fields.every(({ type: of }) => isOrderable(of));
    default:
      return true;
  }
}
