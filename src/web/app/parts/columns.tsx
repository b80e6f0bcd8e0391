/** A button that opens the choice of a list's columns. */

import { useRef, useState } from 'preact/hooks';
import './columns.css';
import { distinct, plainName } from './columns-names.js';
import { resetWidths } from './columns-widths.js';
import { LogText } from './text.js';

interface Choice {
  /** Names of the columns that are shown, in their order. */
  chosen: readonly string[];
  /** Undefined for those that are shown unless somebody chooses. */
  onChoose(columns: readonly string[] | undefined): void;
}

export function ColumnsButton({ all, chosen, onChoose }: Choice & { all: readonly string[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" onClick={() => dialog.current!.showModal()}>
        Columns …
      </button>
      <dialog ref={dialog} class="columns" aria-labelledby="columns-title">
        <h2 id="columns-title">Columns</h2>
        <ChosenColumns {...{ chosen, onChoose }} />
        <OfferedColumns {...{ all, chosen, onChoose }} />
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
      </dialog>
    </>
  );
}

/** The columns in their order, each to be moved. */
function ChosenColumns({ chosen, onChoose }: Choice) {
  const move = (at: number, by: number): void => {
    const moved = [...chosen];
    moved.splice(at + by, 0, ...moved.splice(at, 1));
    onChoose(moved);
  };
  return (
    <ol aria-label="Columns that are shown">
      {chosen.map((name, at) => (
        <li key={name}>
          <LogText value={name} />
          <button type="button" class="small" disabled={at === 0} onClick={() => move(at, -1)}>
            <span aria-hidden="true">←</span>
            <span class="hidden">
              <LogText value={name} /> to the left
            </span>
          </button>
          <button type="button" class="small" disabled={at === chosen.length - 1} onClick={() => move(at, 1)}>
            <span aria-hidden="true">→</span>
            <span class="hidden">
              <LogText value={name} /> to the right
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** All columns there are, by a part of their name. */
function OfferedColumns({ all, chosen, onChoose }: Choice & { all: readonly string[] }) {
  const [text, setText] = useState('');
  const isSame = (one: string, other: string): boolean => plainName(one) === plainName(other);
  const isChosen = (name: string): boolean => chosen.some(one => isSame(one, name));
  const toggle = (name: string): void =>
    onChoose(isChosen(name) ? chosen.filter(one => !isSame(one, name)) : [...chosen, name]);
  const offered = distinct(all).filter(name => plainName(name).includes(plainName(text)));
  return (
    <>
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
    </>
  );
}
