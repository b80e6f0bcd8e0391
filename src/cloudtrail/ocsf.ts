/**
 * CloudTrail's record from an event of OCSF, as Amazon Security Lake keeps them. The mapping is that of the OCSF examples
 * (github.com/ocsf/examples, mappings/markdown/AWS, CloudTrail, 1.0.0-rc.2, 1.1.0 and 1.5.0), read backwards. What it
 * does not say, or says of two fields at once, is kept as it is in a member `ocsf`; nothing is made up for a field that
 * OCSF does not hold.
 */

import { FIELDS, type FieldName, IDENTITY_LEAVES, TLS_LEAVES } from './fields.js';
import { type Members, textJson, type Value, valueJson } from './row-value.js';

/** Texts that are one field of CloudTrail each. */
const TEXTS: ReadonlyArray<[ocsf: string, field: FieldName]> = [
  ['metadata.product.version', 'eventVersion'],
  ['api.service.name', 'eventSource'],
  ['api.operation', 'eventName'],
  ['cloud.region', 'awsRegion'],
  ['http_request.user_agent', 'userAgent'],
  ['api.response.error', 'errorCode'],
  ['api.response.message', 'errorMessage'],
  ['metadata.uid', 'eventID'],
  ['metadata.event_code', 'eventType'],
  ['api.version', 'apiVersion'],
  ['src_endpoint.uid', 'vpcEndpointId'],
];

/** JSON texts that are one field each. */
const JSON_TEXTS: ReadonlyArray<[ocsf: string, field: FieldName]> = [
  ['api.request.data', 'requestParameters'],
  ['api.response.data', 'responseElements'],
];

/** Texts of `actor` that are one leaf of userIdentity each; the account has moved with OCSF 1.1. */
const IDENTITY: ReadonlyArray<[ocsf: string, leaf: string]> = [
  ['user.type', 'type'],
  ['user.account.uid', 'accountId'],
  ['user.account_uid', 'accountId'],
  ['invoked_by', 'invokedBy'],
  ['session.issuer', 'sessionContext.sessionIssuer.arn'],
];

/** Of an Identity Center user, these three may be other fields (1.5.0, "Conditional Mapping"). */
const OF_OTHERS: ReadonlyArray<[ocsf: string, leaf: string]> = [
  ['user.credential_uid', 'accessKeyId'],
  ['user.name', 'userName'],
  ['user.uid_alt', 'principalId'],
];

/** What a converter writes into `metadata.product.feature.name` where CloudTrail said nothing is none of these. */
const CATEGORIES = new Set(['Management', 'Data', 'Insight', 'NetworkActivity', 'Aggregated']);
/** Fields that CloudTrail writes as `true` or `false`. */
const BARE = new Set<string>(['readOnly', 'managementEvent']);

/** True for the columns of an OCSF table. */
export function isOcsf(columns: readonly string[]): boolean {
  return ['class_uid', 'metadata', 'api'].every(name => columns.includes(name));
}

/**
 * @param event the row of an OCSF table, which is taken apart
 * @returns the record as JSON text, or why it is none
 */
export function ocsfRecord(event: Members): { json: string } | { foreign: string } {
  const product = at(event, 'metadata.product.name');
  if (product !== 'CloudTrail')
    return {
      foreign: `OCSF event of ${typeof product === 'string' ? product.slice(0, 80) : 'an unknown product'}, not of CloudTrail`,
    };
  const fields = new Map<FieldName, string>();
  const setText = (field: FieldName, text: string | undefined): void => {
    if (text !== undefined) fields.set(field, JSON.stringify(text));
  };
  const version = at(event, 'metadata.version');
  for (const [path, field] of TEXTS) setText(field, takeText(event, path));
  for (const [path, field] of JSON_TEXTS) {
    const text = takeText(event, path);
    if (text !== undefined) fields.set(field, textJson(text));
  }
  setText('eventTime', takeTime(event, 'time') ?? takeTime(event, 'time_dt'));
  setText('sourceIPAddress', takeText(event, 'src_endpoint.ip') ?? takeText(event, 'src_endpoint.domain'));
  if (CATEGORIES.has(String(at(event, 'metadata.product.feature.name'))))
    setText('eventCategory', takeText(event, 'metadata.product.feature.name'));
  // A converter writes two quotes where there is no request id.
  if (at(event, 'api.request.uid') !== "''") setText('requestID', takeText(event, 'api.request.uid'));
  // Only of 1.5.0 is it said that this is the account that received the event.
  if (typeof version === 'string' && /^1\.([5-9]|\d\d)\./.test(version))
    setText('recipientAccountId', takeText(event, 'cloud.account.uid'));
  const resources = takeResources(event);
  if (resources) fields.set('resources', resources);
  const identity = takeIdentity(event);
  const more = takeUnmapped(event, fields, identity);
  if (identity.size > 0) fields.set('userIdentity', valueJson(identity));
  for (const [field, members] of more) fields.set(field, valueJson(members));
  if (!fields.has('eventName')) return { foreign: 'OCSF event of CloudTrail without `api.operation`' };

  const members = FIELDS.filter(({ name }) => fields.has(name)).map(
    ({ name }) => `"${name}":${fields.get(name)}`,
  );
  prune(event);
  if (event.size > 0) members.push(`"ocsf":${valueJson(event)}`);
  return { json: `{${members.join(',')}}` };
}

