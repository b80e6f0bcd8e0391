/** A record as formatted JSON, foldable, with a search in it. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { printable } from '../../../output/escape.js';
import { change, first, place } from '../place.js';
import {
  findIn,
  foldedAround,
  foldedAtFirst,
  type JsonHit,
  type JsonLine,
  jsonLines,
  LONGEST_WANTED,
  MOST_HITS,
  visibleLines,
} from './json-lines.js';
import './json.css';
import { LogText } from './text.js';

/** Lines that are shown at a time; a button shows more. */
const AT_ONCE = 1000;
/** Levels that are indented. */
const DEEPEST = 24;
/** Longest line that is shown whole before anybody asks. */
const LONG = 2000;

export function JsonView({ json, label }: { json: string; label: string }) {
  const lines = useMemo(() => jsonLines(json), [json]);
  const [folded, setFolded] = useState<ReadonlySet<number>>(() => foldedAtFirst(lines));
  const [most, setMost] = useState(AT_ONCE);
  const [at, setAt] = useState(0);
  const wanted = first(place.value.options, 'find') ?? '';
  const hits = useMemo(() => findIn(lines, wanted), [lines, wanted]);
  const current = hits.length > 0 ? hits[at % hits.length] : undefined;
  const hitsOf = useMemo(() => byLine(hits), [hits]);
  // What hides the current hit gives way.
  const around = current ? foldedAround(lines, folded, current.line) : [];
  const shownFolds = around.length > 0 ? new Set([...folded].filter(one => !around.includes(one))) : folded;
  const visible = useMemo(() => visibleLines(lines, shownFolds), [lines, shownFolds]);
  const needed = current ? visible.indexOf(current.line) + 1 : 0;
  const shown = visible.slice(0, Math.max(most, needed));
  const fold = (line: number): void => {
    const next = new Set(shownFolds);
    if (!next.delete(line)) next.add(line);
    setFolded(next);
  };
  return (
    <div class="json">
      <Find wanted={wanted} hits={hits} at={hits.length > 0 ? at % hits.length : 0} go={setAt} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys */}
      <section class="lines" tabIndex={0} aria-label={label}>
        {shown.map(i => (
          <Line
            key={i}
            line={lines[i]!}
            hits={hitsOf.get(i)}
            current={current?.line === i ? current : undefined}
            isFolded={shownFolds.has(i)}
            onFold={() => fold(i)}
          />
        ))}
      </section>
      {shown.length < visible.length && (
        <button type="button" onClick={() => setMost(shown.length + AT_ONCE)}>
          Show more: {(visible.length - shown.length).toLocaleString('en-US')} lines are left
        </button>
      )}
    </div>
  );
}

function byLine(hits: readonly JsonHit[]): Map<number, JsonHit[]> {
  const found = new Map<number, JsonHit[]>();
  for (const hit of hits) {
    const same = found.get(hit.line);
    if (same) same.push(hit);
    else found.set(hit.line, [hit]);
  }
  return found;
}

function Find({
  wanted,
  hits,
  at,
  go,
}: {
  wanted: string;
  hits: readonly JsonHit[];
  at: number;
  go: (at: number) => void;
}) {
  const step = (by: number): void => go((at + by + hits.length) % Math.max(hits.length, 1));
  const count = hits.length === MOST_HITS ? `${MOST_HITS.toLocaleString('en-US')} or more` : hits.length;
  return (
    <div class="find">
      <label>
        Find in the record{' '}
        <input
          type="search"
          maxLength={LONGEST_WANTED}
          value={wanted}
          onInput={event => {
            go(0);
            change({ find: event.currentTarget.value ? [event.currentTarget.value] : [] }, { replace: true });
          }}
          onKeyDown={event => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            step(event.shiftKey ? -1 : 1);
          }}
        />
      </label>
      <button type="button" disabled={hits.length === 0} onClick={() => step(-1)}>
        Previous
      </button>
      <button type="button" disabled={hits.length === 0} onClick={() => step(1)}>
        Next
      </button>
      <span role="status">
        {wanted !== '' && (hits.length === 0 ? 'not found' : `${at + 1} of ${count.toLocaleString('en-US')}`)}
      </span>
    </div>
  );
}

interface LineProps {
  line: JsonLine;
  hits: readonly JsonHit[] | undefined;
  current: JsonHit | undefined;
  isFolded: boolean;
  onFold: () => void;
}

function Line({ line, hits = [], current, isFolded, onFold }: LineProps) {
  const { depth, kind, text, valueAt, members = 0 } = line;
  const here = useRef<HTMLDivElement>(null);
  const [isWhole, setWhole] = useState(false);
  useEffect(() => {
    if (current) here.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const most = isWhole || current ? text.length : LONG;
  return (
    <div class="line" ref={here} style={{ paddingInlineStart: `${1.25 + Math.min(depth, DEEPEST)}rem` }}>
      {kind === 'open' && (
        <button
          type="button"
          class="fold"
          aria-expanded={!isFolded}
          aria-label={`Fold ${printable(text.slice(0, Math.min(valueAt, 200))).replace(/: $/, '') || 'the record'}`}
          onClick={onFold}
        />
      )}
      {piecesOf(text, { valueAt, hits, most }).map(({ from, to, hit }) => {
        const part = <LogText value={text.slice(from, to)} most={to - from} />;
        const what = to <= valueAt ? 'key' : kind;
        return hit ? (
          <mark key={from} class={hit === current ? 'hit current' : 'hit'}>
            {part}
          </mark>
        ) : (
          <span key={from} class={what}>
            {part}
          </span>
        );
      })}
      {text.length > most && (
        <button type="button" class="small" onClick={() => setWhole(true)}>
          show all {text.length.toLocaleString('en-US')} characters
        </button>
      )}
      {isFolded && <span class="absent"> … {members.toLocaleString('en-US')} members</span>}
    </div>
  );
}

interface Piece {
  from: number;
  to: number;
  hit?: JsonHit | undefined;
}

/** A line cut where its value begins and where hits begin and end, up to `most` characters. */
function piecesOf(
  text: string,
  { valueAt, hits, most }: { valueAt: number; hits: readonly JsonHit[]; most: number },
): Piece[] {
  const end = Math.min(text.length, most);
  const cuts = new Set([0, valueAt, end, ...hits.flatMap(hit => [hit.start, hit.end])]);
  const places = [...cuts].filter(at => at <= end).sort((a, b) => a - b);
  let next = 0;
  return places.slice(0, -1).map((from, i) => {
    while (next < hits.length && hits[next]!.end <= from) next++;
    const hit = hits[next] && hits[next]!.start <= from ? hits[next] : undefined;
    return { from, to: places[i + 1]!, hit };
  });
}
