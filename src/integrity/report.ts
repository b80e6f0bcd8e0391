/** The report of a verification for a case file. */
import type { Db } from '../store/open.js';
import type { Verification } from './verify.js';

export function writeEvidenceReport(_db: Db, _verification: Verification, _folder: string): string[] {
  return [];
}
