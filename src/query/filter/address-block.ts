/** Source addresses and blocks of them, as conditions in both dialects. */

import { addressBytes } from '../../address.js';
import { UsageError } from '../../errors.js';
import { literal, type Sql } from './sql-text.js';

/**
 * First and last address of a block in the form of the index, or undefined where `value` is the name of a service.
 * @throws UsageError `BAD_ADDRESS`
 */
export function addressBlock(value: string): { first: Buffer; last: Buffer } | undefined {
  const [text = '', prefix, more] = value.split('/');
  const address = addressBytes(text);
  if (!address) {
    if (prefix === undefined && /[a-z]/i.test(value) && !value.includes(':')) return undefined;
    throw badAddress(value);
  }
  const { bytes: first, bits } = address;
  const length = prefix === undefined ? bits : Number(prefix);
  if (
    more !== undefined ||
    (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) ||
    !Number.isInteger(length) ||
    length < 0 ||
    length > bits
  ) {
    throw badAddress(value);
  }
  const last = Buffer.from(first);
  for (let bit = 128 - bits + length; bit < 128; bit++) {
    const mask = 0x80 >> (bit % 8);
    first[bit >> 3]! &= ~mask;
    last[bit >> 3]! |= mask;
  }
  return { first, last };
}

function badAddress(value: string): UsageError {
  return new UsageError(
    'BAD_ADDRESS',
    `${JSON.stringify(value)} is not an address, CIDR block or service name`,
    'write 203.0.113.7, 203.0.113.0/24, 2001:db8::/32 or config.amazonaws.com',
  );
}

/** A condition on the columns of `address`. */
export function ipSqlite(value: string): Sql {
  const range = addressBlock(value);
  if (!range) return { text: 'sourceipaddress = ?', params: [value] };
  return { text: 'ip BETWEEN ? AND ?', params: [range.first, range.last] };
}

export function ipAthena(value: string): string {
  // An address of IPv6 has several spellings.
  const isBlock = value.includes('/') || value.includes(':');
  if (!addressBlock(value) || !isBlock) return `sourceIpAddress = ${literal(value)}`;
  const block = value.includes('/') ? value : `${value}/128`;
  return `contains(${literal(block)}, TRY_CAST(sourceIpAddress AS ipaddress))`;
}
