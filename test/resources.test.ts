import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RESOURCE_COLUMNS, resourcesOf } from '../src/cloudtrail/resources.js';
import {
  folder,
  ingestInto,
  offtrail,
  offtrailProcess,
  put,
  query,
  REAL_DATA,
  record,
  type TestRecord,
  trail,
} from './support.js';

/** Resources of a record, as `type name`, in no order: AWS's own varies. */
function resources(one: TestRecord): string[] {
  const fields = new Map(Object.entries(one).map(([name, value]) => [name.toLowerCase(), value]));
  const columns = RESOURCE_COLUMNS.map(name => {
    const value = fields.get(name);
    if (value === undefined || value === null) return null;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  return resourcesOf(columns)
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

const USER = 'arn:aws:iam::111122223333:user/eve';
const ROLE = 'arn:aws:iam::111122223333:role/admin';
const ASSUMED = 'arn:aws:sts::111122223333:assumed-role/admin/eve';
const POLICY = 'arn:aws:iam::aws:policy/AdministratorAccess';
const TRAIL = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main';
const items = (...list: unknown[]): unknown => ({ items: list });

/** Which resources AWS gives is observed in published output of lookup-events and of the console; the values are ours. */
const OBSERVED: Array<[event: string, request: unknown, response: unknown, expected: string[]]> = [
  [
    'iam CreateUser',
    { userName: 'eve' },
    { user: { path: '/', arn: USER, userName: 'eve', createDate: 'x', userId: 'AIDAEVE' } },
    ['AWS::IAM::User AIDAEVE', `AWS::IAM::User ${USER}`, 'AWS::IAM::User eve'],
  ],
  ['iam DeleteUser', { userName: 'eve' }, null, ['AWS::IAM::User eve']],
  [
    'iam CreateAccessKey',
    { userName: 'eve' },
    { accessKey: { userName: 'eve', accessKeyId: 'AKIAEVE', status: 'Active' } },
    ['AWS::IAM::AccessKey AKIAEVE', 'AWS::IAM::User eve'],
  ],
  [
    'iam AttachUserPolicy',
    { userName: 'eve', policyArn: POLICY },
    null,
    [`AWS::IAM::Policy ${POLICY}`, 'AWS::IAM::User eve'],
  ],
  [
    'iam AttachRolePolicy',
    { roleName: 'admin', policyArn: POLICY },
    null,
    [`AWS::IAM::Policy ${POLICY}`, 'AWS::IAM::Role admin'],
  ],
  [
    'iam PutRolePolicy',
    { roleName: 'admin', policyName: 'inline', policyDocument: '{}' },
    null,
    ['AWS::IAM::Policy inline', 'AWS::IAM::Role admin'],
  ],
  [
    'iam CreateRole',
    { roleName: 'admin' },
    { role: { roleName: 'admin', arn: ROLE, roleId: 'AROAADMIN' } },
    ['AWS::IAM::Role AROAADMIN', 'AWS::IAM::Role admin', `AWS::IAM::Role ${ROLE}`],
  ],
  [
    'iam AddUserToGroup',
    { userName: 'eve', groupName: 'admins' },
    null,
    ['AWS::IAM::Group admins', 'AWS::IAM::User eve'],
  ],
  [
    'iam RemoveRoleFromInstanceProfile',
    { instanceProfileName: 'profile', roleName: 'admin' },
    null,
    ['AWS::IAM::InstanceProfile profile', 'AWS::IAM::Role admin'],
  ],
  ['iam CreatePolicy', null, null, []],
  ['iam ChangePassword', null, null, []],
  ['signin ConsoleLogin', null, { ConsoleLogin: 'Success' }, []],
  [
    'cloudtrail CreateTrail',
    { name: 'main', s3BucketName: 'trail-bucket' },
    { name: 'main', trailARN: TRAIL, s3BucketName: 'trail-bucket' },
    ['AWS::CloudTrail::Trail main', `AWS::CloudTrail::Trail ${TRAIL}`, 'AWS::S3::Bucket trail-bucket'],
  ],
  ['cloudtrail StartLogging', { name: TRAIL }, null, [`AWS::CloudTrail::Trail ${TRAIL}`]],
  [
    'cloudtrail PutEventSelectors',
    { trailName: 'main', eventSelectors: [] },
    { trailARN: TRAIL, eventSelectors: [] },
    ['AWS::CloudTrail::Trail main', `AWS::CloudTrail::Trail ${TRAIL}`],
  ],
  ['s3 CreateBucket', { bucketName: 'b', Host: 's3.amazonaws.com' }, null, ['AWS::S3::Bucket b']],
  [
    'ec2 TerminateInstances',
    { instancesSet: items({ instanceId: 'i-1' }, { instanceId: 'i-2' }) },
    { instancesSet: items({ instanceId: 'i-1' }, { instanceId: 'i-2' }) },
    ['AWS::EC2::Instance i-1', 'AWS::EC2::Instance i-2'],
  ],
  [
    'ec2 AttachNetworkInterface',
    { networkInterfaceId: 'eni-1', instanceId: 'i-1' },
    { attachmentId: 'eni-attach-1' },
    [
      'AWS::EC2::Instance i-1',
      'AWS::EC2::NetworkInterface eni-1',
      'AWS::EC2::NetworkInterfaceAttachment eni-attach-1',
    ],
  ],
  ['ec2 DeleteSecurityGroup', { groupId: 'sg-1' }, { _return: true }, ['AWS::EC2::SecurityGroup sg-1']],
  [
    'ec2 AssociateRouteTable',
    { routeTableId: 'rtb-1', subnetId: 'subnet-1' },
    { associationId: 'rtbassoc-1' },
    [
      'AWS::EC2::RouteTable rtb-1',
      'AWS::EC2::Subnet subnet-1',
      'AWS::EC2::SubnetRouteTableAssociation rtbassoc-1',
    ],
  ],
  ['ec2 CreateTags', { resourcesSet: items({ resourceId: 'i-1' }), tagSet: items() }, null, ['null i-1']],
  ['cloudformation DeleteStack', { stackName: 'web' }, null, ['AWS::CloudFormation::Stack web']],
  ['logs CreateLogGroup', { logGroupName: '/aws/x' }, null, []],
  ['ssm StartSession', { target: 'i-1' }, null, []],
];

describe('the resources of an event are those that lookup-events shows', () => {
  it.each(OBSERVED)('%s', (event, requestParameters, responseElements, expected) => {
    const [service, eventName] = event.split(' ');
    const one = {
      eventName,
      eventSource: `${service}.amazonaws.com`,
      readOnly: false,
      requestParameters,
      responseElements,
    };
    expect(resources({ ...one, eventCategory: 'Management' })).toEqual([...expected].sort());
    // Failed calls have what their request names.
    expect(resources({ ...one, errorCode: 'AccessDenied', managementEvent: true })).toEqual(
      [...expected].sort(),
    );
  });

  it('of AssumeRole: the key, the session in its three forms, the role', () => {
    const one = {
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      readOnly: true,
      requestParameters: { roleArn: ROLE, roleSessionName: 'eve', externalId: 'x' },
      responseElements: {
        credentials: { accessKeyId: 'ASIAEVE', sessionToken: 'x', expiration: 'x' },
        assumedRoleUser: { assumedRoleId: 'AROAADMIN:eve', arn: ASSUMED },
      },
      resources: [{ ARN: ROLE, accountId: '111122223333', type: 'AWS::IAM::Role' }],
      eventCategory: 'Management',
    };
    expect(resources(one)).toEqual(
      [
        'AWS::IAM::AccessKey ASIAEVE',
        `AWS::IAM::Role ${ROLE}`,
        'AWS::STS::AssumedRole AROAADMIN:eve',
        `AWS::STS::AssumedRole ${ASSUMED}`,
        'AWS::STS::AssumedRole eve',
      ].sort(),
    );
  });

  it('a call that only reads has none, nor are those of its record taken', () => {
    const reads = { readOnly: true, eventCategory: 'Management' };
    const key = [{ ARN: 'arn:aws:kms:us-east-1:111122223333:key/1', type: 'AWS::KMS::Key' }];
    const instances = { instancesSet: items({ instanceId: 'i-1' }) };
    expect(
      resources({ ...reads, eventSource: 'kms.amazonaws.com', eventName: 'Decrypt', resources: key }),
    ).toEqual([]);
    expect(
      resources({
        ...reads,
        eventSource: 'ec2.amazonaws.com',
        eventName: 'DescribeInstances',
        requestParameters: instances,
      }),
    ).toEqual([]);
  });

  it('a data event, which lookup-events never shows, has those of its record', () => {
    const own = [
      { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::b/k' },
      { accountId: '1', type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::b' },
    ];
    expect(resources({ eventSource: 's3.amazonaws.com', eventCategory: 'Data', resources: own })).toEqual([
      'AWS::S3::Bucket arn:aws:s3:::b',
      'AWS::S3::Object arn:aws:s3:::b/k',
    ]);
  });

  it('hostile records end in no resources rather than in an error', () => {
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    for (const request of [deep, 'not JSON', '[]', '{"constructor":"x","__proto__":"y","userName":{"a":1}}'])
      expect(
        resources({
          eventSource: 'iam.amazonaws.com',
          eventCategory: 'Management',
          requestParameters: request,
        }),
      ).toEqual([]);
    expect(resources({ eventSource: 'constructor', requestParameters: { name: 'x' } })).toEqual([]);
  });
});

describe('what lookup-events printed', () => {
  const path = join(REAL_DATA, 'plaso-lookup-events', 'aws_cloudtrail.jsonl');
  interface Looked {
    EventId: string;
    EventTime: string;
    Username?: string;
    Resources: Array<{ ResourceType: string; ResourceName: string }>;
    CloudTrailEvent: string;
  }
  const real = (): Looked[] =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Looked);

  it.skipIf(!existsSync(path))('comes out again as it went in', () => {
    const { db } = ingestInto([path]);
    const { stdout } = offtrailProcess(['lookup-events', '--db', db], { env: { TZ: 'UTC' } });
    const ours = (JSON.parse(stdout) as { Events: Looked[] }).Events;
    const utc = ({ EventTime }: Looked): string =>
      new Date(EventTime).toISOString().replace('.000Z', '+00:00');
    const theirs = real().map(event => ({ ...event, EventTime: utc(event) }));
    const byId = (a: Looked, b: Looked): number => (a.EventId < b.EventId ? -1 : 1);
    expect(ours.sort(byId)).toEqual(theirs.sort(byId));
  });

  it.skipIf(!existsSync(path))('is what the records alone give', () => {
    const list = real().map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as TestRecord);
    const { db } = ingestInto([put(folder(), 'a.json', trail(list))]);
    const users = new Map(
      query(db, 'SELECT eventid, username FROM cloudtrail_logs').map(row => [row.eventid, row.username]),
    );
    for (const { EventId, Username, Resources, CloudTrailEvent } of real()) {
      const one = JSON.parse(CloudTrailEvent) as TestRecord;
      // Whoever made the file anonymous took a digit too many out of one name.
      const name = (text: string): string =>
        one.eventName === 'CreateSecurityGroup' ? text.slice(0, 20) : text;
      const expected = Resources.map(r => name(`${r.ResourceType} ${r.ResourceName}`)).sort();
      expect(resources(one).map(name)).toEqual(expected);
      expect(users.get(EventId)).toBe(Username ?? null);
    }
  });
});

describe('the user name is that of lookup-events', () => {
  const session = 'AROAEXAMPLE:i-0d15bf185eb766168';
  it.each<[string, TestRecord, string | null]>([
    ['of an IAM user', { type: 'IAMUser', principalId: 'AIDA1', userName: 'alice' }, 'alice'],
    ['of root', { type: 'Root', principalId: '111122223333', userName: 'my-alias' }, 'root'],
    ['of the session of a role', { type: 'AssumedRole', principalId: session }, 'i-0d15bf185eb766168'],
    [
      'of a session named by an address',
      { type: 'AssumedRole', principalId: 'AROA1:ana@example.com' },
      'ana@example.com',
    ],
    ['of a service', { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' }, null],
    ['of a service event', { accountId: '111122223333', invokedBy: 'ec2.amazonaws.com' }, null],
    ['of another account', { type: 'AWSAccount', principalId: 'AIDA2', accountId: '2' }, null],
    [
      'of a failed sign-in with a wrong name',
      { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS', accessKeyId: '' },
      'HIDDEN_DUE_TO_SECURITY_REASONS',
    ],
    ['of a federated user', { type: 'FederatedUser', principalId: '111122223333:Alice' }, 'Alice'],
    [
      'of a web identity',
      { type: 'WebIdentityUser', principalId: 'p:a:s', userName: 'repo:org/x' },
      'repo:org/x',
    ],
  ])('%s', (_, userIdentity, expected) => {
    const { db } = ingestInto([put(folder(), 'a.json', trail([record({ userIdentity })]))]);
    expect(query(db, 'SELECT username FROM cloudtrail_logs')).toEqual([{ username: expected }]);
    const event = (JSON.parse(offtrail(['lookup-events', '--db', db]).stdout) as { Events: TestRecord[] })
      .Events[0]!;
    expect(event.Username ?? null).toBe(expected);
    expect('Username' in event).toBe(expected !== null);
  });
});
