/** Addresses as CloudTrail writes them, in a form in which a CIDR block is one range. */

import { ipaddr } from './lazy.js';

/** An address as 16 bytes, IPv4 mapped into IPv6, with the number of bits a prefix of it may have; null for anything else. */
export function addressBytes(text: string): { bytes: Buffer; bits: 32 | 128 } | null {
  const { IPv4, IPv6, parse } = ipaddr();
  // ipaddr.js also takes 10.1 and 0x7f000001, which nobody writes here.
  if (IPv4.isValidFourPartDecimal(text)) {
    const wide = (parse(text) as InstanceType<typeof IPv4>).toIPv4MappedAddress();
    return { bytes: Buffer.from(wide.toByteArray()), bits: 32 };
  }
  if (!text.includes(':') || !IPv6.isValid(text)) return null;
  return { bytes: Buffer.from(parse(text).toByteArray()), bits: 128 };
}
