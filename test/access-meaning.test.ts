/** What the fields of access logs mean, and how such logs are recognised. */

import { describe, expect, it } from 'vitest';
import {
  isAnonymous,
  isPresigned,
  keyOf,
  requestLineOf,
  textAt,
  transportOf,
} from '../src/access-logs/meaning.js';
import { OPERATION_NAMES, operationOf } from '../src/access-logs/operations.js';
import { isAccessLogLine } from '../src/access-logs/recognition.js';
import { requesterOf } from '../src/access-logs/requester.js';
import { secondsOf } from '../src/access-logs/time.js';
import { isoSecond } from '../src/cloudtrail/time.js';
import { DOCUMENTED, HEAD, TAIL } from './access-line-cases.js';

const CANONICAL = DOCUMENTED.slice(0, 64);

describe('a file is taken for access logs', () => {
  const rest = `"GET /x HTTP/1.1" 200 - 1 1 1 1 "-" "x" ${TAIL}\n`;
  it.each([
    ['the documented line', DOCUMENTED],
    ['a line that is cut after its time', DOCUMENTED.slice(0, 120)],
    ['a line that a byte order mark stands before', `\ufeff${DOCUMENTED}`],
    ['a dash for the owner', HEAD.replace(CANONICAL, '-') + rest],
    ['an owner that was made anonymous', HEAD.replace(CANONICAL, 'OWNER') + rest],
    [
      'a row of a batch job',
      `${CANONICAL} b [06/Feb/2019:00:00:38 +0000] - - id S3.COMPUTE.OBJECT.CHECKSUM k - -`,
    ],
  ])('by %s', (_, text) => {
    expect(isAccessLogLine(Buffer.from(text))).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['CloudTrail', '{"Records":[{"eventVersion":"1.08"}]}'],
    ['a log of a web server', '192.0.2.3 - - [06/Feb/2019:00:00:38 +0000] "GET / HTTP/1.1" 200 5 "-" "x"'],
    [
      'the same without the second dash',
      '192.0.2.3 - [06/Feb/2019:00:00:38 +0000] "GET / REST.GET.OBJECT x y HTTP/1.1" 200 5',
    ],
    [
      'a load balancer',
      'https 2018-07-02T22:23:00.186641Z app/my-lb/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.1:80 0.0',
    ],
    ['CloudFront', '#Version: 1.0\n#Fields: date time x-edge-location\n2019-12-04\t21:02:31\tLAX1'],
    [
      'a flow log',
      '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
    ],
    ['gzip', '\u001f\u008b\u0008\u0000'],
    ['an owner in upper case', DOCUMENTED.toUpperCase().slice(0, 120)],
    ['a time of another form', DOCUMENTED.replace('06/Feb/2019', '2019-02-06')],
    ['a second line alone', `x\n${DOCUMENTED}`],
    ['spaces alone', ' '.repeat(10_000)],
    ['one long word', 'a'.repeat(100_000)],
  ])('not by %s', (_, text) => {
    expect(isAccessLogLine(Buffer.from(text, 'latin1'))).toBe(false);
  });
});

describe('a time', () => {
  const read = (text: string): string | null => {
    const seconds = secondsOf(Buffer.from(`[${text}]`), 1, text.length + 1);
    return seconds === null ? null : isoSecond(seconds);
  };
  it.each([
    ['06/Feb/2019:00:00:38 +0000', '2019-02-06T00:00:38Z'],
    ['31/Dec/2025:23:59:59 +0000', '2025-12-31T23:59:59Z'],
    ['29/Feb/2024:12:00:00 +0000', '2024-02-29T12:00:00Z'],
    ['01/Jan/2020:00:30:00 +0130', '2019-12-31T23:00:00Z'],
    ['31/Dec/2019:23:30:00 -0800', '2020-01-01T07:30:00Z'],
  ])('%s is %s', (text, iso) => {
    expect(read(text)).toBe(iso);
  });
  it.each([
    '',
    '-',
    '6/Feb/2019:00:00:38 +0000',
    '06/feb/2019:00:00:38 +0000',
    '06/Mai/2019:00:00:38 +0000',
    '30/Feb/2019:00:00:38 +0000',
    '29/Feb/2023:00:00:38 +0000',
    '00/Feb/2019:00:00:38 +0000',
    '06/Feb/2019:24:00:00 +0000',
    '06/Feb/2019:00:60:00 +0000',
    '06/Feb/2019:00:00:60 +0000',
    '06/Feb/2019:00:00:38 +2400',
    '06/Feb/2019:00:00:38 0000 ',
    '06/Feb/2019 00:00:38 +0000',
    '06/Feb/20x9:00:00:38 +0000',
    '06/Feb/2019:00:00:38 +0000 ',
  ])('%j is none', text => {
    expect(read(text)).toBeNull();
  });
});

