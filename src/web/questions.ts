/**
 * What the page can ask: each question is a method of the library and the command that gives the same. Names, options
 * and answers are the library's own.
 */

import { UsageError } from '../errors.js';
import type { Listing, Page } from '../event-index.js';
import type { Answers } from '../open-answers.js';
import { checkOptions } from '../option-kinds.js';
import { ACCESS_SEARCHES } from '../query/access/searches.js';
import { OPTIONS } from '../query/options.js';
import { S3_SEARCHES } from '../query/s3-searches.js';
import { type CommandShape, commandWords, type Kinds, type Options } from './command-words.js';
import { seed } from './seed.js';
import { facetsOfLogs, fewValues, shortRow } from './short-answers.js';
import { shownCoverage, shownMetrics, shownVerification } from './shortened.js';
import { SQL_BOUNDS, SQL_KINDS } from './sql-options.js';

export interface Question {
  /** The options there are: nothing else reaches the library, or a command line. */
  takes: Kinds;
  /** What the command line for these options looks like; none where no command gives the same. */
  command?(options: Options): CommandShape;
  /** Answers as an object that JSON can hold; bigint and long texts are seen to. None where it has a process of its own. */
  answer?(index: Answers, options: Options): unknown;
}

/** Rows of a page unless a question says otherwise, and the most that one may have. */
const PAGE = 100;
const MOST_ROWS = 1000;

/** The options as those of a method of the library, which checks them. */
const as = <T>(options: Options): T => options as T;

/** Options with a limit that a page can hold. */
function limited(options: Options): Options {
  const limit = Number(options.limit ?? PAGE);
  return { ...options, limit: Number.isInteger(limit) && limit >= 0 ? Math.min(limit, MOST_ROWS) : limit };
}

/** The option that is a method's own argument, and the others. */
function apart(options: Options, name: string): [string, Options] {
  const { [name]: value, ...others } = options;
  return [value as string, others];
}

/** A page of a list, and how values of filters were understood. */
const paged = <T>(list: Listing<T>): Page<T> & Pick<Listing<T>, 'spellings'> => ({
  ...list.page(),
  spellings: list.spellings,
});

/** At most `limit` of the rows that a search yields, and whether there are more. */
function firstRows(rows: Iterable<unknown>, limit: number): { rows: unknown[]; more: boolean } {
  const first: unknown[] = [];
  for (const row of rows) {
    if (first.length === limit) return { rows: first, more: true };
    first.push(row);
  }
  return { rows: first, more: false };
}

// Its rows always have the id that each is opened by: the command has no word for it.
const { withEventId: _, ...S3_KINDS } = OPTIONS.s3;

