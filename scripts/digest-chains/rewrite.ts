/** What a tree has beside its logs, and digests written anew: tests change a member or a signature and call these. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chains } from './chains.js';
import { type Digest, headObject, linkTo, sign, signaturePath, writeDigest } from './digest.js';
import { publicKeyList } from './keys.js';

/** Writes `keys/REGION.json`, from `keys`. */
export function writeKeys(chains: Chains): void {
  chains.keyFiles = chains.options.regions.map(region => {
    const path = join(chains.folder, 'keys', `${region}.json`);
    chains.folders.make(path);
    const keys = chains.keys.filter(key => key.region === region);
    writeFileSync(path, publicKeyList(keys, chains.options.keyTimes));
    return path;
  });
}

/** Writes the signatures of all digests where the options say. A digest without one has no file and no line. */
export function writeSignatures(chains: Chains): void {
  const { signatures } = chains.options;
  if (signatures === 'lines') {
    const lines = chains.digests
      .filter(digest => digest.signature !== undefined)
      .map(digest => JSON.stringify({ Bucket: digest.bucket, Key: digest.key, ...headObject(digest) }));
    const path = join(chains.folder, 'signatures.jsonl');
    chains.folders.make(path);
    writeFileSync(path, lines.map(line => `${line}\n`).join(''));
  } else for (const digest of chains.digests) writeSignature(chains, digest);
}

function writeSignature(chains: Chains, digest: Digest): void {
  const path = signaturePath(chains.folders, chains.options.signatures, digest);
  if (path === undefined) return;
  chains.folders.make(path);
  if (digest.signature === undefined) rmSync(path, { force: true });
  else writeFileSync(path, `${JSON.stringify(headObject(digest), null, 4)}\n`);
}

/** Writes a digest anew from its members, with a signature by its own key or another. Its successors stay as they are. */
export function resign(chains: Chains, digest: Digest, privateKey = digest.signer.privateKey): void {
  sign(digest, privateKey);
  writeDigest(chains.folders, digest);
  saveSignature(chains, digest);
}

/** The same, and every later digest of its chain that was linked to it, so that the chain holds again. */
export function resignFrom(chains: Chains, digest: Digest): void {
  let previous = digest;
  resign(chains, digest);
  const chain = chainOf(chains, digest);
  for (const next of chain.slice(chain.indexOf(digest) + 1)) {
    if (next.members.previousDigestS3Object === null) return;
    Object.assign(next.members, linkTo(previous));
    resign(chains, next);
    previous = next;
  }
}

/** Writes what the metadata of a digest's object says, after its `signature` or `backfillTime` was changed. */
export function saveSignature(chains: Chains, digest: Digest): void {
  if (chains.options.signatures === 'lines') writeSignatures(chains);
  else writeSignature(chains, digest);
}

/** The digests of the chain that a digest belongs to, oldest first. */
export function chainOf({ digests }: Chains, { account, region, trail, isBackfill }: Digest): Digest[] {
  return digests.filter(
    d =>
      d.account === account &&
      d.region === region &&
      d.trail.name === trail.name &&
      d.trail.homeRegion === trail.homeRegion &&
      d.isBackfill === isBackfill,
  );
}
