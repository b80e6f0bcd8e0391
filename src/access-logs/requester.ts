/** Who made a request, from the requester of an access log line. */

/**
 * - `anonymous`: no authentication
 * - `canonical`: canonical user id of an account
 * - `user`, `session`, `federated`, `root`: by its ARN
 * - `service`: a service of AWS
 * - `unknown`: any other text
 */
export type RequesterKind =
  | 'anonymous'
  | 'canonical'
  | 'user'
  | 'session'
  | 'federated'
  | 'root'
  | 'service'
  | 'unknown';

/** The parts of a requester; null where it has none. */
export interface Requester {
  kind: RequesterKind;
  /** Account id, 12 digits. */
  account: string | null;
  /** Name of the user (without its path), of the role or of the service, or the canonical user id. */
  name: string | null;
  /** Name of the session of a role. */
  session: string | null;
}

const CANONICAL = /^[0-9a-f]{64}$/;
// `AmazonS3` acts for lifecycle rules; others appear as svc:NAME.amazonaws.com or NAME.amazonaws.com.
const SERVICE = /^(?:AmazonS3|(?:svc:)?[a-z0-9.-]+\.amazonaws\.com)$/;
const ARN = /^arn:aws[a-z-]*:(iam|sts)::(\d{12}):([^/]+)(?:\/(.+))?$/;

const nobody = (kind: RequesterKind, name: string | null = null): Requester => ({
  kind,
  account: null,
  name,
  session: null,
});

/** The parts of a requester as it stands in a line. A form that is not known is `unknown`, and no part of it is guessed. */
export function requesterOf(text: string): Requester {
  if (text === '-') return nobody('anonymous');
  if (CANONICAL.test(text)) return nobody('canonical', text);
  if (SERVICE.test(text)) return nobody('service', text);
  const [, service, account = null, type, path] = ARN.exec(text) ?? [];
  if (service === 'iam' && type === 'root' && path === undefined)
    return { kind: 'root', account, name: null, session: null };
  if (service === 'iam' && type === 'user' && path !== undefined && !path.endsWith('/'))
    return { kind: 'user', account, name: path.slice(path.lastIndexOf('/') + 1), session: null };
  if (service === 'sts' && type === 'federated-user' && path !== undefined)
    return { kind: 'federated', account, name: path, session: null };
  if (service === 'sts' && type === 'assumed-role' && path !== undefined) {
    // Neither the name of a role nor that of a session has a slash; paths of roles are not in the ARN of a session.
    const at = path.indexOf('/');
    if (at > 0 && at < path.length - 1)
      return { kind: 'session', account, name: path.slice(0, at), session: path.slice(at + 1) };
  }
  return nobody('unknown');
}
