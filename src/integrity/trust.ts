/** How far digests are to be believed, one by one and as chains. */

import type { DigestRow } from './rows.js';

/** Whether a digest's signature holds, and where the signature comes from. */
export interface SignatureState {
  result: 'valid' | 'invalid' | 'no signature' | 'no key' | 'bad key';
  /** `metadata`: of the object in S3; `next digest`: the one that links to it. */
  from: 'metadata' | 'next digest' | null;
}

/**
 * How far a digest is to be believed.
 * - `signed`: its signature is valid
 * - `unchecked`: nothing speaks against it
 * - `contradicted`: its signature is invalid, or what links to it states another hash
 */
export type Trust = 'signed' | 'unchecked' | 'contradicted';

/** From the least believed to the most. */
const TRUSTS: readonly Trust[] = ['contradicted', 'unchecked', 'signed'];

/** A number that is greater for what is believed more. */
export const rankOf = (trust: Trust): number => TRUSTS.indexOf(trust);

export const isBelieved = ({ trust }: { trust: Trust }): boolean => trust !== 'contradicted';

export interface CheckedDigest extends DigestRow {
  signature: SignatureState;
  trust: Trust;
}

/** The digests of one trail, account and region that follow one another. */
export interface Chain {
  account: string;
  region: string;
  trail: string;
  homeRegion: string;
  isBackfill: boolean;
  /** By the end of what they cover. */
  digests: CheckedDigest[];
}
