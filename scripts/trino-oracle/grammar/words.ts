/** Columns, and constants that the public records of the oracle hold, and some that they do not. */

import type { Grammar } from '../generate.js';

const quoted = (...texts: string[]): string[] => texts.map(text => `'${text.replaceAll("'", "''")}'`);

export const WORDS: Grammar = {
  column: {
    flat: [
      ...[
        'eventname',
        'eventsource',
        'sourceipaddress',
        'useragent',
        'errorcode',
        'errormessage',
        'eventtype',
      ],
      ...['readonly', 'eventid', 'eventtime', 'awsregion', 'requestid', 'apiversion', 'eventversion'],
      ...['eventcategory', 'recipientaccountid', 'sharedeventid', 'requestparameters', 'responseelements'],
      ...['additionaleventdata', 'serviceeventdetails', 'vpcendpointid', 'useridentity.type'],
      ...[
        'useridentity.username',
        'useridentity.arn',
        'useridentity.principalid',
        'useridentity.accesskeyid',
      ],
      ...['useridentity.invokedby', 'useridentity.sessioncontext.attributes.mfaauthenticated'],
      ...['useridentity.sessioncontext.attributes.creationdate'],
      ...['useridentity.sessioncontext.sessionissuer.username', 'tlsdetails.tlsversion'],
      ...['tlsdetails.ciphersuite', 'addendum.reason'],
    ].map(
      name => `{.${name.split('.')[0]}}${name.includes('.') ? `.${name.split('.').slice(1).join('.')}` : ''}`,
    ),
  },
  /** Columns of few values: to group and to join by. */
  fewColumn: {
    flat: [
      ...[
        '{.eventsource}',
        '{.errorcode}',
        '{.eventtype}',
        '{.readonly}',
        '{.sourceipaddress}',
        '{.awsregion}',
      ],
      ...['{.useridentity}.type', '{.useridentity}.username', '{.tlsdetails}.tlsversion', '{.eventversion}'],
      ...['{.eventname}', '{.useridentity}.sessioncontext.attributes.mfaauthenticated'],
    ],
  },
  eventName: {
    flat: quoted(
      'Decrypt',
      'GetUser',
      'AssumeRole',
      'GetParameter',
      'ConsoleLogin',
      'GetSecretValue',
      'decrypt',
      'Nothing',
    ),
  },
  eventSource: {
    flat: quoted(
      'ec2.amazonaws.com',
      'kms.amazonaws.com',
      's3.amazonaws.com',
      'iam.amazonaws.com',
      'sts.amazonaws.com',
    ),
  },
  errorCode: {
    flat: quoted('AccessDenied', 'ThrottlingException', 'Client.UnauthorizedOperation', 'NoSuchTagSet', ''),
  },
  address: { flat: quoted('192.168.10.20', '10.8.8.10', 'AWS Internal', '3.225.16.109', '203.0.113.9') },
  eventTime: {
    flat: quoted(
      '2023-07-10T12:00:00Z',
      '2023-07-10T12:25:03Z',
      '2023-07-10',
      '2023-07-10T12:37:50Z',
      '2024',
    ),
  },
  word: {
    flat: quoted(
      'AccessDenied',
      'Get',
      'aws',
      '.',
      ':',
      '',
      ' ',
      'a',
      'é',
      'Terraform',
      '/',
      'arn:aws:iam::',
      'true',
      '-',
      '日本',
    ),
  },
  pattern: {
    flat: quoted(
      'Get%',
      '%Access%',
      '%',
      '_',
      '',
      '%.amazonaws.com',
      'Desc_ibe%',
      'Decrypt',
      '%a%e%',
      '%Terraform/1.1._ %',
      'ec2%',
    ),
  },
  escapedPattern: {
    flat: ["'%!_%' ESCAPE '!'", "'Get!%%' ESCAPE '!'", "'%$%%' ESCAPE '$'", "'a#__' ESCAPE '#'"],
  },
  regex: {
    flat: quoted(
      '^Get',
      '[A-Z][a-z]+',
      '(?i)access',
      '\\d+',
      'a.c',
      '(\\w+)\\.(\\w+)',
      '^(Get|List)(.*)$',
      '^$',
      's+',
      '[^a-z]',
      '\\bby\\b',
    ),
  },
  groupRegex: { flat: quoted('(\\w+)\\.(\\w+)', '^(Get|List|Describe)(.*)$', '([0-9]+)(.?)', '(a)|(b)') },
  requestPath: {
    flat: quoted(
      ...[
        '$.bucketName',
        '$.roleName',
        '$.secretId',
        '$.name',
        '$.instanceId',
        '$.tags[0].key',
        '$.filterSet',
      ],
      ...[
        '$.instancesSet.items[0].instanceId',
        '$.maxResults',
        '$.withDecryption',
        '$["bucketName"]',
        '$.Host',
      ],
      ...['$.encryptionContext', '$.nothing', '$', '$.filterSet.items[0].name', '$.userName', '$.tags'],
    ),
  },
  responsePath: {
    flat: quoted(
      '$.credentials.accessKeyId',
      '$.requestId',
      '$._return',
      '$.user.arn',
      '$.user.tags[0].value',
      '$.nothing',
    ),
  },
  lowInt: { flat: ['0', '1', '2', '3', '5', '7', '10', '-1', '-2'] },
  index: { flat: ['1', '2', '3'] },
  limit: { flat: ['1', '3', '5', '10', '12'] },
  order: {
    flat: ['', ' ASC', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST', ' DESC NULLS FIRST', ' ASC NULLS LAST'],
  },
  comparison: { flat: ['=', '<>', '!=', '<', '<=', '>', '>='] },
  unit: { flat: quoted('second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year') },
  dateUnit: { flat: quoted('day', 'week', 'month', 'quarter', 'year') },
  interval: {
    flat: [
      "INTERVAL '1' DAY",
      "INTERVAL '90' MINUTE",
      "INTERVAL '2' MONTH",
      "INTERVAL '3' HOUR",
      "INTERVAL '1 02:03:04' DAY TO SECOND",
      "INTERVAL '1-2' YEAR TO MONTH",
    ],
  },
  daySecond: {
    flat: ["INTERVAL '1' DAY", "INTERVAL '90' MINUTE", "INTERVAL '10' SECOND", "INTERVAL '3' HOUR"],
  },
  zone: { flat: quoted('UTC', 'Europe/Amsterdam', 'America/New_York', '+05:30', 'Asia/Tokyo') },
  field: {
    flat: [
      'year',
      'month',
      'day',
      'hour',
      'minute',
      'second',
      'week',
      'quarter',
      'day_of_week',
      'doy',
      'yow',
    ],
  },
  mysqlFormat: {
    flat: quoted('%Y-%m-%d', '%H:%i:%s', '%d %b %Y', '%W %j %v', '%c/%e/%y %l:%i %p', '%Y-%m-%dT%H:%i:%s.%f'),
  },
  javaFormat: {
    flat: quoted('yyyy-MM-dd', 'HH:mm:ss', 'EEE d MMM yy', 'ww/xxxx e', 'hh a', "yyyy'T'HH.SSS", 'D'),
  },
};
