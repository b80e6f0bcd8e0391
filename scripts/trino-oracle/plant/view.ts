/** What a condition looks at: a field of a record, and how the condition reads it. */

import { isoText, type Plain, timeOf } from './constant.js';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type CloudTrailRecord = { [key: string]: Json };

/** A field of the events of one table of a statement. */
export interface Target {
  /** Each table that a statement names has events of its own. */
  table: number;
  /** Keys and positions, from the record down. */
  path: ReadonlyArray<string | number>;
}

export interface View {
  target: Target;
  kind: 'text' | 'number' | 'time';
  read(stored: Json): Plain;
  /** What to store so that `read` gives the value; `current` is what is there. */
  write(value: Plain, current: Json): Json[];
}

/** Names of a record's fields, as CloudTrail spells them. */
const NAMES = new Map(
  `eventVersion userIdentity type principalId arn accountId invokedBy accessKeyId userName onBehalfOf userId identityStoreArn
  sessionContext attributes mfaAuthenticated creationDate sessionIssuer ec2RoleDelivery webIdFederationData
  federatedProvider eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage
  requestParameters responseElements additionalEventData requestID eventID resources eventType apiVersion readOnly
  recipientAccountId serviceEventDetails sharedEventID vpcEndpointId vpcEndpointAccountId eventCategory addendum
  sessionCredentialFromConsole edgeDeviceDetails tlsDetails tlsVersion cipherSuite clientProvidedHostHeader`
    .split(/\s+/)
    .map(name => [name.toLowerCase(), name]),
);

const ACCOUNTS = /account/;
const DAYS = /^(timestamp|dt|date|.*date.*|ymd)$/;

const asText = (stored: Json): Plain =>
  stored === null || stored === undefined
    ? null
    : typeof stored === 'object'
      ? JSON.stringify(stored)
      : String(stored);

/** A column or partition of a table; undefined for a name that none has. */
export function columnView(table: number, name: string): View | undefined {
  const field = NAMES.get(name);
  if (field) return fieldView({ table, path: [field] });
  const time = fieldView({ table, path: ['eventTime'] });
  if (name.startsWith('year')) return sliced(time, 0, 4);
  if (name.startsWith('month')) return sliced(time, 5, 7);
  if (name.startsWith('day')) return sliced(time, 8, 10);
  if (DAYS.test(name))
    return {
      ...time,
      read: stored => String(stored).slice(0, 10).replaceAll('-', '/'),
      write: (value, current) =>
        /^\d{4}[-/]\d\d[-/]\d\d$/.test(String(value))
          ? [String(value).replaceAll('/', '-') + String(current).slice(10)]
          : [],
    };
  if (name.includes('region')) return fieldView({ table, path: ['awsRegion'] });
  if (ACCOUNTS.test(name)) return fieldView({ table, path: ['recipientAccountId'] });
  return undefined;
}

function fieldView(target: Target): View {
  const isTime = target.path[0] === 'eventTime';
  const isJson = /^(requestParameters|responseElements|additionalEventData|serviceEventDetails)$/.test(
    String(target.path[0]),
  );
  return {
    target,
    kind: 'text',
    read: asText,
    write: (value, current) => {
      if (value === null) return isTime ? [] : [null];
      if (isTime) return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(String(value)) ? [value] : [];
      // One of them would end a statement that casts addresses of other events.
      if (target.path[0] === 'sourceIPAddress' && /^\d/.test(String(value)) && addressNumber(value) === null)
        return [];
      if (target.path.at(-1) === 'readOnly') return [value === 'true'];
      return isJson && target.path.length === 1 ? jsonHolding(String(value), current) : [value];
    },
  };
}

/** Objects whose text holds a part: as members where it reads as such, else within a member's text. */
function jsonHolding(part: string, current: Json): Json[] {
  const before = typeof current === 'object' && current !== null && !Array.isArray(current) ? current : {};
  for (const text of [part, `{${part}}`, `{${part.replace(/^[,{]|[,}]$/g, '')}}`])
    try {
      const members = JSON.parse(text);
      if (typeof members === 'object' && members !== null) return [{ ...before, ...members }];
    } catch {
      // No JSON in this form.
    }
  return [{ ...before, bucketName: part }];
}

/** A member of a struct: its name in any case. */
export const memberView = (view: View, name: string): View => {
  const isResource = view.target.path[0] === 'resources' && name === 'arn';
  const key = isResource ? 'ARN' : (NAMES.get(name) ?? name);
  return fieldView({ ...view.target, path: [...view.target.path, key] });
};

/** An element of an array. Conditions on an array's elements are about the first. */
export const elementView = (view: View, position: number): View =>
  fieldView({ ...view.target, path: [...view.target.path, position] });

/** What a JSONPath of names and positions leads to; undefined for any other path. */
export function jsonView(view: View, path: string): View | undefined {
  const steps: Array<string | number> = [];
  const rest = path.replace(
    /\.([\w-]+)|\["([^"]+)"\]|\['([^']+)'\]|\[(\d+)\]/g,
    (_, dotted, double, single, at) => {
      steps.push(at === undefined ? (dotted ?? double ?? single) : Number(at));
      return '';
    },
  );
  return rest === '$' || rest === 'lax $'
    ? fieldView({ ...view.target, path: [...view.target.path, ...steps] })
    : undefined;
}

/** `substr`, and the parts of a day. */
export const sliced = (view: View, from: number, to: number): View => ({
  ...view,
  read: stored => view.read(stored)?.toString().slice(from, to) ?? null,
  write: (value, current) => {
    const text = String(view.read(current) ?? '').padEnd(from, 'x');
    const part = String(value).padStart(/^\d+$/.test(String(value)) ? to - from : 0, '0');
    return view.write(text.slice(0, from) + part + text.slice(from + part.length), current);
  },
});

/** A view through a function: what it gives for a value, and values that it gives one for. */
export const through = (
  view: View,
  kind: View['kind'],
  give: (value: string | number) => Plain,
  takes: (value: Plain) => Plain[],
): View => ({
  target: view.target,
  kind,
  read: stored => {
    const value = view.read(stored);
    return value === null ? null : give(value);
  },
  write: (value, current) => takes(value).flatMap(one => view.write(one, current)),
});

/** `from_iso8601_timestamp` and its kin. */
export const timeView = (view: View): View =>
  view.kind === 'time'
    ? view
    : through(
        view,
        'time',
        value => timeOf(String(value)) ?? null,
        value => [value === null ? null : isoText(Number(value))],
      );

export const numberView = (view: View): View =>
  view.kind === 'number' ? view : through(view, 'number', Number, value => [value]);

/** Addresses of IPv4 as numbers. */
export const addressView = (view: View): View => through(view, 'number', addressNumber, addressTexts);

export function addressNumber(text: string | number): number | null {
  const parts = String(text).split('.').map(Number);
  return /^\d+(\.\d+){3}$/.test(String(text)) && parts.every(part => part < 256)
    ? parts.reduce((sum, part) => sum * 256 + part, 0)
    : null;
}

const addressTexts = (value: Plain): Plain[] =>
  typeof value === 'number'
    ? [[24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')]
    : [];
