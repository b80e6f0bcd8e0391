/** The rows of a list of events, page by page: those near to what is seen are there, of the others the place is known. */

import { type Signal, signal } from '@preact/signals';
import type { Page, Row } from '../../../event-index.js';
import type { AnswerError } from '../../answer-error.js';
import { AskError, askAnew, type Options } from '../ask.js';

export interface Pager {
  /** The row at a place; undefined while its page is not there. */
  rowAt(index: number): Row | undefined;
  /** Rows that are known of; more where `isWhole` is false. */
  count(): number;
  isWhole(): boolean;
  /** Says which rows are seen: their pages are fetched, and those far away let go of. */
  show(first: number, last: number): void;
  /** Grows with every page that arrives. */
  arrived: Signal<number>;
  error: Signal<AnswerError | undefined>;
  /** Where the list stood when it was left. */
  scrollTop: number;
  active: number;
}

/** Pages that stay on both sides of those that are seen, and the part of a page before which the next one is fetched. */
const NEAR = 2;
const AHEAD = 0.5;

/**
 * @param options of the question `eventRows`
 * @param size events of a page
 * @param first the first page, which is there already
 */
export function createPager(options: Options, size: number, first: Page<Row>): Pager {
  const pages = new Map<number, readonly Row[]>([[0, first.rows]]);
  /** Where the pages begin, by their number. */
  const tokens: Array<string | undefined> = [undefined];
  const asked = new Set<number>();
  const arrived = signal(0);
  const error = signal<AnswerError | undefined>(undefined);
  /** Events of the last page, as soon as it is known which that is. */
  let atEnd: number | undefined;
  let [from, to] = [0, 0];

  function note(number: number, { rows, nextToken }: Page<Row>): void {
    if (nextToken === undefined) atEnd = rows.length;
    else tokens[number + 1] = nextToken;
  }
  note(0, first);

  function fetchPage(number: number): void {
    if (asked.has(number)) return;
    asked.add(number);
    askAnew<Page<Row>>('eventRows', { ...options, token: tokens[number] }).then(
      ({ answer }) => {
        asked.delete(number);
        error.value = undefined;
        note(number, answer);
        pages.set(number, answer.rows);
        fill();
        arrived.value++;
      },
      (reason: unknown) => {
        // It is asked for again when the list is scrolled.
        asked.delete(number);
        error.value =
          reason instanceof AskError ? reason.reason : { code: 'FAILED', message: String(reason) };
      },
    );
  }

  /** Fetches what is seen or near, and lets go of what is far away. */
  function fill(): void {
    for (const number of pages.keys()) if (number < from - NEAR || number > to + NEAR) pages.delete(number);
    for (let number = Math.max(0, from); number <= to && number < tokens.length; number++)
      if (!pages.has(number)) fetchPage(number);
  }

  return {
    rowAt: index => pages.get(Math.floor(index / size))?.[index % size],
    count: () => (atEnd === undefined ? tokens.length * size : (tokens.length - 1) * size + atEnd),
    isWhole: () => atEnd !== undefined,
    show(first, last) {
      [from, to] = [Math.floor(first / size - AHEAD), Math.floor(last / size + AHEAD)];
      fill();
    },
    arrived,
    error,
    scrollTop: 0,
    active: 0,
  };
}

/** Pagers that are kept, the latest last: whoever comes back finds the list where it was. */
const KEPT = 5;
const kept = new Map<string, { first: Page<Row>; pager: Pager }>();

const haveSameRows = (a: Page<Row>, b: Page<Row>): boolean =>
  JSON.stringify(a.rows) === JSON.stringify(b.rows) &&
  (a.nextToken === undefined) === (b.nextToken === undefined);

/** The pager of a question whose first page is there. */
export function pagerOf(options: Options, size: number, first: Page<Row>): Pager {
  const key = JSON.stringify(options);
  const known = kept.get(key);
  kept.delete(key);
  const isSame = known && (known.first === first || haveSameRows(known.first, first));
  const pager = isSame ? known.pager : createPager(options, size, first);
  kept.set(key, { first, pager });
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return pager;
}
