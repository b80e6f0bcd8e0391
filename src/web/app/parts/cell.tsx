/** A value in a table that may have many columns: a short one stays in one line, a long one has room. */

import { LogText } from './text.js';
import './cell.css';

const SHORT = 32;
const LONG = 200;

export function Cell({ value }: { value: unknown }) {
  const length = String(value ?? '').length;
  return (
    <span class={length <= SHORT ? 'cell-short' : length <= LONG ? 'cell-long' : 'cell-longest'}>
      <LogText value={value} />
    </span>
  );
}
