/** `CAST`: which types become which, and how. */

import type { Session } from '../functions/registry.js';
import { ipv4Address, isIpv4, parseAddress, parsePrefix, prefixOf } from '../text/address.js';
import { canConvertTime, convertTime, isTime } from '../time/convert.js';
import { parseTimeText } from '../time/text.js';
import { isNumber, isSame, type Type } from '../types.js';
import { keyOf, type MapValue, type Value } from '../values.js';
import { castFromJson } from './from-json.js';
import { badCast, type Cast, castNumber } from './number.js';
import { castToVarchar, charText, textToNumber } from './text.js';
import { toJson } from './to-json.js';

const ADDRESS_BYTES = 16;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** What Java takes as a UUID, and Trino then finds too short. */
const SHORT_UUID = /^[0-9a-f]{1,8}-[0-9a-f]{1,4}-[0-9a-f]{1,4}-[0-9a-f]{1,4}-[0-9a-f]{1,12}$/i;

function uuidOf(text: string): Buffer {
  if (UUID.test(text)) return Buffer.from(text.replaceAll('-', ''), 'hex');
  return SHORT_UUID.test(text)
    ? badCast(`Invalid UUID string length: ${text.length}`)
    : badCast(`Cannot cast value to UUID: ${text}`);
}

function timeOf(to: Type): Cast {
  const name = to.kind === 'timestamp with time zone' ? 'timestamp' : to.kind;
  return text => parseTimeText(text as string, to) ?? badCast(`Value cannot be cast to ${name}: ${text}`);
}

/** The cast from varchar to a type that is neither text nor JSON. */
function fromVarchar(to: Type): Cast | undefined {
  if (isTime(to)) return timeOf(to);
  switch (to.kind) {
    case 'varbinary':
      return text => Buffer.from(text as string, 'utf8');
    case 'ipaddress':
      return text => parseAddress(text as string) ?? badCast(`Cannot cast value to IPADDRESS: ${text}`);
    case 'ipprefix':
      return text => parsePrefix(text as string) ?? badCast(`Cannot cast value to IPPREFIX: ${text}`);
    case 'uuid':
      return text => uuidOf(text as string);
    default:
      return textToNumber(to);
  }
}

function fromBytes(to: Type): Cast | undefined {
  if (to.kind === 'ipaddress')
    return value => {
      const bytes = value as Buffer;
      if (bytes.length === ADDRESS_BYTES) return bytes;
      return bytes.length === 4
        ? ipv4Address(bytes)
        : badCast(`Invalid IP address binary length: ${bytes.length}`);
    };
  if (to.kind !== 'uuid') return undefined;
  return value =>
    (value as Buffer).length === ADDRESS_BYTES
      ? value
      : badCast(`Invalid UUID binary length: ${(value as Buffer).length}`);
}

/** The block that holds nothing but the address. */
const blockOfOne = (address: Buffer): Buffer => prefixOf(address, isIpv4(address) ? 32 : 128);

function fromAddress(to: Type): Cast | undefined {
  if (to.kind === 'varbinary') return value => value;
  return to.kind === 'ipprefix' ? value => blockOfOne(value as Buffer) : undefined;
}

function castMap(
  from: Type & { kind: 'map' },
  to: Type & { kind: 'map' },
  session: Session,
): Cast | undefined {
  const castKey = castFunction(from.key, to.key, session);
  const castValue = castFunction(from.value, to.value, session);
  if (!castKey || !castValue) return undefined;
  return map => {
    const cast: MapValue = new Map();
    for (const [key, value] of (map as MapValue).values()) {
      const newKey = castKey(key);
      if (newKey === null) return badCast('map key is null');
      const text = keyOf(newKey, to.key);
      if (cast.has(text)) return badCast('duplicate keys');
      cast.set(text, [newKey, castValue(value)]);
    }
    return cast;
  };
}

function castRow(
  from: Type & { kind: 'row' },
  to: Type & { kind: 'row' },
  session: Session,
): Cast | undefined {
  if (from.fields.length !== to.fields.length) return undefined;
  const casts: Cast[] = [];
  for (const [i, { type }] of from.fields.entries()) {
    const cast = castFunction(type, to.fields[i]!.type, session);
    if (!cast) return undefined;
    casts.push(cast);
  }
  return row => {
    const values = row as readonly Value[];
    return casts.map((cast, i) => cast(values[i] ?? null));
  };
}

function castNested(from: Type, to: Type, session: Session): Cast | undefined {
  if (from.kind === 'array' && to.kind === 'array') {
    const cast = castFunction(from.element, to.element, session);
    return cast && (list => (list as readonly Value[]).map(cast));
  }
  if (from.kind === 'map' && to.kind === 'map') return castMap(from, to, session);
  return from.kind === 'row' && to.kind === 'row' ? castRow(from, to, session) : undefined;
}

function castOf(from: Type, to: Type, session: Session): Cast | undefined {
  if (isSame(from, to) && from.kind !== 'function') return value => value;
  if (to.kind === 'json') return toJson(from);
  if (from.kind === 'json') return castFromJson(to);
  if (to.kind === 'varchar') return castToVarchar(from, to.length);
  if (canConvertTime(from, to)) return value => convertTime(value, from, to, session);
  switch (from.kind) {
    case 'varchar':
    case 'char':
      if (to.kind === 'char') return text => charText(text as string, to.length);
      return from.kind === 'varchar' ? fromVarchar(to) : undefined;
    case 'varbinary':
      return fromBytes(to);
    case 'ipaddress':
      return fromAddress(to);
    case 'ipprefix':
      return to.kind === 'ipaddress' ? value => (value as Buffer).subarray(0, ADDRESS_BYTES) : undefined;
    case 'uuid':
      return to.kind === 'varbinary' ? value => value : undefined;
    case 'array':
    case 'map':
    case 'row':
      return castNested(from, to, session);
    default:
      return from.kind === 'boolean' || isNumber(from) ? castNumber(from, to) : undefined;
  }
}

/**
 * The cast from one type to another; null stays null. A value that cannot be cast throws SqlError, mostly
 * `INVALID_CAST_ARGUMENT`.
 * @returns undefined where Trino has no such cast
 */
export function castFunction(from: Type, to: Type, session: Session): Cast | undefined {
  if (from.kind === 'unknown') return () => null;
  const cast = castOf(from, to, session);
  return cast && (value => (value === null ? null : cast(value)));
}
