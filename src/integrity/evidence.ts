/** What the index keeps of a verification: the keys, and the verdict on each file. */

import { messageOf } from '../errors.js';
import { hasDigests } from '../store/digest-rows.js';
import { type Db, openForWriting } from '../store/open.js';
import { byFingerprint, type PublicKeys, publicKey, validityText } from './public-keys.js';
import { type Verification, verifyDigests } from './verify.js';

/** The keys that the index keeps. */
export function keptKeys(db: Db): PublicKeys {
  const rows = db
    .prepare(
      `SELECT fingerprint, value, valid_from AS validFrom, valid_to AS validTo, source FROM public_key ORDER BY id`,
    )
    .all() as Array<
    Record<'fingerprint' | 'value' | 'source', string> & { validFrom: string | null; validTo: string | null }
  >;
  const secondOf = (time: string | null): number | undefined =>
    time === null ? undefined : Date.parse(time) / 1000;
  return byFingerprint(
    rows.map(({ validFrom, validTo, ...row }) =>
      publicKey({ ...row, validFrom: secondOf(validFrom), validTo: secondOf(validTo), region: undefined }),
    ),
  );
}

/** Replaces the keys of the index. */
function keepKeys(db: Db, keys: PublicKeys): void {
  const insert = db.prepare(
    'INSERT INTO public_key (fingerprint, value, valid_from, valid_to, source) VALUES (?, ?, ?, ?, ?)',
  );
  db.transaction(() => {
    db.exec('DELETE FROM public_key');
    for (const { fingerprint, value, validFrom, validTo, source } of [...keys.values()].flat())
      insert.run(fingerprint, value, validityText(validFrom), validityText(validTo), source);
  }).immediate();
}

/** Replaces the verdicts of the index; files without digests have no row. */
function keepEvidence(db: Db, { evidence, earlier }: Verification): void {
  const insert = db.prepare('INSERT INTO evidence (file_id, verdict, digest_id) VALUES (?, ?, ?)');
  db.transaction(() => {
    db.exec('DELETE FROM evidence');
    for (const { file, verdict, digest } of [...evidence, ...earlier])
      if (verdict !== 'none') insert.run(file.id, verdict, digest?.id ?? null);
  }).immediate();
}

/** Whether the index has these keys and verdicts already. */
function isKept(db: Db, { evidence, earlier }: Verification, keys: PublicKeys): boolean {
  const kept = new Map(
    db.prepare('SELECT file_id, verdict FROM evidence').raw(true).all() as Array<[number, string]>,
  );
  const verdicts = [...evidence, ...earlier].filter(({ verdict }) => verdict !== 'none');
  const values = (of: PublicKeys): string => JSON.stringify([...of.values()].flat().map(key => key.value));
  return (
    kept.size === verdicts.length &&
    verdicts.every(({ file, verdict }) => kept.get(file.id) === verdict) &&
    values(keptKeys(db)) === values(keys)
  );
}

/**
 * Stores keys and verdicts in the index. Where they are there already nothing is written: most runs of verify then need no
 * lock and no right to write.
 * @param db the index, open for queries
 * @param keys the keys that the verification was made with
 * @returns why it could not be kept, or undefined
 */
export function keepVerification(db: Db, verification: Verification, keys: PublicKeys): string | undefined {
  if (isKept(db, verification, keys)) return undefined;
  try {
    const writing = openForWriting(db.name);
    try {
      keepKeys(writing.db, keys);
      keepEvidence(writing.db, verification);
      writing.settle();
    } finally {
      writing.close();
    }
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Makes the verdicts again with the keys that the index keeps. An ingest calls it at its end. */
export function updateEvidence(db: Db): void {
  if (hasDigests(db)) keepEvidence(db, verifyDigests(db, { keys: keptKeys(db) }));
  else db.exec('DELETE FROM evidence');
}
