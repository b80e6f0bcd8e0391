/** What the logs cannot say about the use of a key, and why. */

import type { Db } from '../../store/open.js';
import { S3_SOURCES } from '../../store/requests-view.js';
import { prepared } from '../../store/statements.js';
import { CATEGORY_SQLITE } from '../filter/category.js';
import { isArn, type OwnerKey } from './key-owner.js';
import { type Candidate, sourceOf } from './last-used.js';
import type { LinesOfKey, RequesterLines } from './requester-lines.js';

/** What an answer has so far. */
export interface AnswerSoFar {
  asked: string;
  owners: readonly { arn: string }[];
  keys: readonly OwnerKey[];
  cloudTrail: object | undefined;
  accessLog: RequesterLines | undefined;
  linesOfKeys: readonly LinesOfKey[];
  lastUsed: { candidates: readonly Candidate[] } | undefined;
  service: string | undefined;
}

/** Buckets that are named. */
const NAMED = 10;

/** Each statement is a sentence of its own; only what matters for this answer is said. */
export function limitsOf(db: Db, answer: AnswerSoFar): string[] {
  return [...ofKeys(answer), ...ofLogs(db, answer), ...ofAddresses(answer)];
}

function ofKeys({ asked, owners, keys, accessLog, linesOfKeys }: AnswerSoFar): string[] {
  if (owners.length === 0)
    return [
      `whose key it is: no event here is by the key, and no call that issued it is here; IAM’s GetAccessKeyLastUsed names the user of ${asked}: ask with the ARN of that user`,
    ];
  if (!accessLog) return [];
  const joined = linesOfKeys.reduce((sum, { lines }) => sum + lines, 0);
  const said: string[] = [];
  if (joined < accessLog.lines)
    said.push(
      `which key made ${accessLog.lines - joined} of the ${accessLog.lines} access log lines: access logs have the requester’s ARN and no access key; only where CloudTrail has the same request is the key known`,
    );
  const others = keys
    .filter(({ accessKeyId }) => accessKeyId !== asked)
    .map(({ accessKeyId }) => accessKeyId);
  if (!isArn(asked) && others.length > 0)
    said.push(
      `which of its keys the owner used: these logs name ${others.length} more (${listed(others)}), and in access logs two keys of one user cannot be told apart`,
    );
  else if (!isArn(asked))
    said.push(
      'whether the owner has more keys: these logs name no other, which does not mean that there is none',
    );
  return said;
}

const listed = (names: readonly string[]): string =>
  names.length > NAMED ? `${names.slice(0, NAMED).join(', ')}, …` : names.join(', ');

function ofLogs(db: Db, { asked, cloudTrail, service }: AnswerSoFar): string[] {
  const said: string[] = [];
  if (service !== undefined && !sourceOf(service).startsWith('s3'))
    said.push(`what access logs say of ${service}: they are of S3 alone`);
  const buckets = prepared(db, 'SELECT bucket_name FROM access_bucket ORDER BY bucket_name LIMIT ?')
    .pluck()
    .all(NAMED + 1) as string[];
  said.push(
    buckets.length === 0
      ? 'what access logs would say: this index has none'
      : `requests to buckets without access logs here (there are those of ${listed(buckets)}); S3 delivers access logs late, and sometimes not at all`,
  );
  if (!hasObjectEvents(db))
    said.push(
      'what CloudTrail would say of objects: it has no object-level events here, which a trail records only where it is told to',
    );
  else if (!cloudTrail)
    said.push(
      `requests by ${asked} that no trail recorded: CloudTrail has no event of it here, and object-level events only of the buckets that a trail was told to record`,
    );
  return said;
}

function hasObjectEvents(db: Db): boolean {
  return (
    prepared(
      db,
      `SELECT 1 FROM kind AS k JOIN event AS e ON e.kind_id = k.id
      WHERE k.eventsource IN ${S3_SOURCES} AND ${CATEGORY_SQLITE} = 'Data' LIMIT 1`,
    ).get() !== undefined
  );
}

function ofAddresses({ lastUsed, accessLog }: AnswerSoFar): string[] {
  const isAsked = lastUsed?.candidates.some(({ fit }) => fit !== 'ruled out') ?? accessLog !== undefined;
  return isAsked
    ? [
        'whether one machine is behind an address: a NAT gateway, a proxy or an address that was given to another instance has several; who else was there is a hint, no proof',
      ]
    : [];
}
