/** Takes URIs apart as `java.net.URI` does: RFC 2396, and characters beyond ASCII. */

export interface Uri {
  scheme?: string;
  host?: string;
  port?: number;
  /** Undefined for what is not a hierarchy: `mailto:a@example.com`. */
  path?: string;
  query?: string;
  fragment?: string;
}

const OTHER = '[^\\0-\\x9f\\p{Z}]';
const ESCAPE = '%[0-9A-Fa-f]{2}';
const one = (characters: string): string => `(?:[${characters}A-Za-z0-9\\-_.!~*'\\(\\)]|${ESCAPE}|${OTHER})`;
const whole = (characters: string): RegExp => new RegExp(`^${one(characters)}*$`, 'u');

const PATH = whole(':@&=+$,;\\/');
const ANY = whole(':@&=+$,;\\/?\\[\\]');
const REGISTRY = whole('$,;:@&=+');
const USER = whole(';:&=+$,');
const SCHEME = /^[A-Za-z][A-Za-z0-9+\-.]*$/;

const splitAt = (text: string, mark: string): [before: string, after: string | undefined] => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
};

/** The parts of a URI; undefined for what is not one. */
export function parseUri(text: string): Uri | undefined {
  const [before, fragment] = splitAt(text, '#');
  if (fragment !== undefined && !ANY.test(fragment)) return undefined;
  const uri: Uri = fragment === undefined ? {} : { fragment };
  const colon = /^[^/?:]*:/.exec(before);
  if (colon) {
    const scheme = colon[0].slice(0, -1);
    if (!SCHEME.test(scheme)) return undefined;
    uri.scheme = scheme;
    const rest = before.slice(colon[0].length);
    if (!rest.startsWith('/')) return rest !== '' && ANY.test(rest) ? uri : undefined;
    return hierarchy(rest, uri);
  }
  return hierarchy(before, uri);
}

function hierarchy(text: string, uri: Uri): Uri | undefined {
  const [before, query] = splitAt(text, '?');
  if (query !== undefined) {
    if (!ANY.test(query)) return undefined;
    uri.query = query;
  }
  uri.path = before;
  if (before.startsWith('//')) {
    const end = before.indexOf('/', 2);
    const authority = before.slice(2, end < 0 ? undefined : end);
    uri.path = end < 0 ? '' : before.slice(end);
    if (authority === '') {
      if (uri.path === '' && query === undefined && uri.fragment === undefined) return undefined;
    } else if (!readServer(authority, uri) && (authority.startsWith('[') || !REGISTRY.test(authority)))
      return undefined;
  }
  return PATH.test(uri.path) ? uri : undefined;
}

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]|0[0-9]{1,2})';
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const LAST_LABEL = /^[A-Za-z]/;
const LABEL_ALONE = new RegExp(`^${LABEL}$`);

/** `user@host:port`; false where it is not that. */
function readServer(authority: string, uri: Uri): boolean {
  const at = authority.indexOf('@');
  if (at >= 0 && !USER.test(authority.slice(0, at))) return false;
  const server = authority.slice(at + 1);
  const parts = server.startsWith('[')
    ? /^(\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?\])(?::([0-9]*))?$/.exec(server)
    : /^([^:]+)(?::([0-9]*))?$/.exec(server);
  if (!parts) return false;
  const host = parts[1]!;
  if (!host.startsWith('[') && !IPV4.test(host) && !isHostName(host)) return false;
  const port = parts[2];
  if (port !== undefined && Number(port) > 2_147_483_647) return false;
  uri.host = host;
  if (port) uri.port = Number(port);
  return true;
}

function isHostName(host: string): boolean {
  const labels = host.split('.');
  if (labels.length > 1 && labels.at(-1) === '') labels.pop();
  return (
    labels.every(label => LABEL_ALONE.test(label)) && (labels.length === 1 || LAST_LABEL.test(labels.at(-1)!))
  );
}
