/** The log files that digests list, by their names and by their hashes. */

import { commonName } from '../cloudtrail/file-name.js';
import type { ListedRow } from './rows.js';
import { type CheckedDigest, isBelieved, rankOf } from './trust.js';

/** An entry of a digest, with the digest. */
export interface Entry {
  digest: CheckedDigest;
  /** Key of the log file. */
  object: string;
  hash: string;
}

/** What digests say of one name. */
export interface NamedEntry {
  /** The entry whose digest is believed most. */
  entry: Entry;
  /** The entries of this name by their hash; only of digests that can be believed. */
  byHash: ReadonlyMap<string, Entry>;
  /** An entry of another digest that can be believed, with a different hash for the same key. */
  other: Entry | undefined;
}

export interface Entries {
  /** By `commonName`. */
  byName: ReadonlyMap<string, NamedEntry>;
  /** Of digests that can be believed. */
  withHash(hash: string): Entry | undefined;
  /** All of them, of all digests. */
  all: readonly Entry[];
}

/** @param digests by their ids; entries of other digests are left out */
export function createEntries(
  listed: readonly ListedRow[],
  digests: ReadonlyMap<number, CheckedDigest>,
): Entries {
  const all = listed.flatMap(({ digest, object, hash }): Entry[] => {
    const of = digests.get(digest);
    return of ? [{ digest: of, object, hash }] : [];
  });
  const byName = new Map<string, NamedEntry & { byHash: Map<string, Entry> }>();
  for (const entry of all) {
    const name = commonName(entry.object);
    const named = byName.get(name) ?? { entry, byHash: new Map(), other: undefined };
    byName.set(name, named);
    if (isBelieved(entry.digest)) {
      if (
        isBelieved(named.entry.digest) &&
        named.entry.object === entry.object &&
        named.entry.hash !== entry.hash
      )
        named.other ??= entry;
      named.byHash.set(entry.hash, better(named.byHash.get(entry.hash), entry));
    }
    named.entry = better(named.entry, entry);
  }
  let byHash: Map<string, Entry> | undefined;
  return {
    byName,
    all,
    withHash(hash) {
      if (!byHash) {
        byHash = new Map();
        for (const entry of all)
          if (isBelieved(entry.digest)) byHash.set(entry.hash, better(byHash.get(entry.hash), entry));
      }
      return byHash.get(hash);
    },
  };
}

/** The first, unless the digest of the second is believed more. */
function better(one: Entry | undefined, two: Entry): Entry {
  return one && rankOf(one.digest.trust) >= rankOf(two.digest.trust) ? one : two;
}
