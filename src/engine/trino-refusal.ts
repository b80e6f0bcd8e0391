/** Why a server does not answer, or does not take what it is asked, and what to do about it. */

import { codeOf, messageOf, UsageError } from '../errors.js';
import { brief } from '../output/escape.js';
import type { HttpResponse } from './http.js';
import { said } from './trino-page.js';

/** What gateways say for a while: the protocol asks to try again. 429 is a gateway’s that limits rates. */
export const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** How often is tried. */
export const ATTEMPTS = 8;

/** An error of the connection. */
export function unreachable(error: unknown): { sentence: string; hint: string } {
  const code = codeOf(error);
  // A server that misses a client's certificate says so with an alert, which is an error of the protocol as others are.
  if (
    /alert (?:certificate required|handshake failure|unknown ca|(?:bad|unsupported) certificate)/.test(
      messageOf(error),
    )
  )
    return {
      sentence: 'it ends the handshake: it wants a certificate of the client, or another one',
      hint: 'certificate = "file.pem" and key = "file.pem" in the profile name one',
    };
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return { sentence: 'it does not speak TLS at this port', hint: '?SSL=false in the URL asks without' };
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code))
    return {
      sentence: `its certificate is not trusted: ${code}`,
      hint: 'ca = "file.pem" in the profile names the authority that signed it',
    };
  if (code === 'HPE_INVALID_CONSTANT')
    return { sentence: 'it does not speak HTTP at this port', hint: '?SSL=true in the URL asks over TLS' };
  return {
    sentence: `it does not answer: ${code || messageOf(error)}`,
    hint: 'check host, port and network',
  };
}

/** A status that is neither an answer nor worth another try. */
export function refused({ status, headers, text }: HttpResponse, describe: string): UsageError {
  if (status === 401 || status === 403)
    return new UsageError(
      'ENGINE_REFUSED',
      `${describe}: ${status === 401 ? 'the credentials are missing or not taken' : 'the user may not ask'} (HTTP ${status})${said(text)}`,
      'credentials: OFFTRAIL_TRINO_PASSWORD or OFFTRAIL_TRINO_TOKEN, or password-file, token-file, certificate in the profile',
    );
  if (status >= 300 && status < 400)
    return new UsageError(
      'ENGINE_UNREACHABLE',
      `${describe}: it sends elsewhere (HTTP ${status}, ${brief(headers.location ?? 'nowhere')}), which is not followed`,
      'name the server itself; ?SSL=true asks over TLS',
    );
  if (AGAIN.has(status))
    return new UsageError(
      'ENGINE_UNREACHABLE',
      `${describe}: it is too busy (HTTP ${status}, after ${ATTEMPTS} attempts)`,
      'try again later',
    );
  return new UsageError(
    'ENGINE_UNREACHABLE',
    `${describe}: it answers HTTP ${status}${said(text)}`,
    'is it Trino?',
  );
}
