/** Realistic CloudTrail records: identities, agents and buckets repeat as in real accounts; ids and keys are unique. */

import type { Random } from './random.js';

export type CloudTrailRecord = Record<string, unknown>;

export interface World {
  accounts: string[];
  regions: string[];
  buckets: Array<{ name: string; account: string; region: string }>;
  roles: Array<{ name: string; account: string; id: string; service: string }>;
  users: Array<{ name: string; account: string; id: string; key: string }>;
  agents: string[];
  addresses: string[];
  strangers: string[];
}

/** The cast of a tree: accounts with their roles, users, buckets and the addresses they call from. */
export function createWorld(r: Random): World {
  const accounts = ['111122223333', '222233334444', '333344445555'];
  const regions = ['us-east-1', 'eu-west-1', 'us-west-2', 'ap-southeast-2'];
  const teams = ['billing', 'web', 'ml', 'data', 'audit', 'media', 'search', 'mobile'];
  const uses = ['logs', 'backups', 'assets', 'exports', 'models', 'lake', 'uploads'];
  const buckets = teams.flatMap(team =>
    uses.map(use => ({
      name: `${team}-${use}-${r.hex(6)}`,
      account: r.pick(accounts),
      region: r.skewed(regions),
    })),
  );
  const roles = Array.from({ length: 60 }, (_, i) => ({
    name: `${r.pick(teams)}-${r.pick(['reader', 'writer', 'lambda', 'task', 'deploy', 'etl'])}-${i}`,
    account: r.skewed(accounts),
    id: `AROA${r.upper(17)}`,
    service: r.pick(['', '', 'lambda.amazonaws.com', 'ecs-tasks.amazonaws.com']),
  }));
  const users = Array.from({ length: 24 }, (_, i) => ({
    name: `${r.pick(['ana', 'bo', 'chen', 'dara', 'emil', 'fatima', 'george'])}.${i}`,
    account: r.skewed(accounts),
    id: `AIDA${r.upper(17)}`,
    key: `AKIA${r.upper(16)}`,
  }));
  const agents = Array.from({ length: 140 }, (_, i) => {
    const version = `1.${20 + (i % 14)}.${r.below(200)}`;
    return r.pick([
      `[aws-sdk-java/2.${i % 26}.${r.below(90)} Linux/5.10.2${i}-2.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/17.0.${i % 9}+7-LTS Java/17.0.${i % 9} vendor/Amazon.com_Inc. exec-env/AWS_Lambda_java17 io/sync http/Apache cfg/retry-mode/legacy]`,
      `[Boto3/${version} md/Botocore#${version} ua/2.0 os/linux#5.15.0-${i} md/arch#x86_64 lang/python#3.11.${i % 8} md/pyimpl#CPython cfg/retry-mode#legacy Botocore/${version}]`,
      `[aws-cli/2.${i % 15}.${r.below(30)} Python/3.11.6 Linux/6.1.${i} exe/x86_64.ubuntu.22 prompt/off command/s3.cp]`,
    ]);
  });
  const addresses = Array.from(
    { length: 1200 },
    () => `10.${r.below(32)}.${r.below(256)}.${1 + r.below(254)}`,
  );
  const strangers = Array.from(
    { length: 800 },
    () => `${11 + r.below(180)}.${r.below(256)}.${r.below(256)}.${r.below(256)}`,
  );
  return { accounts, regions, buckets, roles, users, agents, addresses, strangers };
}

