/** How the columns of a table are shown where there is not room for all of them: one list, by the names of columns. */

import type { Cut } from './width.js';

export interface ColumnStyle {
  /** Where not all columns fit, those that weigh most stay. */
  weight: number;
  /** Narrower than this a column says nothing; it is left out instead. */
  least: number;
  /** Which part of a value goes; `never` where every character counts. */
  cut: Cut | 'never';
  /** A shorter form that means the same. */
  short?: (text: string) => string;
  /** `time`: loses its date where all are of one day; `count`: a number; `error`: coloured. */
  kind?: 'time' | 'count' | 'error';
}

const serviceName = (text: string): string => text.replace(/\.amazonaws\.com$/, '');
/** S3's ARNs are a bucket, or a bucket and a key. */
const bucketName = (text: string): string => text.replaceAll(/\barn:aws[\w-]*:s3:::/g, '');
const wholeSecond = (text: string): string => text.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z$/, '$1Z');

/** Room for an IPv6 address that ends in an IPv4 one; what is longer is no address. */
const ADDRESS = 45;
/** A UUID. */
const ID = 36;

const STYLES: ReadonlyArray<[names: string, style: ColumnStyle]> = [
  ['eventtime time', { weight: 100, least: 20, cut: 'never', short: wholeSecond, kind: 'time' }],
  ['eventname s3action api', { weight: 95, least: 14, cut: 'end' }],
  ['sourceipaddress sourceip', { weight: 90, least: ADDRESS, cut: 'never', short: serviceName }],
  ['events requestcount files count', { weight: 88, least: 14, cut: 'never', kind: 'count' }],
  ['username user', { weight: 85, least: 10, cut: 'middle' }],
  ['errorcode', { weight: 80, least: 12, cut: 'end', kind: 'error' }],
  ['objectkey object key', { weight: 78, least: 16, cut: 'middle' }],
  ['bucketname bucket', { weight: 76, least: 12, cut: 'middle' }],
  ['path filepath', { weight: 74, least: 24, cut: 'middle' }],
  ['accesskeyid', { weight: 70, least: 24, cut: 'never' }],
  ['arn userarn sessioncontextsessionissuerarn', { weight: 68, least: 24, cut: 'middle' }],
  ['resourcename resources', { weight: 65, least: 14, cut: 'middle', short: bucketName }],
  ['state', { weight: 64, least: 10, cut: 'end' }],
  ['eventsource service', { weight: 60, least: 8, cut: 'end', short: serviceName }],
  ['eventid', { weight: 50, least: ID, cut: 'never' }],
  ['errors', { weight: 48, least: 10, cut: 'never', kind: 'count' }],
  ['awsregion region', { weight: 44, least: 24, cut: 'never' }],
  ['lastseen last lastevent', { weight: 43, least: 20, cut: 'never', short: wholeSecond, kind: 'time' }],
  ['firstseen first firstevent', { weight: 42, least: 20, cut: 'never', short: wholeSecond, kind: 'time' }],
  ['account accountid recipientaccountid', { weight: 40, least: 20, cut: 'never' }],
  ['errormessage', { weight: 36, least: 16, cut: 'end', kind: 'error' }],
  ['requestparameters', { weight: 34, least: 16, cut: 'end' }],
  ['errorpercent', { weight: 32, least: 6, cut: 'never', kind: 'count' }],
  ['useragent', { weight: 30, least: 12, cut: 'end' }],
  ['principalid', { weight: 28, least: 16, cut: 'middle' }],
  ['requestid sharedeventid', { weight: 26, least: ID, cut: 'never' }],
  ['type identitytype eventtype eventcategory readonly', { weight: 24, least: 8, cut: 'end' }],
  ['resourcetype', { weight: 20, least: 10, cut: 'end', short: text => text.replaceAll('AWS::', '') }],
  ['responseelements additionaleventdata useridentity', { weight: 15, least: 16, cut: 'end' }],
];

const OTHER: ColumnStyle = { weight: 55, least: 10, cut: 'end' };

const BY_NAME: ReadonlyMap<string, ColumnStyle> = new Map(
  STYLES.flatMap(([names, style]) => names.split(' ').map(name => [name, style] as const)),
);

/** The style of a column, whatever the case of its name, with or without `useridentity_` in front. */
export function styleOf(name: string): ColumnStyle {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return BY_NAME.get(plain(name)) ?? BY_NAME.get(plain(name.replace(/^useridentity_/i, ''))) ?? OTHER;
}
