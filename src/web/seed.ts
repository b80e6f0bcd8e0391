/** What a pasted text is, by its form and by a few cheap look-ups, and the views it can open. */

import type { Answers } from '../open-answers.js';
import { escaped } from '../query/filter/wildcard.js';

/** A view that the text can open: a page and its options. */
export interface SeedView {
  page: string;
  options: Readonly<Record<string, string[]>>;
  /** What it shows, in a few words. */
  title: string;
}

export interface Seed {
  /** As it was understood, without white space around it. */
  text: string;
  /** What it is: `access key`, `address`, …; `text` where nothing more is known. */
  isA: string[];
  /** The views, the best first. */
  views: SeedView[];
}

/** A form that a text can have, and what opens for it. */
interface Form {
  name: string;
  pattern: RegExp;
  /** Whether the index knows it: without, the form is enough. */
  isKnown?(text: string, index: Answers): boolean;
  /** True for a name that can be that of several things; of any other form a text is nothing else. */
  isName?: true;
  views(text: string): SeedView[];
}

/** Longer texts are looked for, not recognised. */
const LONGEST_NAME = 2048;

const view = (page: string, title: string, options: Record<string, string>): SeedView => ({
  page,
  title,
  options: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, [value]])),
});

/** The text as a value of a filter that stands for just this. */
const exactly = (text: string): string => (text.startsWith('!') ? `\\${text}` : text);
const exactPattern = (text: string): string => exactly(escaped(text));

const who = (text: string): SeedView => view('who', 'profile', { identity: escaped(text) });
const session = (text: string): SeedView => view('session', 'session tree', { session: text });
const bucketPage = (text: string): SeedView => view('bucket', 'bucket', { bucket: text });
const events = (name: string, text: string): SeedView =>
  view('events', 'its events', { [name]: exactly(text) });

/** Bucket and key of an address of S3; neither where it is none. */
function bucketOf(text: string): string | undefined {
  return /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)([^/]+)/.exec(text)?.[1];
}
function objectOf(text: string): string | undefined {
  return /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)[^/]+\/(.+)$/s.exec(text)?.[1];
}

