/** A table of rows that are all there; the list of events has one of its own. */

import type { ComponentChildren } from 'preact';
import type { QuestionName } from '../../questions.js';
import { exportAddress, type Options } from '../ask.js';
import { Cell } from './cell.js';

export interface TableColumn<T> {
  name: string;
  /** Its heading. Default: its name. */
  title?: string;
  /** What stands in it. Default: the member of its name as text of a log. */
  cell?: (row: T) => ComponentChildren;
  isNumber?: boolean;
}

export function Table<T extends object>({
  columns,
  rows,
  label,
}: {
  columns: ReadonlyArray<TableColumn<T>>;
  rows: readonly T[];
  /** What it is, for who does not see it. */
  label: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys
    <section class="scroll" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name, title, isNumber }) => (
              <th key={name} scope="col" class={isNumber ? 'number' : undefined}>
                {title ?? name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {columns.map(({ name, cell, isNumber }) => (
                <td key={name} class={isNumber ? 'number' : undefined}>
                  {cell ? cell(row) : <Cell value={(row as Record<string, unknown>)[name]} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Links to all rows of a question as files; an answer of several tables is no CSV. */
export function Exports({
  question,
  options,
  isTable = true,
}: {
  question: QuestionName;
  options: Options;
  isTable?: boolean;
}) {
  return (
    <span class="exports">
      {isTable && (
        <a href={exportAddress(question, 'csv', options)} download>
          CSV
        </a>
      )}{' '}
      <a href={exportAddress(question, 'json', options)} download>
        JSON
      </a>
    </span>
  );
}
