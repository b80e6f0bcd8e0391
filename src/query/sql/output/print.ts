/** Values as Athena prints them in results. */

import { decimalText, javaDouble, javaFloat } from '../cast/number-text.js';
import { uuidText } from '../cast/text.js';
import { addressText, prefixText } from '../text/address.js';
import { timeText } from '../time/text.js';
import type { Type } from '../types.js';
import type { MapValue, Value } from '../values.js';

/** Bytes as pairs of digits: `61 62`. */
const bytesText = (bytes: Buffer): string => bytes.toString('hex').replace(/..(?=.)/g, '$& ');

function rowText(values: readonly Value[], { fields }: Type & { kind: 'row' }): string {
  const members = fields.map(
    ({ name, type }, i) => `${name ?? `field${i}`}=${valueText(values[i] ?? null, type)}`,
  );
  return `{${members.join(', ')}}`;
}

function mapText(map: MapValue, type: Type & { kind: 'map' }): string {
  const members = Array.from(
    map.values(),
    ([key, value]) => `${valueText(key, type.key)}=${valueText(value, type.value)}`,
  );
  return `{${members.join(', ')}}`;
}

/** A value as Athena prints it: `1.0`, `[a, null]`, `{arn=x}`; null as the word, which stands inside of others. */
export function valueText(value: Value, type: Type): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'real':
      return javaFloat(value as number);
    case 'double':
      return javaDouble(value as number);
    case 'decimal':
      return decimalText(value as bigint, type.scale);
    case 'varbinary':
      return bytesText(value as Buffer);
    case 'date':
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
    case 'interval day to second':
    case 'interval year to month':
      return timeText(value, type);
    case 'ipaddress':
      return addressText(value as Buffer);
    case 'ipprefix':
      return prefixText(value as Buffer);
    case 'uuid':
      return uuidText(value as Buffer);
    case 'array':
      return `[${(value as readonly Value[]).map(element => valueText(element, type.element)).join(', ')}]`;
    case 'map':
      return mapText(value as MapValue, type);
    case 'row':
      return rowText(value as readonly Value[], type);
    default:
      return String(value);
  }
}