/** ISO time with whole seconds, as CloudTrail writes it. */
export function isoTime(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** The session of a role at a time. It lasts a day; its key and creation date stay the same all that time. */
function roleSession(
  role: World['roles'][number],
  at: number,
): { created: number; name: string; key: string } {
  const created = Math.floor(at / 86400) * 86400 + (role.name.length % 7) * 60;
  const tag = (created * 2654435761) % 2 ** 32;
  const name = role.service
    ? `${role.name}-task-${(tag % 3).toString(36)}`
    : `session-${(tag % 9973).toString(36)}`;
  const key = `ASIA${Math.abs(tag + role.id.charCodeAt(6) * 7919)
    .toString(32)
    .toUpperCase()
    .replaceAll('0', 'Q')
    .padEnd(16, role.id.slice(4))
    .slice(0, 16)}`;
  return { created, name, key };
}

function roleIdentity(r: Random, w: World, at: number): CloudTrailRecord {
  const role = r.skewed(w.roles);
  const session = roleSession(role, at);
  return {
    type: 'AssumedRole',
    principalId: `${role.id}:${session.name}`,
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${session.name}`,
    accountId: role.account,
    accessKeyId: session.key,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: role.id,
        arn: `arn:aws:iam::${role.account}:role/${role.name}`,
        accountId: role.account,
        userName: role.name,
      },
      attributes: { creationDate: isoTime(session.created), mfaAuthenticated: 'false' },
    },
  };
}

function userIdentity(r: Random, w: World): CloudTrailRecord {
  const user = r.skewed(w.users);
  return {
    type: 'IAMUser',
    principalId: user.id,
    arn: `arn:aws:iam::${user.account}:user/${user.name}`,
    accountId: user.account,
    accessKeyId: user.key,
    userName: user.name,
  };
}

const tls = (host: string): CloudTrailRecord => ({
  tlsVersion: 'TLSv1.3',
  cipherSuite: 'TLS_AES_128_GCM_SHA256',
  clientProvidedHostHeader: host,
});

/** Share of object calls by name. */
const OBJECT_CALLS = [
  'GetObject',
  'PutObject',
  'HeadObject',
  'GetObject',
  'DeleteObject',
  'ListObjects',
  'CopyObject',
];
const READ_CALLS = new Set(['GetObject', 'HeadObject', 'ListObjects']);

export interface ObjectCall {
  eventName?: string;
  bucket?: World['buckets'][number];
  key?: string;
  anonymous?: 'anonymous' | 'ANONYMOUS_PRINCIPAL' | 'principal';
  signature?: 'SigV2' | 'SigV4';
  errorCode?: string;
  errorMessage?: string;
}

/** An S3 data event, field by field as S3 writes it. */
export function objectEvent(r: Random, w: World, at: number, call: ObjectCall = {}): CloudTrailRecord {
  const eventName = call.eventName ?? r.skewed(OBJECT_CALLS);
  const bucket = call.bucket ?? r.skewed(w.buckets);
  const readOnly = READ_CALLS.has(eventName);
  const day = isoTime(at).slice(0, 10).replaceAll('-', '/');
  const key =
    call.key ??
    `${r.pick(['data', 'raw', 'backups', 'img', 'exports/daily'])}/${day}/part-${r.hex(8)}-${r.hex(4)}.${r.pick(['parquet', 'json.gz', 'jpg', 'csv'])}`;
  const host = `${bucket.name}.s3.${bucket.region}.amazonaws.com`;
  const anonymous = call.anonymous;
  const identity = anonymous
    ? anonymous === 'principal'
      ? { type: 'AWSAccount', principalId: 'ANONYMOUS_PRINCIPAL', accountId: 'ANONYMOUS_PRINCIPAL' }
      : { type: 'AWSAccount', principalId: '', accountId: anonymous }
    : r.next() < 0.9
      ? roleIdentity(r, w, at)
      : userIdentity(r, w);
  const list = eventName === 'ListObjects';
  const object = `arn:aws:s3:::${bucket.name}/${key}`;
  const size = 200 + r.below(4_000_000);
  const out = eventName === 'GetObject' ? size : 0;
  const put = eventName === 'PutObject' ? size : 0;
  return {
    eventVersion: '1.09',
    userIdentity: identity,
    eventTime: isoTime(at),
    eventSource: 's3.amazonaws.com',
    eventName,
    awsRegion: bucket.region,
    sourceIPAddress: anonymous ? r.skewed(w.strangers) : r.skewed(w.addresses),
    userAgent: anonymous ? '[Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36]' : r.skewed(w.agents),
    ...(call.errorCode
      ? { errorCode: call.errorCode, errorMessage: call.errorMessage ?? 'Access Denied' }
      : {}),
    requestParameters: list
      ? {
          'list-type': '2',
          bucketName: bucket.name,
          prefix: `data/${day}/`,
          'encoding-type': 'url',
          Host: host,
        }
      : { bucketName: bucket.name, Host: host, key },
    responseElements:
      eventName === 'PutObject' && !call.errorCode ? { 'x-amz-server-side-encryption': 'AES256' } : null,
    additionalEventData: {
      ...(anonymous ? {} : { SignatureVersion: call.signature ?? (r.below(700) === 0 ? 'SigV2' : 'SigV4') }),
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: put,
      ...(put ? { SSEApplied: 'Default_SSE_S3' } : {}),
      ...(anonymous ? {} : { AuthenticationMethod: 'AuthHeader' }),
      'x-amz-id-2': `${r.base64(75)}=`,
      bytesTransferredOut: call.errorCode ? 243 : out,
    },
    requestID: r.hex(16).toUpperCase(),
    eventID: r.uuid(),
    readOnly,
    resources: [
      {
        type: 'AWS::S3::Object',
        ...(list ? { ARNPrefix: `arn:aws:s3:::${bucket.name}/data/${day}/` } : { ARN: object }),
      },
      { accountId: bucket.account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket.name}` },
    ],
    eventType: 'AwsApiCall',
    managementEvent: false,
    recipientAccountId: bucket.account,
    eventCategory: 'Data',
    tlsDetails: tls(host),
  };
}

interface ManagementCall {
  source: string;
  name: string;
  readOnly: boolean;
  request(r: Random): unknown;
}

