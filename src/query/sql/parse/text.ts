/** An expression as text again, as Trino's messages show it: names in lower case, no needless spaces. */

import type { Expression, SortItem } from './ast.js';

const list = (nodes: readonly Expression[]): string => nodes.map(expressionText).join(', ');
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Long: a line for each kind of expression. */
export function expressionText(node: Expression): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    case 'string':
      return quoted(node.value);
    case 'binary':
      return `X'${node.value.toString('hex').toUpperCase()}'`;
    case 'integer':
    case 'double':
      return String(node.value);
    case 'typed literal':
      return `${node.type.toUpperCase()} ${quoted(node.text)}`;
    case 'interval':
      return `INTERVAL ${node.isNegative ? '-' : ''}${quoted(node.text)} ${node.from.toUpperCase()}${node.to ? ` TO ${node.to.toUpperCase()}` : ''}`;
    case 'parameter':
      return '?';
    case 'identifier':
      return node.isQuoted ? `"${node.written}"` : node.name;
    case 'field':
      return `${expressionText(node.base)}.${node.field.isQuoted ? `"${node.field.written}"` : node.field.name}`;
    case 'call': {
      const args = node.isStar ? '*' : `${node.isDistinct ? 'DISTINCT ' : ''}${list(node.args)}`;
      const order = node.orderBy?.length ? ` ORDER BY ${node.orderBy.map(sortText).join(', ')}` : '';
      const filter = node.filter ? ` FILTER (WHERE ${expressionText(node.filter)})` : '';
      return `${node.name}(${args}${order})${filter}${node.over ? ' OVER ()' : ''}`;
    }
    case 'json':
      return `${node.function.toUpperCase()}(${expressionText(node.input)}, ${quoted(node.path)})`;
    case 'json object':
      return 'JSON_OBJECT(…)';
    case 'json array':
      return `JSON_ARRAY(${list(node.elements)})`;
    case 'cast':
      return `${node.isSafe ? 'TRY_CAST' : 'CAST'}(${expressionText(node.value)} AS …)`;
    case 'extract':
      return `EXTRACT(${node.field.toUpperCase()} FROM ${expressionText(node.value)})`;
    case 'current':
      return node.name.toUpperCase();
    case 'unary':
      return `${node.op}${expressionText(node.value)}`;
    case 'arithmetic':
    case 'comparison':
      return `(${expressionText(node.left)} ${node.op} ${expressionText(node.right)})`;
    case 'quantified':
      return `(${expressionText(node.left)} ${node.op} ${node.quantifier.toUpperCase()} (…))`;
    case 'between':
      return `(${expressionText(node.value)} BETWEEN ${expressionText(node.low)} AND ${expressionText(node.high)})`;
    case 'in list':
      return `(${expressionText(node.value)} IN (${list(node.list)}))`;
    case 'in query':
      return `(${expressionText(node.value)} IN (…))`;
    case 'like':
      return `(${expressionText(node.value)} LIKE ${expressionText(node.pattern)})`;
    case 'is null':
      return `(${expressionText(node.value)} IS NULL)`;
    case 'is distinct':
      return `(${expressionText(node.left)} IS DISTINCT FROM ${expressionText(node.right)})`;
    case 'and':
    case 'or':
      return `(${node.terms.map(expressionText).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `(NOT ${expressionText(node.value)})`;
    case 'case':
      return `(CASE${node.whens.map(({ when, result }) => ` WHEN ${expressionText(when)} THEN ${expressionText(result)}`).join('')}${node.otherwise ? ` ELSE ${expressionText(node.otherwise)}` : ''} END)`;
    case 'lambda':
      return `(${node.parameters.map(({ name }) => name).join(', ')}) -> ${expressionText(node.body)}`;
    case 'array':
      return `ARRAY[${list(node.elements)}]`;
    case 'row':
      return `ROW (${list(node.elements)})`;
    case 'subscript':
      return `${expressionText(node.base)}[${expressionText(node.index)}]`;
    case 'subquery':
      return '(…)';
    case 'exists':
      return '(EXISTS (…))';
    case 'at time zone':
      return `${expressionText(node.value)} AT TIME ZONE ${expressionText(node.zone)}`;
    case 'grouping':
      return `GROUPING (${list(node.columns)})`;
  }
}

const sortText = ({ value, isDescending }: SortItem): string =>
  `${expressionText(value)} ${isDescending ? 'DESC' : 'ASC'} NULLS LAST`;
