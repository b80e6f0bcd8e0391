/** Athena's table for CloudTrail in Trino's types: https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html */

import type { Json } from './json.js';

/** `text` is a varchar: a string's characters, or any other value's JSON. `json` is the JSON of strings as well. */
type Shape = 'text' | 'json' | { mapOf: Shape } | { listOf: Shape } | { row: Record<string, Shape> };

const ISSUER = row('type', 'principalid', 'arn', 'accountid', 'username');

const SESSION = {
  row: {
    attributes: row('mfaauthenticated', 'creationdate'),
    sessionissuer: ISSUER,
    ec2roledelivery: 'text',
    webidfederationdata: { row: { federatedprovider: 'text', attributes: { mapOf: 'text' } } },
  },
} satisfies Shape;

export const COLUMNS: Record<string, Shape> = {
  eventversion: 'text',
  useridentity: {
    row: {
      ...row('type', 'principalid', 'arn', 'accountid', 'invokedby', 'accesskeyid', 'username').row,
      onbehalfof: row('userid', 'identitystorearn'),
      sessioncontext: SESSION,
    },
  },
  eventtime: 'text',
  eventsource: 'text',
  eventname: 'text',
  awsregion: 'text',
  sourceipaddress: 'text',
  useragent: 'text',
  errorcode: 'text',
  errormessage: 'text',
  requestparameters: 'json',
  responseelements: 'json',
  additionaleventdata: 'json',
  requestid: 'text',
  eventid: 'text',
  resources: { listOf: row('arn', 'accountid', 'type') },
  eventtype: 'text',
  apiversion: 'text',
  readonly: 'text',
  recipientaccountid: 'text',
  serviceeventdetails: 'json',
  sharedeventid: 'text',
  vpcendpointid: 'text',
  vpcendpointaccountid: 'text',
  eventcategory: 'text',
  addendum: row('reason', 'updatedfields', 'originalrequestid', 'originaleventid'),
  sessioncredentialfromconsole: 'text',
  edgedevicedetails: 'json',
  tlsdetails: row('tlsversion', 'ciphersuite', 'clientprovidedhostheader'),
};

function row(...names: string[]): { row: Record<string, Shape> } {
  return { row: Object.fromEntries(names.map(name => [name, 'text' as const])) };
}

/** The columns as a list of `"name" type`. */
export function columnList(columns: Record<string, Shape> = COLUMNS): string {
  return Object.entries(columns)
    .map(([name, shape]) => `"${name}" ${trinoType(shape)}`)
    .join(', ');
}

function trinoType(shape: Shape): string {
  if (typeof shape === 'string') return 'varchar';
  if ('mapOf' in shape) return `map(varchar, ${trinoType(shape.mapOf)})`;
  if ('listOf' in shape) return `array(${trinoType(shape.listOf)})`;
  return `row(${columnList(shape.row)})`;
}

/** A value in its column's shape; null where it has another one. Keys of rows match in any case, as Hive's readers do. */
export function shaped(value: Json | undefined, shape: Shape): unknown {
  if (value === undefined || value.text === 'null') return null;
  if (shape === 'json') return value.text;
  if (shape === 'text') return value.text.startsWith('"') ? wellFormed(JSON.parse(value.text)) : value.text;
  if ('listOf' in shape) return value.items?.map(item => shaped(item, shape.listOf)) ?? null;
  if (!value.members) return null;
  if ('mapOf' in shape) {
    const entries = [...value.members].map(([key, one]) => [wellFormed(key), shaped(one, shape.mapOf)]);
    return Object.fromEntries(entries);
  }
  const members = new Map([...value.members].map(([key, one]) => [key.toLowerCase(), one]));
  const fields = Object.entries(shape.row).map(([name, of]) => [name, shaped(members.get(name), of)]);
  return Object.fromEntries(fields);
}

/** Half of a surrogate pair has no UTF-8: Trino would refuse the line. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
