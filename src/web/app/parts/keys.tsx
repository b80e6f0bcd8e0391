/** Keys that a page understands, and the dialog that lists them. */

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import './keys.css';

export interface KeyEntry {
  /** As `KeyboardEvent.key` has them. */
  keys: readonly string[];
  does: string;
  /** What it does; where there is none the page does it by itself. */
  run?(): void;
}

/** The box for whatever somebody has, which a key goes to. */
export const SEED_FIELD = 'seed';

/** Keys of the page that is shown, besides those of all pages. */
const keysOfPage = signal<readonly KeyEntry[]>([]);

/** Adds keys while a component is there. */
export function useKeys(entries: readonly KeyEntry[]): void {
  useEffect(() => {
    keysOfPage.value = entries;
    return () => {
      keysOfPage.value = [];
    };
  }, []);
}

/** Listens to keys, but not where somebody writes or a dialog is open. */
export function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  const all: readonly KeyEntry[] = [
    ...keysOfPage.value,
    {
      keys: ['g'],
      does: 'go to the box for an address, key, ARN, id, bucket or text',
      run: () => document.getElementById(SEED_FIELD)!.focus(),
    },
    { keys: ['?'], does: 'show these keys', run: () => dialog.current!.showModal() },
    { keys: ['Escape'], does: 'close a dialog, leave a field' },
  ];
  const last = useRef(all);
  last.current = all;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog[open]')) return;
      const target = event.target as HTMLElement;
      if (target.matches('input, select, textarea')) {
        if (event.key === 'Escape') target.blur();
        return;
      }
      // Whoever resizes a column or presses a button means that.
      if (event.key.startsWith('Arrow') && target.matches('button')) return;
      const entry = last.current.find(({ keys }) => keys.includes(event.key));
      if (!entry?.run) return;
      event.preventDefault();
      entry.run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button type="button" class="small" onClick={() => dialog.current!.showModal()}>
        Keys
      </button>
      <dialog ref={dialog} class="keys" aria-labelledby="keys-title">
        <h2 id="keys-title">Keys</h2>
        <dl class="facts">
          {all.map(({ keys, does }) => (
            <>
              <dt key={does}>
                {keys.map(key => (
                  <kbd key={key}>{NAMES[key] ?? key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </>
          ))}
        </dl>
        <button type="button" onClick={() => dialog.current!.close()}>
          Close
        </button>
      </dialog>
    </>
  );
}

const NAMES: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };
