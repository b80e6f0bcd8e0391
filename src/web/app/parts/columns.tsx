/** Which columns a list has, and how wide they are. */

import { signal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import './columns.css';

const STORED = 'offtrail.widths';

/** Letters and digits of a name: `eventName` and `eventname` are one column. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The names without those that mean a column twice. */
export function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter(name => !seen.has(plainName(name)) && seen.add(plainName(name)));
}

/** A button that opens the choice of columns. */
export function ColumnsButton({
  all,
  chosen,
  standard,
  onChoose,
}: {
  all: readonly string[];
  chosen: readonly string[];
  /** Those that are shown unless somebody chooses. */
  standard: readonly string[];
  /** Undefined for those of the standard. */
  onChoose(columns: readonly string[] | undefined): void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const isChosen = (name: string): boolean => chosen.some(one => plainName(one) === plainName(name));
  const toggle = (name: string): void =>
    onChoose(isChosen(name) ? chosen.filter(one => plainName(one) !== plainName(name)) : [...chosen, name]);
  const move = (at: number, by: number): void => {
    const moved = [...chosen];
    moved.splice(at + by, 0, ...moved.splice(at, 1));
    onChoose(moved);
  };
  const offered = distinct(all).filter(name => plainName(name).includes(plainName(text)));
  return (
    <>
      <button type="button" onClick={() => dialog.current!.showModal()}>
        Columns …
      </button>
      <dialog ref={dialog} class="columns" aria-labelledby="columns-title">
        <h2 id="columns-title">Columns</h2>
        <ol aria-label="Columns that are shown">
          {chosen.map((name, at) => (
            <li key={name}>
              <span>{name}</span>
              <button
                type="button"
                class="small"
                disabled={at === 0}
                aria-label={`${name} to the left`}
                onClick={() => move(at, -1)}
              >
                ←
              </button>
              <button
                type="button"
                class="small"
                disabled={at === chosen.length - 1}
                aria-label={`${name} to the right`}
                onClick={() => move(at, 1)}
              >
                →
              </button>
            </li>
          ))}
        </ol>
        <input
          aria-label="Find a column"
          placeholder="find a column"
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
        <div class="offered">
          {offered.map(name => (
            <label key={name}>
              <input
                type="checkbox"
                checked={isChosen(name)}
                disabled={chosen.length === 1 && isChosen(name)}
                onChange={() => toggle(name)}
              />{' '}
              {name}
            </label>
          ))}
        </div>
        <p class="actions">
          <button type="button" onClick={() => onChoose(undefined)}>
            Standard columns
          </button>
          <button type="button" onClick={resetWidths}>
            Standard widths
          </button>
          <button type="button" onClick={() => dialog.current!.close()}>
            Close
          </button>
        </p>
        <p class="absent">Standard: {standard.join(', ')}</p>
      </dialog>
    </>
  );
}

/** Widths in rem. */
const STANDARD_WIDTHS: Readonly<Record<string, number>> = {
  eventTime: 12.5,
  eventName: 10.5,
  eventSource: 11,
  username: 11,
  sourceIPAddress: 10,
  accessKeyId: 12.5,
  errorCode: 9,
  resourceName: 18,
  eventID: 20,
};
const STANDARD_WIDTH = 11;
export const NARROWEST = 3;
export const WIDEST = 80;

const widths = signal<Readonly<Record<string, number>>>(storedWidths());

/** In rem. */
export const widthOf = (name: string): number =>
  widths.value[name] ?? STANDARD_WIDTHS[name] ?? STANDARD_WIDTH;

export function setWidth(name: string, width: number): void {
  const fitting = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)) * 4) / 4;
  keep({ ...widths.value, [name]: fitting });
}

const resetWidths = (): void => keep({});

function keep(chosen: Readonly<Record<string, number>>): void {
  widths.value = chosen;
  try {
    localStorage.setItem(STORED, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing shows them all the same.
  }
}

function storedWidths(): Readonly<Record<string, number>> {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(stored).filter(
        (entry): entry is [string, number] =>
          typeof entry[1] === 'number' && entry[1] >= NARROWEST && entry[1] <= WIDEST,
      ),
    );
  } catch {
    return {};
  }
}
