/** The cast of believable access logs: buckets, who asks, from where, with what. */

import type { Random } from './random.js';
import type { CloudTrailRecord } from './records.js';

export interface AccessBucket {
  name: string;
  /** Canonical user id of the owner. */
  owner: string;
  account: string;
  region: string;
}

/** Somebody who makes requests: what access logs call them, and CloudTrail. */
export interface AccessRequester {
  text: string;
  identity: CloudTrailRecord;
  isSigned: boolean;
}

/** The cast. */
export interface AccessWorld {
  buckets: AccessBucket[];
  requesters: AccessRequester[];
  addresses: string[];
  agents: string[];
}

const ACCOUNTS = ['111122223333', '222233334444', '333344445555'];
const REGIONS = ['us-east-1', 'eu-west-1', 'us-west-2'];
export const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36';

function requesterIn(r: Random, i: number): AccessRequester {
  const account = r.skewed(ACCOUNTS);
  const roll = r.below(20);
  if (roll === 0) {
    const text = r.hex(64);
    return {
      text,
      isSigned: true,
      identity: { type: 'AWSAccount', principalId: `AIDA${r.upper(17)}`, accountId: account },
    };
  }
  if (roll < 6) {
    const userName = `${r.pick(['ana', 'bo', 'chen', 'dara', 'emil'])}.${i}`;
    const text = `arn:aws:iam::${account}:user/${userName}`;
    const identity = {
      type: 'IAMUser',
      principalId: `AIDA${r.upper(17)}`,
      arn: text,
      accountId: account,
      userName,
    };
    return { text, isSigned: true, identity };
  }
  const role = `${r.pick(['web', 'etl', 'billing', 'ml'])}-${r.pick(['reader', 'writer', 'task'])}-${i % 12}`;
  const text = `arn:aws:sts::${account}:assumed-role/${role}/i-0${r.hex(16)}`;
  const identity = {
    type: 'AssumedRole',
    principalId: `AROA${r.upper(17)}:s`,
    arn: text,
    accountId: account,
  };
  return { text, isSigned: true, identity };
}

export const ANONYMOUS: AccessRequester = {
  text: '-',
  isSigned: false,
  identity: { type: 'AWSAccount', principalId: '', accountId: 'anonymous' },
};
export const SERVICE: AccessRequester = {
  text: 'svc:cloudfront.amazonaws.com',
  isSigned: true,
  identity: { type: 'AWSService', invokedBy: 'cloudfront.amazonaws.com' },
};

/** Buckets, requesters, addresses and agents. */
export function createAccessWorld(r: Random, counts: { buckets: number; requesters: number }): AccessWorld {
  const owners = ACCOUNTS.map(() => r.hex(64));
  const buckets = Array.from({ length: counts.buckets }, (_, i) => {
    const account = i % ACCOUNTS.length;
    const name = `${r.pick(['assets', 'data', 'exports', 'lake'])}-${r.hex(6)}`;
    return { name, owner: owners[account]!, account: ACCOUNTS[account]!, region: r.skewed(REGIONS) };
  });
  return {
    buckets,
    requesters: Array.from({ length: counts.requesters }, (_, i) => requesterIn(r, i)),
    addresses: Array.from(
      { length: 400 },
      () => `${11 + r.below(180)}.${r.below(256)}.${r.below(256)}.${1 + r.below(254)}`,
    ),
    agents: Array.from({ length: 80 }, (_, i) =>
      r.pick([
        BROWSER.replace('122', String(90 + i)),
        `aws-cli/2.${i % 15}.${r.below(30)} Python/3.11.6 Linux/6.1.${i} exe/x86_64.ubuntu.22 prompt/off command/s3.cp`,
        `Boto3/1.${20 + (i % 14)}.${r.below(200)} md/Botocore#1.34 ua/2.0 os/linux#5.15.0-${i} lang/python#3.11.${i % 8}`,
        `S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.${i} Linux/5.10 OpenJDK_64-Bit_Server_VM/25.${i}`,
      ]),
    ),
  };
}
