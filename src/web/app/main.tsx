/** The page: what is always there, and the page that the address names. */

import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { readStart } from './ask.js';
import './app.css';
import { holdFocus } from './focus.js';
import { PAGES } from './pages.js';
import { Keys } from './parts/keys.js';
import { Copy, ErrorNote, IncompleteNote } from './parts/notes.js';
import { SeedBox } from './parts/seed.js';
import { ZoneSelect } from './parts/time.js';
import { addressOf, go, place, placeOf } from './place.js';

const started = readStart();
const start = 'start' in started ? started.start : undefined;

function App() {
  const { page, options } = place.value;
  const entry = PAGES.find(({ name }) => name === page);
  useEffect(() => {
    document.title = `${entry?.title ?? 'no such page'} – offtrail`;
  }, [entry]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <a class="brand" href="/">
          offtrail
        </a>
        <nav aria-label="Pages">
          {PAGES.filter(({ isInMenu }) => isInMenu).map(({ name, title }) => (
            <a
              key={name}
              href={addressOf({ page: name, options: {} })}
              aria-current={name === page ? 'page' : undefined}
            >
              {title}
            </a>
          ))}
        </nav>
        <SeedBox />
        <ZoneSelect />
      </header>
      <main id="main" tabIndex={-1}>
        {start && <IncompleteNote />}
        {'error' in started && <ErrorNote error={started.error} />}
        {!entry && <p class="note error">There is no such page. The menu has those there are.</p>}
        {start && entry && <entry.Component key={page} start={start} options={options} />}
      </main>
      <footer>
        {start && (
          <>
            offtrail {start.version} · {start.index} · <a href="/licenses.txt">licences</a> <Keys />
            {start.setting && (
              <>
                {' '}
                · commands ask it after <code>{start.setting}</code>{' '}
                <Copy text={start.setting} what="what names the index" />
              </>
            )}
          </>
        )}
      </footer>
    </>
  );
}

/** Links between pages need no new document. */
document.addEventListener('click', event => {
  const link = (event.target as Element | null)?.closest('a');
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.hasAttribute('download'))
    return;
  const { origin, pathname, href } = new URL(link.href);
  const isPage = PAGES.some(({ name }) => `/${name}` === pathname) || pathname === '/';
  if (origin !== location.origin || !isPage || new URL(href).hash) return;
  event.preventDefault();
  go(placeOf(href));
});

const app = document.getElementById('app')!;
holdFocus(app);
render(<App />, app);