const isNetwork = (text: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/.test(text) ||
  (/^[0-9a-f:]+(?:\/\d{1,3})?$/i.test(text) && text.split(':').length > 2);

/** Whether events have the value in the filter just so, or in another case. */
function knows(index: Answers, filter: 'bucket' | 'eventName' | 'service', text: string): boolean {
  const [spelling] = index.spellings({
    [filter]: filter === 'eventName' ? exactPattern(text) : exactly(text),
  });
  return spelling === undefined || spelling.used.length > 0;
}

/** Whether a text is the eventID of an event, or the beginning of just one. */
function isEvent(text: string, index: Answers): boolean {
  try {
    return index.show(text).length > 0;
  } catch {
    return false;
  }
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const UUID_START = /^[0-9a-f]{8}(?:-[0-9a-f]{0,4}){0,4}[0-9a-f]{0,12}$/i;
/** S3's request ids, in hexadecimal digits or, later, in letters and digits. */
const S3_REQUEST = /^[0-9A-Z]{16}$/;

/** The forms, those that say most first; names come last. */
const FORMS: readonly Form[] = [
  {
    name: 'temporary access key',
    pattern: /^ASIA[0-9A-Z]{12,28}$/,
    views: text => [session(text), who(text), events('accessKey', text), usage(text)],
  },
  {
    name: 'access key',
    pattern: /^AKIA[0-9A-Z]{12,28}$/,
    views: text => [who(text), session(text), events('accessKey', text), usage(text)],
  },
  {
    name: 'object',
    pattern: /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)[^/]+\/./s,
    views: text => [
      view('events', 'events of the object', { bucket: bucketOf(text)!, key: exactPattern(objectOf(text)!) }),
      bucketPage(bucketOf(text)!),
    ],
  },
  {
    name: 'bucket',
    pattern: /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)[^/]+\/?$/,
    views: text => [bucketPage(bucketOf(text)!), events('bucket', bucketOf(text)!)],
  },
  {
    name: 'session',
    pattern: /^arn:aws[a-z-]*:sts:[^:]*:[^:]*:(?:assumed-role|federated-user)\/./s,
    views: text => [who(text), session(text), events('requester', text)],
  },
  {
    name: 'identity',
    pattern: /^arn:aws[a-z-]*:iam:[^:]*:[^:]*:(?:user\/|role\/|root)/s,
    views: text => [who(text), session(text), events('requester', text), usage(text)],
  },
  {
    name: 'resource',
    pattern: /^arn:aws[a-z-]*:(?!iam:|sts:|s3:::)/,
    views: text => [view('events', 'events that name it', { resourceName: exactly(text) })],
  },
  { name: 'event', pattern: UUID_START, isKnown: isEvent, views: text => [event(text)] },
  {
    name: 'request',
    pattern: UUID,
    isKnown: (text, index) =>
      index.events({ requestId: text, columns: ['eventID'], limit: 1 }).page().rows.length > 0,
    views: text => [view('event', 'request', { requestId: text })],
  },
  {
    name: 'request',
    pattern: S3_REQUEST,
    isKnown: (text, index) => index.request(text) !== undefined,
    views: text => [view('event', 'both sides of the request', { requestId: text })],
  },
  {
    name: 'account',
    pattern: /^\d{12}$/,
    views: text => [who(text), view('events', 'events that it received', { account: text })],
  },
  {
    name: 'bucket',
    pattern: /^[a-z0-9][a-z0-9._-]{1,254}$/i,
    isName: true,
    isKnown: (text, index) => knows(index, 'bucket', text),
    views: text => [bucketPage(text), events('bucket', text)],
  },
  {
    name: 'call',
    pattern: /^[A-Za-z]\w{2,}$/,
    isName: true,
    isKnown: (text, index) => knows(index, 'eventName', text),
    views: text => [events('eventName', text)],
  },
  {
    name: 'service',
    pattern: /^[a-z][a-z0-9-]*(?:\.amazonaws\.com)?$/,
    isName: true,
    isKnown: (text, index) => knows(index, 'service', text),
    views: text => [events('service', text)],
  },
];

function usage(text: string): SeedView {
  return view('key-usage', 'use of its keys', { key: text });
}

function event(text: string): SeedView {
  return view('event', 'event', { eventId: text });
}

const ADDRESS: Form = {
  name: 'address',
  pattern: /./,
  views: text => [who(text), view('events', 'its events', { ip: text })],
};

/** What a text is and what it opens. An empty one is nothing and opens nothing. */
export function seed(given: string, index: Answers): Seed {
  const text = given.trim();
  if (text === '') return { text, isA: [], views: [] };
  const search = view('search', 'search in all records', { text });
  if (text.length > LONGEST_NAME) return { text, isA: ['text'], views: [search] };
  const forms = formsOf(text, index);
  const names = [...new Set(forms.map(({ name }) => name))];
  const views = forms.flatMap(form => form.views(text));
  // A name that no form tells: a user, a role, a service that calls.
  if (forms.every(({ isName }) => isName) && isCaller(text, index)) {
    names.push('identity');
    views.push(who(text), session(text));
  }
  return { text, isA: names.length > 0 ? names : ['text'], views: [...views, search] };
}

/** The forms of a text, up to the first that is not shared with others: every look-up costs time. */
function formsOf(text: string, index: Answers): Form[] {
  if (isNetwork(text)) return [ADDRESS];
  const found: Form[] = [];
  for (const form of FORMS) {
    if (!form.pattern.test(text) || form.isKnown?.(text, index) === false) continue;
    found.push(form);
    if (!form.isName) break;
  }
  return found;
}

/** Whether events were made by an identity of this name. */
function isCaller(text: string, index: Answers): boolean {
  const spellings = index.spellings({ requester: exactly(text), user: exactPattern(text) });
  const unknown = new Set(spellings.filter(({ used }) => used.length === 0).map(({ filter }) => filter));
  return unknown.size < 2;
}
