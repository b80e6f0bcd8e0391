/** Binds expressions: names become columns, every node gets its type, and what Trino refuses is refused in its words. */

import type { Expression } from '../parse/ast.js';
import { BIGINT, BOOLEAN, commonType, DOUBLE, INTEGER, isText, typeText, VARBINARY } from '../types.js';
import type { Bound } from './bound.js';
import { bindCall } from './call.js';
import { bindCast } from './cast.js';
import { constant, fold, NULL } from './coerce.js';
import { bindField } from './field.js';
import { bindGrouping } from './group.js';
import { bindJson, bindJsonArray, bindJsonObject } from './json.js';
import { current, interval, parameter, typedLiteral } from './literal.js';
import {
  bindArithmetic,
  bindBetween,
  bindCase,
  bindComparison,
  bindDistinct,
  bindIn,
  bindLike,
  bindUnary,
} from './operators.js';
import { callFunction } from './overload.js';
import { type Binding, bind, expressionKey } from './scope.js';
import { bindExists, bindInQuery, bindQuantified, bindSubquery } from './subquery.js';
import { bindBoolean, joinTypes } from './typing.js';

/**
 * Binds an expression.
 * @throws SqlError whatever Trino says of it
 */
export function bindExpression(node: Expression, binding: Binding): Bound {
  const { group } = binding;
  if (group) {
    const key = group.keys.get(expressionKey(binding, node));
    if (key) return key;
  }
  return fold(bindNode(node, binding));
}

/** Long: one line or two for each kind of expression. */
function bindNode(node: Expression, binding: Binding): Bound {
  const { context } = binding;
  switch (node.kind) {
    case 'null':
      return NULL;
    case 'boolean':
      return constant(node.value, BOOLEAN);
    case 'string':
      return constant(node.value, { kind: 'varchar', length: Array.from(node.value).length });
    case 'binary':
      return constant(node.value, VARBINARY);
    case 'integer':
      if (node.value > 9223372036854775807n)
        context.fail(node.at, 'INVALID_LITERAL', `Invalid numeric literal: ${node.value}`);
      return constant(node.value, node.value <= 2147483647n ? INTEGER : BIGINT);
    case 'double':
      return constant(node.value, DOUBLE);
    case 'typed literal':
      return typedLiteral(node, binding);
    case 'interval':
      return interval(node, binding);
    case 'parameter':
      return parameter(node, binding);
    case 'identifier':
    case 'field':
      return bindField(node, binding);
    case 'call':
      return bindCall(node, binding);
    case 'json':
      return bindJson(node, binding);
    case 'json object':
      return bindJsonObject(node, binding);
    case 'json array':
      return bindJsonArray(node, binding);
    case 'cast':
      return bindCast(node, binding);
    case 'extract':
      return extract(node, binding);
    case 'current':
      return current(node, binding);
    case 'unary':
      return bindUnary(node, binding);
    case 'arithmetic':
      return bindArithmetic(node, binding);
    case 'comparison':
      return bindComparison(node, binding);
    case 'quantified':
      return bindQuantified(node, binding);
    case 'between':
      return bindBetween(node, binding);
    case 'in list':
      return bindIn(node, binding);
    case 'in query':
      return bindInQuery(node, binding);
    case 'like':
      return bindLike(node, binding);
    case 'is null':
      return { kind: 'is null', type: BOOLEAN, value: nullable(bind(node.value, binding)) };
    case 'is distinct':
      return bindDistinct(node, binding);
    case 'and':
    case 'or':
      return {
        kind: node.kind,
        type: BOOLEAN,
        terms: node.terms.map(term =>
          bindBoolean(
            term,
            binding,
            type => `Logical expression term must evaluate to a boolean (actual: ${type})`,
          ),
        ),
      };
    case 'not':
      return {
        kind: 'not',
        type: BOOLEAN,
        value: bindBoolean(
          node.value,
          binding,
          type => `Value of logical NOT expression must evaluate to a boolean (actual: ${type})`,
        ),
      };
    case 'case':
      return bindCase(node, binding);
    case 'lambda':
      return context.fail(
        node.at,
        'TYPE_MISMATCH',
        'Lambda expression should always be used inside a function',
      );
    case 'array': {
      const { type, bound } = joinTypes(
        node.elements,
        binding,
        'All ARRAY elements must be the same type or coercible to a common type.',
      );
      return { kind: 'list', type: { kind: 'array', element: type }, elements: bound };
    }
    case 'row':
      return row(node, binding);
    case 'subscript':
      return subscript(node, binding);
    case 'subquery':
      return bindSubquery(node, binding);
    case 'exists':
      return bindExists(node, binding);
    case 'at time zone':
      return atTimeZone(node, binding);
    case 'grouping':
      return bindGrouping(node, binding);
  }
}

