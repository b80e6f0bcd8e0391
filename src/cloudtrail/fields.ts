/**
 * The one list of CloudTrail record fields: what each is called in a record and in the index, and where it is kept.
 * The reader, the schema, the view and docs/schema.md all come from it.
 */

import type { Dimension } from '../dimensions.js';

/**
 * Where a field's value lives in the index.
 * - `kind`: constant over very many records, stored once per distinct combination, together with the order of keys
 * - `identity`, `address`, `agent`: a dimension of one field, stored once per distinct value
 * - `channel`: a dimension of several fields, stored once per distinct combination
 * - `event`: the narrow table, what filters and counts read; store/write.ts names its fields one by one
 * - `detail`: the wide table
 */
export type Home = Exclude<Dimension, 'bucket'> | 'event' | 'detail';

/** A field; its name and its home are types, so that the compiler finds every place that must know it. */
export interface Field<Name extends string = string, At extends Home = Home> {
  /** The name in a CloudTrail record. */
  name: Name;
  /** The column in the index: Athena's name, lower case. */
  column: string;
  home: At;
  /** True where the column holds JSON text rather than a decoded string. */
  json: boolean;
  /** The eventVersion that introduced it. */
  since: string;
  meaning: string;
}

const field = <Name extends string, At extends Home>(
  name: Name,
  home: At,
  since: string,
  meaning: string,
  type: 'json' | 'text' = 'text',
): Field<Name, At> => ({ name, column: name.toLowerCase(), home, json: type === 'json', since, meaning });

/** Athena's 29 data columns in the order of the documented `CREATE TABLE` ("Create a table for CloudTrail logs in Athena"). */
export const ATHENA_FIELDS = [
  field('eventVersion', 'kind', '1.0', 'version of the record format, `major.minor`'),
  field('userIdentity', 'identity', '1.0', 'who made the request', 'json'),
  field('eventTime', 'event', '1.0', 'when the request completed, UTC, `YYYY-MM-DDTHH:MM:SSZ`'),
  field('eventSource', 'kind', '1.0', 'the service, `s3.amazonaws.com`'),
  field('eventName', 'kind', '1.0', 'the API action'),
  field('awsRegion', 'kind', '1.0', 'the region of the request'),
  field('sourceIPAddress', 'address', '1.0', 'address of the caller, or the service that called'),
  field('userAgent', 'agent', '1.0', 'the program that made the request'),
  field('errorCode', 'kind', '1.0', 'the error, absent on success'),
  field('errorMessage', 'detail', '1.0', 'text of the error'),
  field('requestParameters', 'detail', '1.0', 'parameters of the request', 'json'),
  field('responseElements', 'detail', '1.0', 'response of a call that changes something', 'json'),
  field('additionalEventData', 'detail', '1.0', 'data that is not part of request or response', 'json'),
  field('requestID', 'detail', '1.01', 'id given by the service; equals the S3 access log request id'),
  field('eventID', 'event', '1.01', 'id given by CloudTrail, unique per recipient account'),
  field('resources', 'detail', '1.01', 'resources the event touched', 'json'),
  field('eventType', 'kind', '1.02', '`AwsApiCall`, `AwsServiceEvent`, `AwsConsoleSignIn`, …'),
  field('apiVersion', 'kind', '1.01', 'API version of an `AwsApiCall`'),
  field('readOnly', 'kind', '1.01', '`true` or `false`, as text'),
  field('recipientAccountId', 'kind', '1.02', 'account that received the record'),
  field('serviceEventDetails', 'detail', '1.05', 'details of a service event', 'json'),
  field('sharedEventID', 'detail', '1.03', 'same for the copies of one action in several accounts'),
  field('vpcEndpointId', 'channel', '1.04', 'VPC endpoint the request came through'),
  field('vpcEndpointAccountId', 'channel', '1.09', 'owner of that endpoint'),
  field('eventCategory', 'kind', '1.07', '`Management`, `Data`, `NetworkActivity`, `Insight`, `Aggregated`'),
  field('addendum', 'detail', '1.08', 'why a record was delivered late or again', 'json'),
  field(
    'sessionCredentialFromConsole',
    'channel',
    '1.08',
    '`true` when the credentials come from a console session',
  ),
  field('edgeDeviceDetails', 'detail', '1.08', 'S3 on Outposts and Snow devices', 'json'),
  field('tlsDetails', 'channel', '1.08', 'TLS version, cipher suite and host of the request', 'json'),
] as const;

/** Fields that CloudTrail documents and Athena's table leaves out. */
export const MORE_FIELDS = [
  field('managementEvent', 'kind', '1.06', '`true` for a management event, as text'),
  field('insightDetails', 'detail', '1.07', 'the finding of an Insights record', 'json'),
  field('eventContext', 'detail', '1.11', 'request and tag context of an enriched event', 'json'),
] as const;

export const FIELDS = [...ATHENA_FIELDS, ...MORE_FIELDS] as const;
export type FieldName = (typeof FIELDS)[number]['name'];
/** The names of the fields kept in one place. */
export type FieldAt<At extends Home> = Extract<(typeof FIELDS)[number], { home: At }>['name'];

/** Columns of `cloudtrail_logs` that hold JSON text. */
export const JSON_COLUMNS: ReadonlySet<string> = new Set([
  ...FIELDS.filter(f => f.json).map(f => f.column),
  'additional_fields',
  'envelope',
]);

const POSITIONS = new Map<FieldName, number>(FIELDS.map(({ name }, i) => [name, i]));

/** Position of a field in `FIELDS`. */
export function fieldIndex(name: FieldName): number {
  return POSITIONS.get(name)!;
}

/** The fields kept in one place, in list order. */
export function fieldsAt<At extends Home>(...homes: readonly At[]): Array<Field<FieldAt<At>, At>> {
  const all: readonly Field[] = FIELDS;
  return all.filter((f): f is Field<FieldAt<At>, At> => (homes as readonly Home[]).includes(f.home));
}

/**
 * The struct leaves of userIdentity and tlsDetails that are columns of their own: path in the JSON, column name.
 * Columns are the path in lower case, joined by underscores.
 */
export const IDENTITY_LEAVES = [
  'type',
  'principalId',
  'arn',
  'accountId',
  'invokedBy',
  'accessKeyId',
  'userName',
  'onBehalfOf.userId',
  'onBehalfOf.identityStoreArn',
  'sessionContext.attributes.mfaAuthenticated',
  'sessionContext.attributes.creationDate',
  'sessionContext.sessionIssuer.type',
  'sessionContext.sessionIssuer.principalId',
  'sessionContext.sessionIssuer.arn',
  'sessionContext.sessionIssuer.accountId',
  'sessionContext.sessionIssuer.userName',
  'sessionContext.ec2RoleDelivery',
  'sessionContext.sourceIdentity',
  'sessionContext.webIdFederationData.federatedProvider',
  'identityProvider',
  'credentialId',
] as const;

export const TLS_LEAVES = ['tlsVersion', 'cipherSuite', 'clientProvidedHostHeader', 'keyExchange'] as const;

/** `sessionContext.sessionIssuer.arn` → `sessioncontext_sessionissuer_arn`. */
export function leafColumn(path: string): string {
  return path.toLowerCase().replaceAll('.', '_');
}
