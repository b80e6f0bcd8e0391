/** Requests to the page's server as no browser sends them: bytes on a socket, since `fetch` writes its own Host. */

import { connect } from 'node:net';

export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  status: number;
  /** By their names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** Sends bytes and reads until the server ends the connection. */
export function exchange(port: number, ...pieces: string[]): Promise<RawAnswer> {
  return new Promise(resolve => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece, 'latin1');
    });
    socket.on('data', piece => {
      got += piece.toString('latin1');
    });
    // What was sent after the answer has no reader: the answer is what counts.
    socket.on('error', () => {});
    socket.on('close', () => resolve(parsed(got)));
  });
}

function parsed(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const headers = lines.map(line => /^([^:]+):\s*(.*)$/.exec(line)!).map(([, name, value]) => [name, value]);
  const named = Object.fromEntries(headers.map(([name, value]) => [name!.toLowerCase(), value!]));
  const body = text.slice(end + 4);
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: named,
    body: named['transfer-encoding'] === 'chunked' ? joined(body) : body,
  };
}

/** A body without the lengths of its pieces. */
function joined(chunked: string): string {
  const end = chunked.indexOf('\r\n');
  const length = Number.parseInt(chunked.slice(0, end), 16) || 0;
  const from = end + 2;
  return length === 0 ? '' : chunked.slice(from, from + length) + joined(chunked.slice(from + length + 2));
}

export interface RawRequest {
  method?: string;
  /** What stands in the request line. */
  target?: string;
  /** Undefined leaves one out. */
  headers?: Record<string, string | undefined>;
  body?: string;
}

export function send(
  port: number,
  { method = 'GET', target = '/', headers = {}, body = '' }: RawRequest,
): Promise<RawAnswer> {
  const all = { Host: `127.0.0.1:${port}`, Connection: 'close', ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return exchange(port, [`${method} ${target} HTTP/1.1`, ...lines, ...length, '', body].join('\r\n'));
}

/** The cookie of a browser that came by the link. */
export async function signIn(link: string): Promise<string> {
  const { pathname, search, port } = new URL(link);
  const { status, headers } = await send(Number(port), { target: pathname + search });
  if (status !== 303) throw new Error(`the link was answered with ${status}`);
  return headers['set-cookie']!.split(';')[0]!;
}

/** The address of a question with its options. */
export const questionAddress = (question: string, options: object): string =>
  `/api/${question}?options=${encodeURIComponent(JSON.stringify(options))}`;

/** What the document has for its script. */
export async function startOf(
  port: number,
  cookie: string,
  target = '/',
): Promise<{ start: { token: string } }> {
  const { body } = await send(port, { target, headers: { Cookie: cookie } });
  return JSON.parse(/<script type="application\/json" id="start">([^<]*)<\/script>/.exec(body)![1]!);
}