function atTimeZone({ value, zone }: Expression & { kind: 'at time zone' }, binding: Binding): Bound {
  const { type } = bind(value, binding);
  if (!/^(time|timestamp|unknown)/.test(type.kind))
    return binding.context.fail(
      value.at,
      'TYPE_MISMATCH',
      `Type of value must be a time or timestamp with or without time zone (actual ${typeText(type)})`,
    );
  return callFunction('at_timezone', value.at, [value, zone], binding);
}

/** The function that gives each field of EXTRACT. */
const FIELDS: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  day: 'day',
  day_of_month: 'day',
  day_of_week: 'day_of_week',
  dow: 'day_of_week',
  day_of_year: 'day_of_year',
  doy: 'day_of_year',
  year_of_week: 'year_of_week',
  yow: 'year_of_week',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  timezone_hour: 'timezone_hour',
  timezone_minute: 'timezone_minute',
};

function extract({ at, field, value }: Expression & { kind: 'extract' }, binding: Binding): Bound {
  const name = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (!name) return binding.context.fail(at, 'SYNTAX_ERROR', `Invalid EXTRACT field: ${field}`);
  const { type } = bind(value, binding);
  const isTime = /^(date|time|interval|unknown)/.test(type.kind);
  const isDayOnly =
    type.kind === 'date' && ['hour', 'minute', 'second', 'timezone_hour', 'timezone_minute'].includes(name);
  if (!isTime || isDayOnly)
    return binding.context.fail(
      value.at,
      'TYPE_MISMATCH',
      `Cannot extract ${field.toUpperCase()} from ${typeText(type)}`,
      isText(type) ? 'from_iso8601_timestamp(eventtime) makes a time of a text' : undefined,
    );
  return callFunction(name, at, [value], binding);
}

function row({ elements, names }: Expression & { kind: 'row' }, binding: Binding): Bound {
  const bound = elements.map(element => bind(element, binding));
  return {
    kind: 'list',
    type: { kind: 'row', fields: bound.map(({ type }, i) => ({ name: names?.[i]?.name, type })) },
    elements: bound,
  };
}

function subscript({ at, base, index }: Expression & { kind: 'subscript' }, binding: Binding): Bound {
  const of = bind(base, binding);
  const by = bind(index, binding);
  if (of.type.kind === 'row') {
    const place = by.kind === 'constant' && typeof by.value === 'bigint' ? Number(by.value) : 0;
    const field = of.type.fields[place - 1];
    if (by.kind !== 'constant')
      binding.context.fail(
        index.at,
        'EXPRESSION_NOT_CONSTANT',
        'Subscript expression on ROW requires a constant index',
      );
    if (!field)
      binding.context.fail(
        index.at,
        'INVALID_FUNCTION_ARGUMENT',
        place < 1
          ? `Invalid subscript index: ${place}. ROW indices start at 1`
          : `Subscript index out of bounds: ${place}, max value is ${of.type.fields.length}`,
      );
    return { kind: 'field', type: field.type, base: of, index: place - 1 };
  }
  const isKey = of.type.kind === 'map' && commonType(of.type.key, by.type) !== undefined;
  if (of.type.kind !== 'array' && !isKey)
    binding.context.fail(
      base.at,
      'TYPE_MISMATCH',
      `Cannot use ${typeText(by.type)} for subscript of ${typeText(of.type)}`,
    );
  return callFunction('$subscript', at, [base, index], binding);
}

/** What IS NULL asks of: of an access log's column whether its line has a value, though a `-` is a text. */
const nullable = (value: Bound): Bound =>
  value.kind === 'leaf' && value.whetherNull !== undefined ? { ...value, sql: value.whetherNull } : value;
