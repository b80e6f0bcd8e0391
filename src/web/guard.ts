/**
 * Decides who may ask the page's server: this machine's browser, by the link that the command printed. Any page on the
 * web can send requests to a port of this machine, and a name of theirs can be made to point to it (DNS rebinding);
 * neither knows the token nor has the cookie.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What the guard looks at of a request. */
export interface Asked {
  method: string;
  /** Path and query. */
  url: string;
  /** All that it says of the host: one that is there twice may be read as either. */
  hosts: readonly string[];
  headers: IncomingHttpHeaders;
}

export type Admission =
  | { kind: 'admitted' }
  | { kind: 'refused'; status: 400 | 401 | 403 | 405; message: string }
  /** The token was right: the browser gets a cookie and asks again without the token. */
  | { kind: 'signed in'; cookie: string; location: string };

export interface Guard {
  /** Good for one browser. */
  linkToken: string;
  /** What the page sends with every POST. */
  pageToken: string;
  /** @param port the one that the server listens on: browsers share cookies among the ports of a host */
  admit(asked: Asked, port: number): Admission;
}

const HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
/** What a browser says of requests that come from the page itself, or from somebody who typed or opened the address. */
const SITES = new Set(['same-origin', 'none']);
export const PAGE_TOKEN_HEADER = 'x-offtrail-token';

const newToken = (): string => randomBytes(24).toString('base64url');

export function createGuard(): Guard {
  const linkToken = newToken();
  const pageToken = newToken();
  const cookieValue = newToken();
  let linkIsUsed = false;

  return {
    linkToken,
    pageToken,
    admit({ method, url, hosts, headers }, port) {
      if (hosts.length !== 1 || !HOST.test(hosts[0]!))
        return refused(403, 'This server answers to 127.0.0.1, localhost and [::1] only.');
      if (!['GET', 'HEAD', 'POST'].includes(method)) return refused(405, 'GET, HEAD and POST only.');
      const site = headers['sec-fetch-site'];
      if (site !== undefined && !SITES.has(String(site)))
        return refused(
          403,
          'Another page asked for this. Paste the address into the address bar of the browser instead.',
        );
      if (method === 'POST' && !isSame(String(headers[PAGE_TOKEN_HEADER] ?? ''), pageToken))
        return refused(403, 'The request does not come from the page.');
      const address = addressOf(url);
      if (address === undefined) return refused(400, 'This is no address of this server.');
      const { pathname, searchParams } = address;
      const cookieName = `offtrail-${port}`;
      const isKnown = cookiesOf(headers.cookie ?? '', cookieName).some(value => isSame(value, cookieValue));
      const token = searchParams.get('token');
      if (token !== null && pathname === '/' && method === 'GET') {
        if (isKnown) return signedIn(cookieName);
        if (!linkIsUsed && isSame(token, linkToken)) {
          linkIsUsed = true;
          return signedIn(cookieName);
        }
        return refused(
          401,
          linkIsUsed
            ? 'This link was used already: each is good for one browser. Run offtrail web again for a new one.'
            : 'This is not the link that offtrail web printed.',
        );
      }
      if (!isKnown) return refused(401, 'Open the page by the link that offtrail web printed.');
      return { kind: 'admitted' };
    },
  };

  function signedIn(name: string): Admission {
    return {
      kind: 'signed in',
      cookie: `${name}=${cookieValue}; HttpOnly; SameSite=Strict; Path=/`,
      location: '/',
    };
  }
}

/**
 * The address that a request line names; undefined where it is no path of this server. An address of another host
 * (`GET http://…`, which a proxy takes, or `//host/path`) is never read as one of this.
 */
export const addressOf = (url: string): URL | undefined =>
  url.startsWith('/') && URL.canParse(`http://127.0.0.1${url}`)
    ? new URL(`http://127.0.0.1${url}`)
    : undefined;

const refused = (status: 400 | 401 | 403 | 405, message: string): Admission => ({
  kind: 'refused',
  status,
  message,
});

/** Values of the cookies with a name. */
function cookiesOf(header: string, name: string): string[] {
  return header
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${name}=`))
    .map(pair => pair.slice(name.length + 1));
}

/** Compares in a time that does not depend on how much of a text is right. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
