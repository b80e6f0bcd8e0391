/** The box that takes whatever somebody has: it says what the thing is and opens the view for it. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { AnswerError } from '../../answer-error.js';
import type { Seed, SeedView } from '../../seed.js';
import { AskError, ask } from '../ask.js';
import { go } from '../place.js';
import { SEED_FIELD } from './keys.js';
import { ErrorNote } from './notes.js';
import './seed.css';
import { LogText } from './text.js';

/** Milliseconds after the last key before the server is asked. */
const PAUSE = 150;

/** Long: the box, its list and its keys share what is typed. */
export function SeedBox() {
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [found, setFound] = useState<Seed>();
  const [at, setAt] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState<AnswerError>();
  useEffect(() => {
    if (text.trim() === '') return setFound(undefined);
    const gone = new AbortController();
    const timer = setTimeout(() => {
      ask<Seed>('seed', { text }, gone.signal).then(
        ({ answer }) => {
          setFound(answer);
          setAt(0);
          setError(undefined);
        },
        reason => !gone.signal.aborted && setError(errorOf(reason)),
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [text]);
  const open = (view: SeedView): void => {
    setOpen(false);
    setText('');
    box.current?.blur();
    go({ page: view.page, options: view.options });
    document.getElementById('main')?.focus();
  };
  const openBest = async (): Promise<void> => {
    if (text.trim() === '') return;
    try {
      const isKnown = found !== undefined && found.text === text.trim();
      const { views } = isKnown ? found : (await ask<Seed>('seed', { text })).answer;
      const view = views[isKnown ? at : 0];
      if (view) open(view);
    } catch (reason) {
      setError(errorOf(reason));
    }
  };
  const views = found && isOpen && found.text === text.trim() ? found.views : [];
  return (
    <search class="seed">
      <form
        onSubmit={event => {
          event.preventDefault();
          void openBest();
        }}
      >
        <input
          ref={box}
          id={SEED_FIELD}
          type="text"
          role="combobox"
          aria-label="Go to an address, key, ARN, id, bucket or text"
          aria-expanded={views.length > 0}
          aria-controls="seed-views"
          aria-autocomplete="list"
          aria-activedescendant={views.length > 0 ? `seed-view-${at}` : undefined}
          placeholder="address, key, ARN, id, bucket, text (g)"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={event => {
            setText(event.currentTarget.value);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              // The first closes the list, the next one leaves the field.
              if (views.length > 0) event.preventDefault();
              setOpen(false);
            } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
              event.preventDefault();
              setOpen(true);
              const by = event.key === 'ArrowDown' ? 1 : -1;
              if (views.length > 0) setAt((at + by + views.length) % views.length);
            }
          }}
        />
        <div class="seed-found" hidden={views.length === 0 && !error}>
          <ErrorNote error={error} />
          {views.length > 0 && <p role="status">{found!.isA.join(', ')}</p>}
          <div role="listbox" id="seed-views" aria-label="Views">
            {views.map((view, i) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus, and its arrow keys choose
              // biome-ignore lint/a11y/useKeyWithClickEvents: see above
              <div
                key={`${view.page} ${view.title}`}
                id={`seed-view-${i}`}
                role="option"
                aria-selected={i === at}
                onMouseDown={event => event.preventDefault()}
                onClick={() => open(view)}
              >
                {view.title}{' '}
                <span class="absent">
                  <LogText value={Object.values(view.options).flat().join(' ')} most={60} />
                </span>
              </div>
            ))}
          </div>
        </div>
      </form>
    </search>
  );
}

const errorOf = (reason: unknown): AnswerError =>
  reason instanceof AskError ? reason.reason : { code: 'FAILED', message: String(reason) };