const MANAGEMENT_CALLS: readonly ManagementCall[] = [
  {
    source: 'kms',
    name: 'Decrypt',
    readOnly: true,
    request: r => ({
      encryptionContext: {
        'aws:lambda:FunctionArn': `arn:aws:lambda:us-east-1:111122223333:function:worker-${r.below(40)}`,
      },
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    }),
  },
  {
    source: 'ec2',
    name: 'DescribeInstances',
    readOnly: true,
    request: r => ({ instancesSet: { items: [{ instanceId: `i-0${r.hex(16)}` }] }, filterSet: {} }),
  },
  { source: 'sts', name: 'GetCallerIdentity', readOnly: true, request: () => null },
  {
    source: 'logs',
    name: 'CreateLogStream',
    readOnly: false,
    request: r => ({
      logGroupName: `/aws/lambda/worker-${r.below(40)}`,
      logStreamName: `2026/01/01/[$LATEST]${r.hex(32)}`,
    }),
  },
  {
    source: 'cloudformation',
    name: 'DescribeStacks',
    readOnly: true,
    request: r => ({ stackName: `stack-${r.below(60)}` }),
  },
  { source: 'iam', name: 'GetRole', readOnly: true, request: r => ({ roleName: `service-${r.below(80)}` }) },
  {
    source: 'dynamodb',
    name: 'DescribeTable',
    readOnly: true,
    request: r => ({ tableName: `table-${r.below(30)}` }),
  },
];

const token = (r: Random): string => `IQoJb3JpZ2luX2VjE${r.base64(340)}`;

/** A management event: AssumeRole with its credentials, or one of a handful of frequent calls. */
export function managementEvent(r: Random, w: World, at: number): CloudTrailRecord {
  const region = r.skewed(w.regions);
  if (r.below(4) === 0) return assumeRoleEvent(r, w, at, region);
  const call = r.skewed(MANAGEMENT_CALLS);
  const identity = r.next() < 0.8 ? roleIdentity(r, w, at) : userIdentity(r, w);
  const denied = r.below(60) === 0;
  const host = `${call.source}.${region}.amazonaws.com`;
  return {
    eventVersion: '1.09',
    userIdentity: identity,
    eventTime: isoTime(at),
    eventSource: `${call.source}.amazonaws.com`,
    eventName: call.name,
    awsRegion: region,
    sourceIPAddress: r.skewed(w.addresses),
    userAgent: r.skewed(w.agents),
    ...(denied
      ? {
          errorCode: 'AccessDenied',
          errorMessage: `User: ${identity.arn as string} is not authorized to perform: ${call.source}:${call.name}`,
        }
      : {}),
    requestParameters: call.request(r),
    responseElements: null,
    requestID: r.uuid(),
    eventID: r.uuid(),
    readOnly: call.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: identity.accountId,
    eventCategory: 'Management',
    tlsDetails: tls(host),
  };
}

function assumeRoleEvent(r: Random, w: World, at: number, region: string): CloudTrailRecord {
  const role = r.skewed(w.roles);
  const arn = `arn:aws:iam::${role.account}:role/${role.name}`;
  const service = role.service || 'ec2.amazonaws.com';
  // Now and then somebody asks for the session that the day's other events are of.
  const known = r.below(8) === 0 ? roleSession(role, at) : undefined;
  const session = known?.name ?? `${role.name}-${r.hex(6)}`;
  const caller = r.next() < 0.5 ? userIdentity(r, w) : roleIdentity(r, w, at);
  return {
    eventVersion: '1.08',
    userIdentity: known ? caller : { type: 'AWSService', invokedBy: service },
    eventTime: isoTime(at),
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    awsRegion: region,
    sourceIPAddress: service,
    userAgent: service,
    requestParameters: { roleArn: arn, roleSessionName: session },
    responseElements: {
      credentials: {
        accessKeyId: known?.key ?? `ASIA${r.upper(16)}`,
        sessionToken: token(r),
        expiration: new Date((at + 3600) * 1000).toUTCString(),
      },
      assumedRoleUser: {
        assumedRoleId: `${role.id}:${session}`,
        arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${session}`,
      },
    },
    requestID: r.uuid(),
    eventID: r.uuid(),
    readOnly: true,
    resources: [{ accountId: role.account, type: 'AWS::IAM::Role', ARN: arn }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: role.account,
    sharedEventID: r.uuid(),
    eventCategory: 'Management',
  };
}

/** One event of the ordinary mix: two thirds object calls, one third management. */
export function anyEvent(r: Random, w: World, at: number): CloudTrailRecord {
  if (r.next() < 0.66) {
    const roll = r.below(1000);
    if (roll < 4)
      return objectEvent(r, w, at, {
        anonymous: 'anonymous',
        eventName: 'GetObject',
        ...(roll < 2 ? { errorCode: 'AccessDenied' } : {}),
      });
    if (roll < 14)
      return objectEvent(r, w, at, {
        errorCode: 'NoSuchKey',
        errorMessage: 'The specified key does not exist.',
        eventName: 'GetObject',
      });
    return objectEvent(r, w, at);
  }
  return managementEvent(r, w, at);
}
