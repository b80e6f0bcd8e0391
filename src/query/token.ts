/** Where a listing goes on: a text that holds only for the index it came from and for the question it belongs to. */

import { createHash } from 'node:crypto';
import { UsageError } from '../errors.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import type { Position } from './columns/page.js';

/** What a token says. */
export interface Continuation {
  /** When the first page was asked for: times such as `2h` keep their meaning. */
  now: Date;
  /** The last event that was given. */
  after: Position;
}

/** @param question what was asked, without the token: everything that decides which events come, and in what order */
export function makeToken(db: Db, question: unknown, { now, after }: Continuation): string {
  const { time, id, value } = after;
  const parts = [tagOf(db, question), now.getTime(), time, id, ...(value === undefined ? [] : [value])];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws UsageError `BAD_TOKEN` where it is none, or one of another index or another question */
export function readToken(db: Db, question: unknown, token: string): Continuation {
  const [tag, now, time, id, value] = partsOf(token);
  const isWhole = Number.isSafeInteger(now) && Number.isSafeInteger(id) && Number.isFinite(time);
  const isValue = value === undefined || value === null || typeof value === 'string';
  if (!isWhole || !isValue || tag !== tagOf(db, question)) {
    throw new UsageError(
      'BAD_TOKEN',
      'the token does not belong to this index and these parameters',
      'pass it with the same index, filters and order as the page it came from, or begin without it',
    );
  }
  return {
    now: new Date(now as number),
    after: {
      time: time as number,
      id: id as number,
      ...(value === undefined ? {} : { value: value as string | null }),
    },
  };
}

function partsOf(token: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

/** The seed of an index is a random number that stays: it tells indexes apart. */
function tagOf(db: Db, question: unknown): string {
  const seed = prepared(db, "SELECT value FROM setting WHERE name = 'hash_seed'").pluck().get() as number;
  return createHash('sha256')
    .update(`${seed}\n${JSON.stringify(question)}`)
    .digest('base64url')
    .slice(0, 16);
}
