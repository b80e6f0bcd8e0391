/** Functions over addresses and blocks of them. */

import { invalidArgument, SqlError } from '../errors.js';
import { remember } from '../remember.js';
import { blockEnds, isIpv4, parseAddress, prefixOf } from '../text/address.js';
import { type SqlFunction, scalar } from './registry.js';

interface Block {
  first: Buffer;
  last: Buffer;
}

const endsOf = (prefix: Buffer): Block => blockEnds(prefix.subarray(0, 16), prefix[16]!);

const isWithin = ({ first, last }: Block, address: Buffer): boolean =>
  Buffer.compare(first, address) <= 0 && Buffer.compare(address, last) <= 0;

/** The block of a text such as `10.0.0.0/8`. */
const blockOf = remember((text: string): Block => {
  const parts = /^(.*?)\/(.*)$/s.exec(text);
  if (!parts) return invalidArgument('Invalid CIDR');
  const address = parseAddress(parts[1]!) ?? invalidArgument('Invalid network IP address');
  const length = /^[+-]?[0-9]+$/.test(parts[2]!)
    ? Number(parts[2])
    : invalidArgument(`For input string: "${parts[2]}"`);
  const most = isIpv4(address) ? 32 : 128;
  if (length < 0) invalidArgument('Invalid prefix length');
  const block = length > most ? undefined : blockEnds(address, length);
  // The text must be the first address of its block.
  return block?.first.equals(address) ? block : invalidArgument('Invalid CIDR');
});

function ipPrefix(address: Buffer, length: bigint): Buffer {
  const [family, most] = isIpv4(address) ? ['IPv4', 32n] : ['IPv6', 128n];
  if (length < 0n || length > most) invalidArgument(`${family} subnet size must be in range [0, ${most}]`);
  return prefixOf(address, Number(length));
}

const addressOf = (text: string): Buffer => {
  const address = parseAddress(text);
  if (!address) throw new SqlError('INVALID_CAST_ARGUMENT', `Cannot cast value to IPADDRESS: ${text}`);
  return address;
};

export const ADDRESSES: readonly SqlFunction[] = [
  scalar(
    'contains(varchar, ipaddress) -> boolean',
    'Whether an address is in a block such as `10.0.0.0/8`.',
    (text: string, address: Buffer) => isWithin(blockOf(text), address),
  ),
  scalar(
    'ip_prefix(ipaddress, bigint) -> ipprefix',
    'The block of so many bits that an address is in.',
    ipPrefix,
  ),
  scalar(
    'ip_prefix(varchar, bigint) -> ipprefix',
    'The block of so many bits that an address is in.',
    (text: string, length: bigint) => ipPrefix(addressOf(text), length),
  ),
  scalar(
    'ip_subnet_min(ipprefix) -> ipaddress',
    'The first address of a block.',
    (prefix: Buffer) => endsOf(prefix).first,
  ),
  scalar(
    'ip_subnet_max(ipprefix) -> ipaddress',
    'The last address of a block.',
    (prefix: Buffer) => endsOf(prefix).last,
  ),
  scalar(
    'ip_subnet_range(ipprefix) -> array(ipaddress)',
    'The first and the last address of a block.',
    (prefix: Buffer) => {
      const { first, last } = endsOf(prefix);
      return [first, last];
    },
  ),
  scalar(
    'is_subnet_of(ipprefix, ipaddress) -> boolean',
    'Whether an address is in a block.',
    (prefix: Buffer, address: Buffer) => isWithin(endsOf(prefix), address),
  ),
  scalar(
    'is_subnet_of(ipprefix, ipprefix) -> boolean',
    'Whether the second block is in the first.',
    (outer: Buffer, inner: Buffer) => {
      const { first, last } = endsOf(inner);
      return isWithin(endsOf(outer), first) && isWithin(endsOf(outer), last);
    },
  ),
];
