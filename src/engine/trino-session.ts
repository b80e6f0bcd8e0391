/** What a session with Trino keeps between statements: it lives in headers, which the server asks the client to set. */

import type { IncomingHttpHeaders } from 'node:http';
import { UsageError } from '../errors.js';

export interface TrinoSession {
  /** The headers of the next statement. */
  headers(): Record<string, string>;
  /** Takes what a response says of the session. */
  take(headers: IncomingHttpHeaders): void;
}

interface Start {
  user: string;
  catalog?: string | undefined;
  schema?: string | undefined;
  properties?: Readonly<Record<string, string>> | undefined;
  tags?: readonly string[] | undefined;
}

/** A session. Names and values are escaped as the protocol says: a header has neither line breaks nor commas of theirs. */
export function trinoSession(start: Start): TrinoSession {
  let { catalog, schema } = start;
  const properties = new Map(Object.entries(start.properties ?? {}));
  const prepared = new Map<string, string>();
  const roles = new Map<string, string>();
  let path: string | undefined;
  const user = headerText(start.user);
  const clientTags = headerText(['offtrail', ...(start.tags ?? [])].join(','));

  const pairs = (of: ReadonlyMap<string, string>): string =>
    Array.from(of, ([name, value]) => `${name}=${encodeURIComponent(value)}`).join(',');

  const headers = (): Record<string, string> => ({
    'X-Trino-User': user,
    'X-Trino-Source': 'offtrail',
    'X-Trino-Client-Tags': clientTags,
    'X-Trino-Time-Zone': 'UTC',
    // Otherwise every time is cut to milliseconds and its type does not say its precision.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME,PATH',
    ...(catalog !== undefined && { 'X-Trino-Catalog': encodeURIComponent(catalog) }),
    ...(schema !== undefined && { 'X-Trino-Schema': encodeURIComponent(schema) }),
    ...(path !== undefined && { 'X-Trino-Path': path }),
    ...(properties.size > 0 && { 'X-Trino-Session': pairs(properties) }),
    ...(prepared.size > 0 && { 'X-Trino-Prepared-Statement': pairs(prepared) }),
    ...(roles.size > 0 && { 'X-Trino-Role': pairs(roles) }),
  });

  const take = (response: IncomingHttpHeaders): void => {
    catalog = decoded(one(response, 'x-trino-set-catalog')) ?? catalog;
    schema = decoded(one(response, 'x-trino-set-schema')) ?? schema;
    path = one(response, 'x-trino-set-path') ?? path;
    for (const [header, of] of [
      ['x-trino-set-session', properties],
      ['x-trino-added-prepare', prepared],
      ['x-trino-set-role', roles],
    ] as const)
      for (const pair of list(response, header)) {
        const at = pair.indexOf('=');
        if (at > 0) of.set(pair.slice(0, at), decoded(pair.slice(at + 1)) ?? '');
      }
    for (const name of list(response, 'x-trino-clear-session')) properties.delete(name);
    for (const name of list(response, 'x-trino-deallocated-prepare')) prepared.delete(name);
  };

  return { headers, take };
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.at(-1) : value;
}

/** Several headers of one name arrive as one, with commas between; values have none, as they are escaped. */
const list = (headers: IncomingHttpHeaders, name: string): string[] =>
  [headers[name] ?? []]
    .flat()
    .flatMap(value => value.split(','))
    .map(value => value.trim())
    .filter(Boolean);

function decoded(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    // Java writes a blank as a plus.
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

/** A header holds printable ASCII: a line break in a name would begin another header. */
function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  throw new UsageError('BAD_ENGINE', 'the user or a tag has characters that Trino’s headers do not take');
}