function takeIdentity(event: Members): Members {
  const identity: Members = new Map();
  const actor = event.get('actor');
  if (!(actor instanceof Map)) return identity;
  const isIdentityCenter = at(actor, 'user.type') === 'IdentityCenterUser';
  for (const [path, leaf] of [...IDENTITY, ...(isIdentityCenter ? [] : OF_OTHERS)]) {
    const text = takeText(actor, path);
    if (text !== undefined) put(identity, leaf, text);
  }
  // `uuid` was the ARN and `uid` the principal until 1.0.0-rc.2, then `uid` became the ARN.
  const arn = takeText(actor, 'user.uuid');
  if (arn !== undefined) put(identity, 'arn', arn);
  const uid = takeText(actor, 'user.uid');
  if (uid !== undefined) put(identity, uid.startsWith('arn:') ? 'arn' : 'principalId', uid);
  const isMfa = take(actor, 'session.is_mfa') ?? take(actor, 'session.mfa');
  // CloudTrail writes it as text.
  if (isMfa !== undefined) put(identity, 'sessionContext.attributes.mfaAuthenticated', String(isMfa));
  const created = takeTime(actor, 'session.created_time_dt') ?? takeTime(actor, 'session.created_time');
  if (created !== undefined) put(identity, 'sessionContext.attributes.creationDate', created);
  return identity;
}

function takeResources(event: Members): string | undefined {
  const list = event.get('resources');
  if (!Array.isArray(list) || !list.every(one => one instanceof Map)) return undefined;
  const resources = list.map(one => {
    const resource: Members = new Map();
    const account =
      takeText(one, 'account.uid') ?? takeText(one, 'owner.account.uid') ?? takeText(one, 'account_uid');
    for (const [name, text] of [
      ['ARN', takeText(one, 'uid')],
      ['accountId', account],
      ['type', takeText(one, 'type')],
    ] as const)
      if (text !== undefined) resource.set(name, text);
    return resource;
  });
  return resources.length > 0 && resources.some(one => one.size > 0) ? valueJson(resources) : undefined;
}

/**
 * `unmapped` holds what no mapping names, under CloudTrail's own path. Whole fields and leaves of a known place go back
 * there; other paths stay, since a dot in them may be part of a name.
 */
function takeUnmapped(
  event: Members,
  fields: Map<FieldName, string>,
  identity: Members,
): Map<FieldName, Members> {
  const more = new Map<FieldName, Members>();
  const unmapped = event.get('unmapped');
  if (!(unmapped instanceof Map)) return more;
  for (const [path, value] of unmapped) {
    if (typeof value !== 'string') continue;
    const field = FIELDS.find(({ name }) => name === path);
    const [first = '', ...rest] = path.split('.');
    const leaf = rest.join('.');
    if (field) {
      if (fields.has(field.name) || field.name === 'userIdentity') continue;
      const isBare = BARE.has(path) && /^(?:true|false)$/.test(value);
      fields.set(field.name, isBare ? value : field.json ? textJson(value) : JSON.stringify(value));
    } else if (first === 'userIdentity' && (IDENTITY_LEAVES as readonly string[]).includes(leaf)) {
      if (at(identity, leaf) !== undefined) continue;
      put(identity, leaf, value);
    } else if (
      (first === 'tlsDetails' && (TLS_LEAVES as readonly string[]).includes(leaf)) ||
      (first === 'additionalEventData' && rest.length === 1)
    ) {
      if (unmapped.has(first) || fields.has(first as FieldName)) continue;
      const members = more.get(first as FieldName) ?? new Map();
      more.set(first as FieldName, members.set(leaf, value));
    } else continue;
    unmapped.delete(path);
  }
  return more;
}

/** The value at a path of names; undefined for NULL and where there is none. */
function at(members: Members, path: string): Value | undefined {
  let value: Value | undefined = members;
  for (const name of path.split('.')) value = value instanceof Map ? value.get(name) : undefined;
  return value ?? undefined;
}

/** Takes a scalar out. */
function take(members: Members, path: string): string | number | bigint | boolean | undefined {
  const value = at(members, path);
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const dot = path.lastIndexOf('.');
  const holder = dot < 0 ? members : (at(members, path.slice(0, dot)) as Members);
  holder.delete(path.slice(dot + 1));
  return value;
}

function takeText(members: Members, path: string): string | undefined {
  return typeof at(members, path) === 'string' ? (take(members, path) as string) : undefined;
}

/** A time as CloudTrail writes it: milliseconds since 1970 in OCSF, or a timestamp's text. */
function takeTime(members: Members, path: string): string | undefined {
  const value = at(members, path);
  const ms = typeof value === 'number' && Math.abs(value) <= 8.64e15 ? value : undefined;
  if (ms === undefined && typeof value !== 'string') return undefined;
  const taken = take(members, path);
  return ms === undefined ? String(taken) : new Date(ms).toISOString().replace('.000Z', 'Z');
}

function put(members: Members, path: string, text: string): void {
  const names = path.split('.');
  const last = names.pop()!;
  let holder = members;
  for (const name of names) {
    let below = holder.get(name);
    if (!(below instanceof Map)) {
      below = new Map();
      holder.set(name, below);
    }
    holder = below;
  }
  if (!holder.has(last)) holder.set(last, text);
}

/** Takes out what is NULL, and members that hold nothing any more. */
function prune(members: Members): void {
  for (const [name, value] of members) {
    if (value instanceof Map) prune(value);
    if (Array.isArray(value)) for (const one of value) if (one instanceof Map) prune(one);
    const isEmpty =
      value === null ||
      (value instanceof Map && value.size === 0) ||
      (Array.isArray(value) && value.length > 0 && value.every(one => one instanceof Map && one.size === 0));
    if (isEmpty) members.delete(name);
  }
}
