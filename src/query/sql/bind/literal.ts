/** Literals, parameters, and what is the time: `DATE '…'`, `INTERVAL '…' DAY`, `?`, CURRENT_DATE. */

import { castFunction } from '../cast/cast.js';
import { SqlError } from '../errors.js';
import type { Expression } from '../parse/ast.js';
import { parseAddress, parsePrefix } from '../text/address.js';
import { type IntervalField, intervalLiteral, isIntervalRange } from '../time/interval.js';
import { literalTimestampType, literalTimeType, parseTimeText } from '../time/text.js';
import { namedType } from '../type-name.js';
import {
  DATE,
  DAY_TO_SECOND,
  type Type,
  timestamp,
  timestampTz,
  typeText,
  VARCHAR,
  YEAR_TO_MONTH,
} from '../types.js';
import type { Value } from '../values.js';
import type { Bound } from './bound.js';
import { constant } from './coerce.js';
import { callFunction } from './overload.js';
import type { Binding } from './scope.js';

export function parameter({ at, index }: Expression & { kind: 'parameter' }, { context }: Binding): Bound {
  const value = context.parameters[index];
  if (!value)
    return context.fail(
      at,
      'INVALID_PARAMETER_USAGE',
      `Incorrect number of parameters: expected at least ${index + 1} but found ${context.parameters.length}`,
      'give the value of each ? with `parameters`',
    );
  return value;
}

export function typedLiteral(
  { at, type, typeNode, text }: Expression & { kind: 'typed literal' },
  binding: Binding,
): Bound {
  const { context } = binding;
  const bad = (): never =>
    context.fail(
      at,
      'INVALID_LITERAL',
      `'${text}' is not a valid ${(type || typeText(typeNode!.type)).toUpperCase()} literal`,
    );
  const given = (of: Type, value: Value | undefined): Bound =>
    value === undefined ? bad() : constant(value, of);
  switch (type) {
    case 'timestamp':
    case 'time': {
      const of = type === 'time' ? literalTimeType(text) : literalTimestampType(text);
      return given(of, parseTimeText(text, of, true));
    }
    case 'date':
      return given(DATE, parseTimeText(text, DATE, true));
    case 'ipaddress':
      return given(namedType('ipaddress'), parseAddress(text));
    case 'ipprefix':
      return given(namedType('ipprefix'), parsePrefix(text));
    case 'char':
      return constant(text, { kind: 'char', length: Array.from(text).length });
    case 'varchar':
      return constant(text, VARCHAR);
    case 'decimal':
      return decimalLiteral(text) ?? bad();
    case 'json':
      return callFunction('json_parse', at, [{ kind: 'string', at, value: text }], binding);
    default:
  }
  let of: Type;
  try {
    of = typeNode?.type ?? namedType(type);
  } catch {
    return context.fail(at, 'TYPE_NOT_FOUND', `Unknown type: ${type}`);
  }
  const run = castFunction(VARCHAR, of, context.session);
  if (!run) return context.fail(at, 'INVALID_LITERAL', `No literal form for type ${typeText(of)}`);
  try {
    return constant(run(text), of);
  } catch (error) {
    if (error instanceof SqlError) bad();
    throw error;
  }
}

function decimalLiteral(text: string): Bound | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.trim());
  if (!found || (!found[2] && !found[3])) return undefined;
  const scale = found[3]?.length ?? 0;
  const digits = `${found[2]}${found[3] ?? ''}`;
  const whole = found[2]!.replace(/^0+/, '').length;
  const precision = Math.max(1, whole + scale);
  if (precision > 38) return undefined;
  return constant(BigInt(`${digits}`) * (found[1] === '-' ? -1n : 1n), { kind: 'decimal', precision, scale });
}

export function interval(
  { at, text, isNegative, from, to }: Expression & { kind: 'interval' },
  { context }: Binding,
): Bound {
  if (to && !isIntervalRange(from as IntervalField, to as IntervalField))
    return context.fail(
      at,
      'INVALID_LITERAL',
      `Invalid interval qualifier: ${from.toUpperCase()} TO ${to.toUpperCase()}`,
    );
  const value = intervalLiteral(text, from as IntervalField, to as IntervalField | undefined);
  if (value === undefined)
    return context.fail(
      at,
      'INVALID_LITERAL',
      `Invalid INTERVAL ${[from, to].filter(Boolean).join(' TO ').toUpperCase()} value: ${text}`,
    );
  const type = from === 'year' || from === 'month' ? YEAR_TO_MONTH : DAY_TO_SECOND;
  return constant(isNegative ? -value : value, type);
}

const DAY_MICROS = 86_400_000_000n;

export function current(
  { at, name, precision }: Expression & { kind: 'current' },
  { context }: Binding,
): Bound {
  const { now, zone } = context.session;
  if (precision !== undefined && precision > 6)
    context.fail(at, 'NOT_SUPPORTED', `${name}(${precision}): times have at most 6 digits of a second here`);
  const exact = precision ?? 3;
  const step = 10n ** BigInt(6 - exact);
  const micros = (now / step) * step;
  switch (name) {
    case 'current_date':
      return constant(Number(now / DAY_MICROS), DATE);
    case 'current_timestamp':
      return constant({ micros, zone }, timestampTz(exact));
    case 'localtimestamp':
      return constant(micros, timestamp(exact));
    case 'current_time':
      return constant(
        { micros: micros % DAY_MICROS, zone: '+00:00' },
        { kind: 'time with time zone', precision: exact },
      );
    case 'localtime':
      return constant(micros % DAY_MICROS, { kind: 'time', precision: exact });
    case 'current_catalog':
      return constant('awsdatacatalog', VARCHAR);
    case 'current_schema':
      return constant('default', VARCHAR);
    default:
      return constant('offtrail', VARCHAR);
  }
}
