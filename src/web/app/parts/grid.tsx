/** A grid over time: a line for each place, a cell for each step; the arrow keys go from cell to cell. */

import { useState } from 'preact/hooks';
import './grid.css';
import { LogText } from './text.js';

export interface GridCell {
  /** Class of its colour, and the sign that says the same without colour. */
  look: string;
  sign: string;
  /** What it is, in words. */
  text: string;
}

export interface GridLine {
  label: string;
  /** By step. */
  cells: readonly GridCell[];
}

/** @param steps the beginning of each step, as text */
export function Grid({
  label,
  lines,
  steps,
}: {
  label: string;
  lines: readonly GridLine[];
  steps: readonly string[];
}) {
  const [[y, x], setPlace] = useState<readonly [number, number]>([0, 0]);
  const [isTouched, setTouched] = useState(false);
  const line = lines[Math.min(y, lines.length - 1)];
  const cell = line?.cells[Math.min(x, steps.length - 1)];
  const show = (to: readonly [number, number]): void => {
    setPlace(to);
    setTouched(true);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = moved([y, x], event.key, [lines.length - 1, steps.length - 1]);
    if (!to) return;
    event.preventDefault();
    show(to);
    const table = event.currentTarget as HTMLTableElement;
    (table.tBodies[0]!.rows[to[0]]!.cells[to[1] + 1] as HTMLElement).focus();
  };
  return (
    <>
      <p class="grid-detail" role="status">
        {isTouched && line && cell ? (
          <>
            <LogText value={`${line.label} · ${steps[Math.min(x, steps.length - 1)]}`} />: {cell.text}
          </>
        ) : (
          'Point to a cell, or go there with the arrow keys, to read what is there.'
        )}
      </p>
      <div class="grid-scroll">
        <table
          class={`grid ${steps.length <= FEW ? 'grid-wide' : ''}`}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells take the focus is a grid
          role="grid"
          aria-label={label}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <th scope="col">place</th>
              <Marks steps={steps} />
            </tr>
          </thead>
          <tbody>
            {lines.map((one, row) => (
              <tr key={one.label}>
                <th scope="row">
                  <LogText value={one.label} />
                </th>
                {one.cells.map(({ look, sign, text }, column) => (
                  <td
                    key={column}
                    class={`cell ${look}`}
                    tabIndex={row === y && column === x ? 0 : -1}
                    aria-label={`${steps[column]}: ${text}`}
                    onFocus={() => show([row, column])}
                    onMouseEnter={() => show([row, column])}
                  >
                    {sign}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Steps that have room for wide cells. */
const FEW = 40;

/** Cells of a heading. */
const HEADING = 10;

/** The beginning of every tenth step. */
function Marks({ steps }: { steps: readonly string[] }) {
  const count = Math.ceil(steps.length / HEADING);
  return (
    <>
      {Array.from({ length: count }, (_, i) => {
        const width = Math.min(HEADING, steps.length - i * HEADING);
        // There is no room for a time above a few steps.
        if (width < HEADING && count > 1) return <td key={i} colSpan={width} />;
        return (
          <th key={i} scope="colgroup" colSpan={width}>
            {steps[i * HEADING]!.slice(0, 16).replace('T', ' ')}
          </th>
        );
      })}
    </>
  );
}

/** Where a key leads to. */
function moved(
  [y, x]: readonly [number, number],
  key: string,
  [lastLine, lastStep]: readonly [number, number],
): readonly [number, number] | undefined {
  const within = (value: number, last: number): number => Math.max(0, Math.min(value, last));
  switch (key) {
    case 'ArrowLeft':
      return [y, within(x - 1, lastStep)];
    case 'ArrowRight':
      return [y, within(x + 1, lastStep)];
    case 'ArrowUp':
      return [within(y - 1, lastLine), x];
    case 'ArrowDown':
      return [within(y + 1, lastLine), x];
    case 'Home':
      return [y, 0];
    case 'End':
      return [y, lastStep];
    default:
      return undefined;
  }
}
