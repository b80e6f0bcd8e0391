/** Functions over URLs, which are URIs as `java.net.URI` reads them. */

import { invalidArgument } from '../errors.js';
import { parseUri, type Uri } from '../text/uri.js';
import { type SqlFunction, scalar } from './registry.js';

/** A function of a URI; null where the text is none. */
const ofUri =
  <T extends string | bigint | null>(part: (uri: Uri) => T) =>
  (text: string): T | null => {
    const uri = parseUri(text);
    return uri ? part(uri) : null;
  };

function parameter(text: string, name: string): string | null {
  const query = parseUri(text)?.query;
  if (query === undefined) return null;
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    if ((at < 0 ? pair : pair.slice(0, at)) === name) return at < 0 ? '' : decode(pair.slice(at + 1));
  }
  return null;
}

/** Without escapes; those of a URI are all right. */
const unescaped = (text: string): string =>
  text.includes('%')
    ? text.replace(/(?:%[0-9A-Fa-f]{2})+/g, escapes =>
        Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
      )
    : text;

const encode = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))
    .replace(/[!'()~]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

/** As a form has it: `+` is a space, bytes that are not UTF-8 become U+FFFD. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  return spaced.replace(/(?:%[0-9A-Fa-f]{2})+|%/g, escapes => {
    if (escapes === '%') badEscape(text);
    return Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8');
  });
}

/** Says of the first escape that is not one what Java says. */
function badEscape(text: string): never {
  const digits = /%(?![0-9A-Fa-f]{2})(.{0,2})/s.exec(text)![1]!;
  if (digits.length < 2) invalidArgument('URLDecoder: Incomplete trailing escape (%) pattern');
  const bad = digits.replace(/^[0-9A-Fa-f]/, '')[0]!;
  return invalidArgument(
    `URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "${bad}" = ${bad.charCodeAt(0)}`,
  );
}

export const URL_FUNCTIONS: readonly SqlFunction[] = [
  scalar(
    'url_extract_fragment(varchar) -> varchar',
    'The fragment of a URL.',
    ofUri(({ fragment }) => unescaped(fragment ?? '')),
  ),
  scalar(
    'url_extract_host(varchar) -> varchar',
    'The host of a URL.',
    ofUri(({ host }) => host ?? ''),
  ),
  scalar(
    'url_extract_parameter(varchar, varchar) -> varchar',
    'The first parameter of a name in the query of a URL.',
    parameter,
  ),
  scalar(
    'url_extract_path(varchar) -> varchar',
    'The path of a URL.',
    ofUri(({ path }) => unescaped(path ?? '')),
  ),
  scalar(
    'url_extract_port(varchar) -> bigint',
    'The port of a URL.',
    ofUri(({ port }) => (port === undefined ? null : BigInt(port))),
  ),
  scalar(
    'url_extract_protocol(varchar) -> varchar',
    'The protocol of a URL.',
    ofUri(({ scheme }) => scheme ?? ''),
  ),
  scalar(
    'url_extract_query(varchar) -> varchar',
    'The query of a URL.',
    ofUri(({ query }) => unescaped(query ?? '')),
  ),
  scalar('url_encode(varchar) -> varchar', 'The text as a value of a form in a URL.', encode),
  scalar('url_decode(varchar) -> varchar', 'The text of a value of a form in a URL.', decode),
];
