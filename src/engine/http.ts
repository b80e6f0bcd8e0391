/** One HTTP request: bounded, over TLS that is checked, and never sent on to where a server points. */

import { type IncomingHttpHeaders, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { createGunzip } from 'node:zlib';

/** What TLS needs beside the system's own authorities, as PEM. */
export interface TlsFiles {
  ca?: Buffer | undefined;
  certificate?: Buffer | undefined;
  key?: Buffer | undefined;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string;
  signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Lets go of open connections. */
  close(): void;
}

/** Bytes of a response, inflated: a page of Trino's has some megabytes, and one row may be long. */
const LARGEST = 256 * 2 ** 20;
/** A server that says nothing for so long is gone; Trino answers within a second, if only that it is still busy. */
const SILENCE = 60_000;

/** @param options.largest bytes of a response; default 256 MB */
export function httpClient(
  { ca, certificate, key }: TlsFiles = {},
  { largest = LARGEST }: { largest?: number } = {},
): HttpClient {
  const tls = new Agent({
    keepAlive: true,
    minVersion: 'TLSv1.2',
    ...(ca && { ca }),
    ...(certificate && { cert: certificate }),
    ...(key && { key }),
  });
  const plain = new PlainAgent({ keepAlive: true });
  const send = ({ method, url, headers, body, signal }: HttpRequest): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const isTls = url.protocol === 'https:';
      const options = {
        method,
        agent: isTls ? tls : plain,
        timeout: SILENCE,
        headers: {
          ...headers,
          'Accept-Encoding': 'gzip',
          ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
        },
        ...(signal && { signal }),
      };
      const sent = (isTls ? tlsRequest : plainRequest)(url, options, response => {
        const isGzip = response.headers['content-encoding'] === 'gzip';
        const bytes = isGzip ? response.pipe(createGunzip()) : response;
        const chunks: Buffer[] = [];
        let length = 0;
        const fail = (error: unknown): void => {
          reject(error);
          response.destroy();
        };
        response.on('error', fail);
        response.on('aborted', () =>
          fail(Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' })),
        );
        bytes.on('error', fail);
        bytes.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > largest) fail(new RangeError(`an answer of more than ${largest} bytes`));
          else chunks.push(chunk);
        });
        bytes.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      sent.on('timeout', () =>
        sent.destroy(
          Object.assign(new Error(`no answer for ${SILENCE / 1000} seconds`), { code: 'ETIMEDOUT' }),
        ),
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const close = (): void => {
    tls.destroy();
    plain.destroy();
  };
  return { send, close };
}
