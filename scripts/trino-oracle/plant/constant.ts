/** Values of the expressions of a statement that hold no column: texts, numbers, times, and times relative to now. */

import type { Expression } from '../../../src/query/sql/parse/ast.js';

/** A time is in milliseconds since 1970. */
export type Plain = string | number | null;

export interface Constant {
  kind: 'text' | 'number' | 'time' | 'interval';
  /** Of an interval milliseconds. */
  value: string | number;
  isRelative?: boolean;
}

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  year: 365 * DAY,
};

/** An ISO date or time, taken as UTC; undefined for any other text. */
export function timeOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const [day, clock = '00:00:00'] = text.replace(/(Z| UTC)$/, '').split(/[T ]/) as [string, string?];
  const at = Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** As CloudTrail writes times. */
export const isoText = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Undefined where the expression has a column, or is none of the forms that guides use. */
export function constantOf(of: Expression, now: number): Constant | undefined {
  const time = (value: number | undefined, isRelative = false): Constant | undefined =>
    value === undefined ? undefined : { kind: 'time', value, isRelative };
  const inner = (at: Expression | undefined): Constant | undefined => at && constantOf(at, now);
  switch (of.kind) {
    case 'string':
      return { kind: 'text', value: of.value };
    case 'integer':
      return { kind: 'number', value: Number(of.value) };
    case 'double':
      return { kind: 'number', value: of.value };
    case 'boolean':
      return { kind: 'text', value: String(of.value) };
    case 'typed literal':
      return /^(timestamp|date)$/i.test(of.type) ? time(timeOf(of.text)) : { kind: 'text', value: of.text };
    case 'interval': {
      const value = Number(of.text) * (UNITS[of.from.toLowerCase()] ?? Number.NaN) * (of.isNegative ? -1 : 1);
      return Number.isNaN(value) ? undefined : { kind: 'interval', value };
    }
    case 'current':
      return time(/date/i.test(of.name) ? startOfDay(now) : now, true);
    case 'unary': {
      const found = inner(of.value);
      return found?.kind === 'number' && of.op === '-' ? { ...found, value: -found.value } : found;
    }
    case 'at time zone':
      return inner(of.value);
    case 'arithmetic': {
      const [left, right] = [inner(of.left), inner(of.right)];
      if (!left || !right) return undefined;
      if (of.op === '||') return { kind: 'text', value: `${left.value}${right.value}` };
      const [a, b] = [Number(left.value), Number(right.value)];
      const value = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b }[of.op];
      return { ...left, value, isRelative: Boolean(left.isRelative || right.isRelative) };
    }
    case 'cast': {
      const found = inner(of.value);
      const type = of.type.type.kind;
      if (!found) return undefined;
      if (type === 'date' && found.kind === 'time')
        return { ...found, value: startOfDay(Number(found.value)) };
      if (type.startsWith('timestamp') || type === 'date')
        return found.kind === 'text' ? time(timeOf(String(found.value))) : found;
      return type === 'varchar' && found.kind === 'time'
        ? { kind: 'text', value: isoText(Number(found.value)).slice(0, 10) }
        : found;
    }
    case 'call':
      return called(of.name.toLowerCase(), of.args.map(inner), now);
    default:
      return undefined;
  }
}

const startOfDay = (at: number): number => Math.floor(at / DAY) * DAY;

function called(name: string, args: Array<Constant | undefined>, now: number): Constant | undefined {
  const [first, second, third] = args;
  switch (name) {
    case 'now':
      return { kind: 'time', value: now, isRelative: true };
    case 'from_iso8601_timestamp':
    case 'from_iso8601_date':
    case 'date_parse':
    case 'parse_datetime':
    case 'timestamp': {
      const value = first && timeOf(String(first.value));
      return value === undefined ? undefined : { kind: 'time', value };
    }
    case 'date':
      if (first?.kind === 'time') return { ...first, value: startOfDay(Number(first.value)) };
      return first && { kind: 'time', value: timeOf(String(first.value)) ?? 0 };
    case 'date_trunc':
      return second && { ...second, value: startOfDay(Number(second.value)) };
    case 'date_add': {
      if (!first || !second || !third) return undefined;
      const unit = UNITS[String(first.value).toLowerCase()] ?? 0;
      return { ...third, value: Number(third.value) + Number(second.value) * unit };
    }
    case 'date_format':
    case 'format_datetime':
    case 'to_iso8601': {
      if (first?.kind !== 'time') return undefined;
      return {
        kind: 'text',
        value: formatted(Number(first.value), String(second?.value ?? '')),
        isRelative: true,
      };
    }
    case 'lower':
      return first && { ...first, value: String(first.value).toLowerCase() };
    case 'concat':
      return args.every(arg => arg !== undefined)
        ? { kind: 'text', value: args.map(arg => arg!.value).join('') }
        : undefined;
    default:
      return undefined;
  }
}

/** Both MySQL's and Joda's letters. */
function formatted(at: number, pattern: string): string {
  const iso = isoText(at);
  if (pattern === '') return iso;
  const parts: Array<[RegExp, string]> = [
    [/%Y|yyyy|YYYY/g, iso.slice(0, 4)],
    [/%m|MM/g, iso.slice(5, 7)],
    [/%d|dd/g, iso.slice(8, 10)],
    [/%H|HH/g, iso.slice(11, 13)],
    [/%i|mm/g, iso.slice(14, 16)],
    [/%s|%S|ss/g, iso.slice(17, 19)],
    [/'/g, ''],
  ];
  return parts.reduce((text, [letters, value]) => text.replace(letters, value), pattern);
}
