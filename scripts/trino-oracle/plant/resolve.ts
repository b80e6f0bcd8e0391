/** Which field of a record an expression reads, and through which functions. */

import type { Expression } from '../../../src/query/sql/parse/ast.js';
import { constantOf } from './constant.js';
import {
  addressView,
  columnView,
  elementView,
  jsonView,
  memberView,
  numberView,
  sliced,
  through,
  timeView,
  type View,
} from './view.js';

/** What a relation gives to the scope of its query. */
export interface ScopeItem {
  alias?: string;
  /** Columns of a query or of UNNEST. */
  columns?: ReadonlyMap<string, View>;
  /** The number of a table of events. */
  table?: number;
}

export interface Scope {
  items: readonly ScopeItem[];
  /** Milliseconds since 1970. */
  now: number;
}

/** Undefined where the expression is more than a field read through functions that can be undone. */
export function viewOf(of: Expression, scope: Scope): View | undefined {
  switch (of.kind) {
    case 'identifier':
      return columnNamed(of.name, scope.items);
    case 'field': {
      const { base, field } = of;
      const qualified = base.kind === 'identifier' && scope.items.filter(item => item.alias === base.name);
      if (qualified && qualified.length > 0) return columnNamed(field.name, qualified);
      const view = viewOf(base, scope);
      return view && memberView(view, field.name);
    }
    case 'subscript': {
      const view = viewOf(of.base, scope);
      if (!view) return undefined;
      if (of.index.kind === 'integer') return elementView(view, Number(of.index.value) - 1);
      return of.index.kind === 'string' ? memberView(view, of.index.value) : undefined;
    }
    case 'cast': {
      const view = viewOf(of.value, scope);
      const { type } = of.type;
      if (!view) return undefined;
      if (type.kind === 'date' || type.kind.startsWith('timestamp')) return timeView(view);
      if (/int|double|real|decimal/.test(type.kind)) return numberView(view);
      return type.kind === 'ipaddress' ? addressView(view) : view;
    }
    case 'at time zone':
      return viewOf(of.value, scope);
    case 'call':
      return called(of.name.toLowerCase(), of.args, scope);
    default:
      return undefined;
  }
}

function columnNamed(name: string, items: readonly ScopeItem[]): View | undefined {
  for (const { columns, table } of items) {
    const found = columns?.get(name) ?? (table === undefined ? undefined : columnView(table, name));
    if (found) return found;
  }
  return undefined;
}

function called(name: string, args: readonly Expression[], scope: Scope): View | undefined {
  const view = args[0] && viewOf(args[0], scope);
  if (!view) return undefined;
  const constants = args.slice(1).map(arg => constantOf(arg, scope.now)?.value);
  const [first, second] = constants;
  switch (name) {
    case 'json_extract':
    case 'json_extract_scalar':
      return typeof first === 'string' ? jsonView(view, first) : undefined;
    case 'json_parse':
    case 'json_format':
    case 'trim':
    case 'coalesce':
    case 'try':
    case 'transform':
    case 'filter':
    case 'url_decode':
      return view;
    case 'lower':
      return through(
        view,
        'text',
        value => String(value).toLowerCase(),
        value => [value, value && upperFirst(String(value))],
      );
    case 'upper':
      return through(
        view,
        'text',
        value => String(value).toUpperCase(),
        value => [value, value && String(value).toLowerCase()],
      );
    case 'from_iso8601_timestamp':
    case 'from_iso8601_date':
    case 'date_parse':
    case 'parse_datetime':
    case 'date':
      return timeView(view);
    case 'to_unixtime':
      return through(
        timeView(view),
        'number',
        value => Number(value) / 1000,
        value => [Number(value) * 1000],
      );
    case 'substr':
    case 'substring':
      return typeof first === 'number' && first > 0
        ? sliced(view, first - 1, typeof second === 'number' ? first - 1 + second : 9999)
        : undefined;
    case 'element_at':
      if (typeof first === 'number') return elementView(view, first - 1);
      return typeof first === 'string' ? memberView(view, first) : undefined;
    case 'split_part':
      return typeof first === 'string' && typeof second === 'number' ? part(view, first, second) : undefined;
    default:
      return undefined;
  }
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const part = (view: View, separator: string, position: number): View => ({
  ...view,
  read: stored => view.read(stored)?.toString().split(separator)[position - 1] ?? null,
  write: (value, current) => {
    if (value === null) return [];
    const parts = String(view.read(current) ?? '').split(separator);
    while (parts.length < position) parts.push('x');
    parts[position - 1] = String(value);
    return view.write(parts.join(separator), current);
  },
});