describe('a request line', () => {
  it.each([
    ['GET /a/b?x=1&y HTTP/1.1', { method: 'GET', path: '/a/b', query: 'x=1&y', protocol: 'HTTP/1.1' }],
    ['PUT /a HTTP/2', { method: 'PUT', path: '/a', query: null, protocol: 'HTTP/2' }],
    ['GET /a?b?c HTTP/1.0', { method: 'GET', path: '/a', query: 'b?c', protocol: 'HTTP/1.0' }],
    ['GET /a? HTTP/1.1', { method: 'GET', path: '/a', query: '', protocol: 'HTTP/1.1' }],
    ['GET /a b "c" HTTP/1.1', { method: 'GET', path: '/a b "c"', query: null, protocol: 'HTTP/1.1' }],
    ['GET /a', { method: 'GET', path: '/a', query: null, protocol: null }],
    ['GET HTTP/1.1', { method: 'GET', path: null, query: null, protocol: 'HTTP/1.1' }],
    ['/a HTTP/1.1', { method: null, path: '/a', query: null, protocol: 'HTTP/1.1' }],
    ['get /a', { method: null, path: 'get /a', query: null, protocol: null }],
    ['', { method: null, path: null, query: null, protocol: null }],
    ['HTTP/1.1', { method: null, path: null, query: null, protocol: 'HTTP/1.1' }],
  ])('%j is taken apart', (text, parts) => {
    expect(requestLineOf(text)).toEqual(parts);
  });
});

describe('a key', () => {
  it.each([
    ['a%2520b', 'REST.GET.OBJECT', 'a b'],
    ['a%2522b', 'WEBSITE.GET.OBJECT', 'a"b'],
    ['%25C3%25A9', 'SOAP.GetObject', 'é'],
    ['a%20b', 'BATCH.DELETE.OBJECT', 'a b'],
    ['a%2520b', 'BATCH.DELETE.OBJECT', 'a%20b'],
    ['a%2520b', 'S3.EXPIRE.OBJECT', 'a%20b'],
    ['a%20b', 'REST.GET.OBJECT', 'a b'],
    ['100%25', 'REST.GET.OBJECT', '100%'],
    ['a%ffb', 'BATCH.DELETE.OBJECT', 'a%ffb'],
    ['a%25ffb', 'REST.GET.OBJECT', 'a%ffb'],
    ['a%2', 'REST.GET.OBJECT', 'a%2'],
    ['a+b', 'REST.GET.OBJECT', 'a+b'],
    ['a%2520b', 'NEW.GET.OBJECT', 'a%2520b'],
    ['RESTORE%2520', 'RESTORE', 'RESTORE%2520'],
    ['%2500', 'REST.GET.OBJECT', '\u0000'],
  ])('%s of %s is %j', (text, operation, key) => {
    expect(keyOf(text, operation)).toBe(key);
  });
});

describe('an operation', () => {
  it.each([
    ['REST.GET.OBJECT', true, 'GetObject', 'Get'],
    ['REST.GET.BUCKET', false, 'ListObjects', 'List'],
    ['REST.PUT.PART', true, 'UploadPart', 'Put'],
    ['REST.COPY.OBJECT', true, 'CopyObject', 'Put'],
    ['REST.COPY.OBJECT_GET', true, 'CopyObject', 'Get'],
    ['REST.POST.MULTI_OBJECT_DELETE', false, 'DeleteObjects', 'Delete'],
    ['BATCH.DELETE.OBJECT', true, 'DeleteObjects', null],
    ['REST.POST.SELECT', true, 'SelectObjectContent', 'Select'],
    ['REST.GET.ACL', true, 'GetObjectAcl', 'Get'],
    ['REST.GET.ACL', false, 'GetBucketAcl', 'other'],
    ['REST.PUT.ACL', true, 'PutObjectAcl', 'Put'],
    ['REST.DELETE.PUBLIC_ACCESS_BLOCK', false, 'DeleteBucketPublicAccessBlock', 'other'],
    ['REST.GET.ACCELERATE', false, 'GetAccelerateConfiguration', 'other'],
    ['S3.EXPIRE.OBJECT', true, null, null],
  ])('%s (key: %s) is %s and counts for %s', (operation, hasKey, api, metric) => {
    expect(operationOf(operation, hasKey)).toEqual({ api, metric });
  });

  it.each([
    'REST.GET.UNHEARD_OF',
    'REST.DELETE.VERSIONING',
    '',
    '-',
    '__proto__',
    'constructor',
    'rest.get.object',
  ])('%j is unknown', operation => {
    expect(operationOf(operation, true)).toBeNull();
  });

  it('is listed once', () => {
    expect(new Set(OPERATION_NAMES).size).toBe(OPERATION_NAMES.length);
    expect(OPERATION_NAMES.length).toBeGreaterThan(90);
  });
});

