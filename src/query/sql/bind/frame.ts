/** The frame of a window: its two ends. */

import type { FrameBound, WindowSpec } from '../parse/ast.js';
import { isNumber, isWhole, type Type, typeText } from '../types.js';
import { type Binding, bind } from './scope.js';

const BOUND_ORDER = ['unbounded preceding', 'preceding', 'current row', 'following', 'unbounded following'];

/** Refuses frames whose ends are the wrong way round. */
export function checkFrame({ at, from, to }: NonNullable<WindowSpec['frame']>, { context }: Binding): void {
  const fail = (sentence: string): never => context.fail(at, 'INVALID_WINDOW_FRAME', sentence);
  if (from.kind === 'unbounded following') fail('Window frame start cannot be UNBOUNDED FOLLOWING');
  if (to?.kind === 'unbounded preceding') fail('Window frame end cannot be UNBOUNDED PRECEDING');
  const name = (kind: string): string => kind.replace('unbounded ', '').toUpperCase();
  const end = to?.kind ?? 'current row';
  if (BOUND_ORDER.indexOf(from.kind) > BOUND_ORDER.indexOf(end))
    fail(`Window frame starting from ${name(from.kind)} cannot end with ${name(end)}`);
}

/** SQL of one end of a frame. @param key type of what a RANGE sorts by */
export function frameSql({ kind, value }: FrameBound, key: Type | undefined, binding: Binding): string {
  if (!value) return kind.toUpperCase();
  const { context } = binding;
  const bound = bind(value, binding);
  const offset = bound.kind === 'constant' ? bound.value : undefined;
  if (key === undefined) {
    if (!isWhole(bound.type))
      context.fail(
        value.at,
        'TYPE_MISMATCH',
        `Window frame ROWS or GROUPS offset must be exact numeric type with scale 0 (actual: ${typeText(bound.type)})`,
      );
  } else if (!isNumber(key) && bound.type.kind !== 'interval day to second')
    context.fail(
      value.at,
      'TYPE_MISMATCH',
      `Window frame RANGE value type (${typeText(bound.type)}) not compatible with sort item type (${typeText(key)})`,
    );
  if (typeof offset !== 'bigint' && typeof offset !== 'number')
    return context.fail(value.at, 'NOT_SUPPORTED', 'an offset of a window frame has to be a constant');
  if (offset < 0)
    context.fail(value.at, 'INVALID_WINDOW_FRAME', 'Window frame offset value must not be negative or null');
  return `${distance(offset, bound.type, key)} ${kind.toUpperCase()}`;
}

const MILLIS_A_DAY = 86_400_000n;

/** A distance in the unit of the stored values: an interval is milliseconds, a time microseconds, a date days. */
function distance(offset: bigint | number, type: Type, key: Type | undefined): string {
  if (type.kind !== 'interval day to second') return String(offset);
  return String(key?.kind === 'date' ? (offset as bigint) / MILLIS_A_DAY : (offset as bigint) * 1000n);
}
