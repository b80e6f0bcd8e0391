/** An index of logs in which every value that a caller chooses is an attack on the page. */

import { join } from 'node:path';
import type { Subject } from '../../scripts/page-list.js';
import { folder, ingestInto, put, record, type TestRecord, trail } from '../support.js';

/** Markup, links, scripts; what hides or reorders text; what means something in an address or an object. */
export const ATTACKS: readonly string[] = [
  '<img src=x onerror="window.hacked=1">',
  '<script>window.hacked=1</script>',
  '"><svg onload="window.hacked=1"><a href="http://evil.example/">click</a>',
  "'-window.hacked=1-'",
  'javascript:window.hacked=1',
  'http://evil.example/?<b>',
  '&lt;img src=x onerror=window.hacked=1&gt;',
  '{{constructor.constructor("window.hacked=1")()}}',
  '</textarea></style></title></code><iframe srcdoc="<script>parent.hacked=1</script>">',
  'red \u001b[31mred\u001b[0m \u009b2J \u0007',
  'invoice\u202efdp.exe\u202c \u2066\u2069',
  'ad\u200bmin\ufeff \u00ad\u{e0041}',
  'a\nb\r\nc\td\u2028e\u0000f',
  '\ud800 lone',
  '\u05d0\u05d1\u05d2 123 (\u05d3)',
  '__proto__',
  'constructor',
  'toString',
  'injected&user=injected#injected',
  'a+b%41%zz?x=1/../..\\',
  "o'brien; $(id) `id` !!",
  '=HYPERLINK("http://evil.example","x")',
  '--db=/etc/passwd',
  '!not',
  '\\!really',
  '*',
  ' ',
  '',
];

const KEYS = 10_000;
const LONG = 10_000_000;

const attack = (value: string, i: number): TestRecord =>
  record({
    userIdentity: {
      type: value,
      principalId: value,
      arn: `arn:aws:iam::111122223333:user/${value}`,
      accountId: value,
      accessKeyId: value,
      userName: value,
      [value]: value,
    },
    eventTime: `2024-03-01T${String(i % 24).padStart(2, '0')}:00:00Z`,
    eventSource: i % 2 ? 's3.amazonaws.com' : value,
    eventName: i % 3 ? value : 'GetObject',
    awsRegion: value,
    sourceIPAddress: value,
    userAgent: value,
    errorCode: value,
    errorMessage: value,
    requestID: value,
    requestParameters: { bucketName: value, key: `${value}/${value}`, [value]: { [value]: [value] } },
    responseElements: { [value]: value },
    additionalEventData: { [value]: value, SignatureVersion: value },
    resources: [{ ARN: value, accountId: value, type: value }],
    recipientAccountId: value,
    [value || 'empty']: value,
  });

/** A session whose names are attacks, from the call that gave its key. */
const session = (value: string, key: string): TestRecord[] => {
  const arn = `arn:aws:sts::111122223333:assumed-role/role/${value}`;
  return [
    record({
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/role', roleSessionName: value },
      responseElements: {
        credentials: { accessKeyId: key, expiration: 'Mar 1, 2024 9:00:00 AM' },
        assumedRoleUser: { arn, assumedRoleId: `AROA:${value}` },
      },
    }),
    record({ userIdentity: { type: 'AssumedRole', arn, accessKeyId: key, principalId: `AROA:${value}` } }),
  ];
};

const accessLine = (value: string, i: number): string => {
  const field = value.replaceAll(/[\s"]/g, '_') || '-';
  return `${'a'.repeat(64)} my-bucket [01/Mar/2024:00:00:${String(i % 60).padStart(2, '0')} +0000] ${field} ${field} REQUEST${i} REST.GET.OBJECT ${field} "GET /${field} HTTP/1.1" 403 ${field} 113 113 7 6 "${field}" "${field}" ${field} aGk= SigV4 TLS AuthHeader ${field} TLSv1.3 - - us-east-1`;
};

/** Ids of the event with ten thousand keys, and of the one with ten megabytes in a value. */
export const MANY_KEYS = '11111111-0000-4000-8000-000000000001';
export const LONG_VALUE = '11111111-0000-4000-8000-000000000002';

export interface HostileIndex {
  db: string;
  subjects: Subject[];
}

export function hostileIndex(): HostileIndex {
  const root = folder();
  const attacks = ATTACKS.map(attack);
  const keys = ATTACKS.map((_, i) => `ASIA${String(i).padStart(16, 'X')}`);
  const big = [
    record({
      eventID: MANY_KEYS,
      requestParameters: Object.fromEntries(
        Array.from({ length: KEYS }, (_, i) => [`${ATTACKS[i % ATTACKS.length]}${i}`, ATTACKS[i % 7]!]),
      ),
    }),
    record({ eventID: LONG_VALUE, userAgent: `<b>${'\u202ex'.repeat(LONG / 2)}` }),
  ];
  const name = 'a <img src=x onerror=hacked=1> \u202e&#x.json';
  put(root, join('AWSLogs', '<b>', name), trail([...attacks, ...big]));
  put(root, 'sessions.json', trail(ATTACKS.flatMap((value, i) => session(value, keys[i]!))));
  put(root, 'damaged <i>.json', '{"Records":[{"eventName":"<b>');
  put(root, 'access/2024-03-01-00-00-00-AAAAAAAAAAAAAAAA', `${ATTACKS.map(accessLine).join('\n')}\n`);
  const { db, stderr, code } = ingestInto([root]);
  if (code === 2) throw new Error(stderr);
  const subjects = ATTACKS.map((value, i) => ({
    eventId: attacks[i]!.eventID as string,
    requestId: `REQUEST${i}`,
    identity: `arn:aws:iam::111122223333:user/${value}`,
    session: keys[i]!,
    bucket: value,
    text: value,
  }));
  const bigOnes = [MANY_KEYS, LONG_VALUE].map(eventId => ({ ...subjects[0]!, eventId, text: eventId }));
  return { db, subjects: [...subjects, ...bigOnes] };
}
