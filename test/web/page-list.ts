/** The pages of the list, each with options that give it something to show: a page that is added is looked at by the tests for all. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support.js';

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

/** The list itself imports what only a browser has. */
const source = readFileSync(join(ROOT, 'src', 'web', 'app', 'pages.ts'), 'utf8');
const entries = [...source.matchAll(/\bname: '([\w-]+)',\s*title: '([^']+)'/g)];
export const PAGES: ReadonlyArray<{ name: string; title: string }> = entries.map(([, name, title]) => ({
  ...{ name: name!, title: title! },
}));
if (PAGES.length === 0 || PAGES.length !== source.split('Component:').length - 2)
  throw new Error('src/web/app/pages.ts is not read as it is written');

const OPTIONS: Readonly<Record<string, (subject: Subject) => Record<string, string>>> = {
  bucket: ({ bucket }) => ({ bucket }),
  event: ({ eventId }) => ({ eventId }),
  events: ({ identity }) => ({ user: `!${identity}` }),
  metrics: ({ bucket }) => ({ bucket }),
  s3: ({ bucket }) => ({ name: 'put-object', bucket }),
  's3-access': ({ bucket }) => ({ name: 'get-object', bucket }),
  search: ({ text }) => ({ text }),
  session: ({ session }) => ({ session }),
  sql: () => ({ statement: 'SELECT * FROM cloudtrail_logs LIMIT 20' }),
  who: ({ identity }) => ({ identity }),
};

/** Addresses of a page: as the menu leads to it, and about the subject. */
export function addressesOf(name: string, subject: Subject): string[] {
  const options = OPTIONS[name]?.(subject);
  return options ? [`/${name}`, `/${name}?${new URLSearchParams(options)}`] : [`/${name}`];
}