describe('a requester', () => {
  const account = '111122223333';
  const none = { account: null, name: null, session: null };
  it.each([
    ['-', { ...none, kind: 'anonymous' }],
    [CANONICAL, { ...none, kind: 'canonical', name: CANONICAL }],
    [`arn:aws:iam::${account}:user/ana`, { kind: 'user', account, name: 'ana', session: null }],
    [`arn:aws:iam::${account}:user/team/a/ana`, { kind: 'user', account, name: 'ana', session: null }],
    [`arn:aws-cn:iam::${account}:user/ana`, { kind: 'user', account, name: 'ana', session: null }],
    [`arn:aws:iam::${account}:root`, { kind: 'root', account, name: null, session: null }],
    [
      `arn:aws:sts::${account}:assumed-role/web/i-0ab`,
      { kind: 'session', account, name: 'web', session: 'i-0ab' },
    ],
    [
      `arn:aws:sts::${account}:assumed-role/web/a@b.c`,
      { kind: 'session', account, name: 'web', session: 'a@b.c' },
    ],
    [`arn:aws:sts::${account}:federated-user/bo`, { kind: 'federated', account, name: 'bo', session: null }],
    ['svc:s3.amazonaws.com', { ...none, kind: 'service', name: 'svc:s3.amazonaws.com' }],
    ['AmazonS3', { ...none, kind: 'service', name: 'AmazonS3' }],
    [`arn:aws:sts::${account}:assumed-role/web`, { ...none, kind: 'unknown' }],
    [`arn:aws:sts::${account}:assumed-role//x`, { ...none, kind: 'unknown' }],
    [`arn:aws:iam::${account}:user/`, { ...none, kind: 'unknown' }],
    ['arn:aws:iam::12:user/ana', { ...none, kind: 'unknown' }],
    ['somebody', { ...none, kind: 'unknown' }],
    ['', { ...none, kind: 'unknown' }],
  ])('%s', (text, parts) => {
    expect(requesterOf(text)).toEqual(parts);
  });
});

describe('how a request was made', () => {
  it('is anonymous without a requester, unless S3 acted by itself', () => {
    expect(isAnonymous({ operation: 'REST.GET.OBJECT', requester: null })).toBe(true);
    expect(isAnonymous({ operation: 'REST.GET.OBJECT', requester: 'AmazonS3' })).toBe(false);
    expect(isAnonymous({ operation: 'S3.COMPUTE.OBJECT.CHECKSUM', requester: null })).toBe(false);
  });

  it('is not known of lines that are too old to say', () => {
    expect(isPresigned({ authType: undefined })).toBeNull();
    expect(isPresigned({ authType: null })).toBe(false);
    expect(isPresigned({ authType: 'QueryString' })).toBe(true);
    const old = { requestUri: 'GET / HTTP/1.1', cipherSuite: undefined, tlsVersion: undefined };
    expect(transportOf(old)).toBeNull();
    expect(transportOf({ ...old, cipherSuite: null, tlsVersion: null })).toBe('HTTP');
    expect(transportOf({ ...old, cipherSuite: 'ECDHE', tlsVersion: null })).toBe('TLS');
    expect(transportOf({ requestUri: null, cipherSuite: null, tlsVersion: null })).toBeNull();
  });

  it('keeps text that is not UTF-8, a character a byte', () => {
    const bytes = Buffer.from([0x61, 0xff, 0xc3, 0xa9]);
    expect(textAt(bytes, 2, 4)).toBe('é');
    expect(Buffer.from(textAt(bytes, 0, 4), 'latin1').equals(bytes)).toBe(true);
  });
});
