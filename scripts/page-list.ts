/**
 * The pages of `offtrail web`, from their list, each with options that give it something to show: a page that is added is
 * looked at by the tests for all, and has its place in the docs.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const APP = join(import.meta.dirname, '..', 'src', 'web', 'app');

export interface ListedPage {
  /** Its path. */
  name: string;
  title: string;
  /** What its component says of itself. */
  about: string;
}

/** What the pages can be asked about in an index. */
export interface Subject {
  eventId: string;
  requestId: string;
  /** An ARN, access key, user name or address. */
  identity: string;
  session: string;
  bucket: string;
  text: string;
}

/** Something of the sample tree. */
export const SAMPLE: Subject = {
  eventId: 'e3a9d6ab-e7a2-4f18-a9bc-43e16a0748ce',
  requestId: '79A59DF900B949E5',
  identity: 'AKIAKQ6IQI7PMFXZWLNZ',
  session: 'ASIA2DGQQPON7H4UKHCS',
  bucket: 'my-bucket',
  text: 'salaries',
};

/** The list itself imports what only a browser has: it is read as text. */
function listedPages(): ListedPage[] {
  const source = readFileSync(join(APP, 'pages.ts'), 'utf8');
  const entries = [...source.matchAll(/\bname: '([\w-]+)',\s*title: '([^']+)',[^}]*?Component: (\w+)/g)];
  if (entries.length === 0 || entries.length !== source.split('Component:').length - 2)
    throw new Error('src/web/app/pages.ts is not read as it is written');
  return entries.map(([, name, title, component]) => {
    const [, file] = new RegExp(`\\b${component}\\b[^;]* from '\\./(pages/[\\w-]+)\\.js'`).exec(source)!;
    const [, comment = ''] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(join(APP, `${file}.tsx`), 'utf8')) ?? [];
    return { name: name!, title: title!, about: comment.replaceAll(/\s*\n \*\s*/g, ' ').trim() };
  });
}

export const PAGES: readonly ListedPage[] = listedPages();

const OPTIONS: Readonly<Record<string, (subject: Subject) => Record<string, string>>> = {
  bucket: ({ bucket }) => ({ bucket }),
  event: ({ eventId }) => ({ eventId }),
  events: ({ identity }) => ({ user: `!${identity}` }),
  'key-usage': ({ identity }) => ({ key: identity }),
  metrics: ({ bucket }) => ({ bucket }),
  s3: ({ bucket }) => ({ name: 'put-object', bucket }),
  's3-access': ({ bucket }) => ({ name: 'get-object', bucket }),
  search: ({ text }) => ({ text }),
  session: ({ session }) => ({ session }),
  sql: () => ({ statement: 'SELECT * FROM cloudtrail_logs LIMIT 20' }),
  who: ({ identity }) => ({ identity }),
};

/** The address of a page about a subject; as the menu leads to it where it is about nothing. */
export function addressOf(name: string, subject: Subject): string {
  const options = OPTIONS[name]?.(subject);
  return options ? `/${name}?${new URLSearchParams(options)}` : `/${name}`;
}

/** Addresses of a page: as the menu leads to it, and about the subject. */
export const addressesOf = (name: string, subject: Subject): string[] => [
  ...new Set([`/${name}`, addressOf(name, subject)]),
];