export const QUESTIONS = {
  status: {
    takes: {},
    command: () => ({ verb: ['status'] }),
    answer: index => index.status(),
  },
  events: {
    takes: OPTIONS.events,
    command: () => ({ verb: ['events'], names: { token: 'starting-token' }, joined: ['columns'] }),
    answer: (index, options) => paged(index.events(as(limited(options)))),
  },
  // The same as a list shows it: with the id that each row is opened by, and the beginnings of long texts.
  eventRows: {
    takes: OPTIONS.events,
    command: () => ({ verb: ['events'], names: { token: 'starting-token' }, joined: ['columns'] }),
    answer(index, options) {
      const { columns, ...others } = limited(options);
      const isOfLines = others.source === 'access-logs';
      const named = Array.isArray(columns) && !isOfLines ? [...columns, 'eventID'] : columns;
      const page = paged(index.events(as({ ...others, columns: named })));
      return { ...page, rows: page.rows.map(shortRow) };
    },
  },
  timeline: {
    takes: OPTIONS.timeline,
    command: () => ({ verb: ['timeline'] }),
    answer: (index, options) => fewValues(index.timeline(as(options))),
  },
  facets: {
    takes: { ...OPTIONS.top, ...OPTIONS.facets },
    answer: (index, options) =>
      options.source === undefined
        ? index.facets(as(limited(options)))
        : facetsOfLogs(index, as(limited(options))),
  },
  top: {
    takes: OPTIONS.top,
    command: () => ({ verb: ['top'], words: ['columns'] }),
    answer: (index, options) => index.top(as(limited(options))),
  },
  search: {
    takes: OPTIONS.search,
    command: () => ({ verb: ['search'], words: ['text'], names: { token: 'starting-token' } }),
    answer: (index, options) => paged(index.search(as(limited(options)))),
  },
  count: {
    takes: OPTIONS.search,
    command: () => ({ verb: ['search'], words: ['text'], extra: ['--count'] }),
    answer: (index, options) => ({ events: index.search(as(options)).count() }),
  },
  who: {
    takes: { ...OPTIONS.filters, identity: 'text' },
    command: () => ({ verb: ['who'], words: ['identity'] }),
    answer(index, options) {
      const [identity, filters] = apart(options, 'identity');
      return index.who(identity, as(filters)) ?? null;
    },
  },
  sessions: {
    takes: { ...OPTIONS.sessions, session: 'text' },
    command: () => ({ verb: ['sessions'], words: ['session'] }),
    answer(index, options) {
      const [session, others] = apart(options, 'session');
      const { sessions, ...found } = index.sessions(session, as(others));
      // JSON has no maps; every session says its key.
      return { ...found, sessions: [...sessions.values()] };
    },
  },
  show: {
    takes: { eventId: 'text' },
    command: () => ({ verb: ['show'], words: ['eventId'] }),
    answer: (index, { eventId }) => index.show(eventId as string),
  },
  request: {
    takes: { requestId: 'text' },
    command: () => ({ verb: ['show'], words: ['requestId'] }),
    answer: (index, { requestId }) => index.request(requestId as string) ?? null,
  },
  s3: {
    takes: { ...S3_KINDS, name: S3_SEARCHES.map(({ name }) => name) },
    command: ({ name }) => ({ verb: ['s3', String(name)], words: ['accessKeyId'], without: ['name'] }),
    answer(index, options) {
      const [name, others] = apart(limited(options), 'name');
      const limit = Number(others.limit);
      const { accessKeyId: _, allServices: __, order: ___, limit: ____, ...filters } = others;
      return {
        ...firstRows(index.s3(name, as({ ...others, withEventId: true, limit: limit + 1 })), limit),
        spellings: index.spellings(as(filters)),
      };
    },
  },
  s3Access: {
    takes: { ...OPTIONS.s3Access, name: ACCESS_SEARCHES.map(({ name }) => name) },
    command: ({ name }) => ({
      verb: ['s3-access', String(name)],
      words: ACCESS_SEARCHES.flatMap(search =>
        search.name === name && search.argument ? [search.argument.filter] : [],
      ),
      without: ['name'],
    }),
    answer(index, options) {
      const [name, others] = apart(limited(options), 'name');
      const limit = Number(others.limit);
      return firstRows(index.s3Access(name, as({ ...others, limit: limit + 1 })), limit);
    },
  },
  keyUsage: {
    takes: { ...OPTIONS.keyUsage, key: 'text' },
    // Where it is not told, the command has few rows, and the library all.
    command: ({ limit }) => ({
      verb: ['key-usage'],
      words: ['key'],
      ...(limit === undefined ? { extra: ['--limit=all'] } : {}),
    }),
    answer(index, options) {
      const [key, others] = apart(options, 'key');
      return index.keyUsage(key, as(others)) ?? null;
    },
  },
  metrics: {
    takes: OPTIONS.metrics,
    command: () => ({
      verb: ['metrics'],
      names: { metrics: 'metric', statistics: 'statistic', alarms: 'alarm' },
    }),
    answer: (index, options) => shownMetrics(index.metrics(as(options))),
  },
  coverage: {
    takes: OPTIONS.coverage,
    command: () => ({ verb: ['coverage'] }),
    answer: (index, options) => shownCoverage(index.coverage(as(options))),
  },
  verify: {
    // No file that a request names is opened.
    takes: {},
    command: () => ({ verb: ['verify'] }),
    answer: async index => shownVerification(await index.verify()),
  },
  sql: {
    takes: SQL_KINDS,
    command: () => ({
      verb: ['sql'],
      words: ['statement'],
      names: { parameters: 'param' },
      extra: [`--timeout=${SQL_BOUNDS.seconds}`, `--memory=${SQL_BOUNDS.megabytes}`],
    }),
  },
  seed: {
    takes: { text: 'text' },
    answer: (index, { text = '' }) => seed(text as string, index),
  },
  incomplete: {
    takes: {},
    command: () => ({ verb: ['status'] }),
    answer: index => index.incomplete() ?? null,
  },
  nothingFound: {
    takes: OPTIONS.filters,
    answer: (index, options) => index.nothingFound(as(options)),
  },
} satisfies Record<string, Question>;

export type QuestionName = keyof typeof QUESTIONS;

/**
 * A question by its name, to be asked with these options.
 * @throws UsageError `BAD_ARGUMENTS` for a name that is none; `UNKNOWN_OPTION`, `BAD_VALUE`
 */
export function checkedQuestion(name: string, options: Options): Question {
  const question = questionOf(name);
  checkOptions(options, question.takes);
  return question;
}

/** @throws UsageError `BAD_ARGUMENTS` for a name that is none */
export function questionOf(name: string): Question {
  if (!Object.hasOwn(QUESTIONS, name))
    throw new UsageError('BAD_ARGUMENTS', `there is no question ${JSON.stringify(name)}`);
  return QUESTIONS[name as QuestionName];
}

/**
 * The words of the command that answers a question; undefined where none does.
 * @param options checked ones
 */
export function wordsFor(question: Question, options: Options): string[] | undefined {
  const shape = question.command?.(options);
  return shape && commandWords(shape, options, question.takes);
}
