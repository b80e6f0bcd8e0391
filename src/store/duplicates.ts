/** Tells whether a record is already stored: the same eventID in the same receiving account, with the same content. */

import { contentHash } from '../bytes/hash.js';
import { canonical } from '../json-text.js';
import { createIdFinder } from './event-ids.js';
import { buildEventIndexes } from './event-indexes.js';
import type { EventRows } from './event-rows.js';
import { createKnownIds, type KnownIds } from './known-ids.js';
import type { Db } from './open.js';
import { createRebuilder } from './rebuild.js';

/** What identifies a record before it is stored. */
export interface Identified {
  /** Null or empty where it has none: then the content identifies it. */
  eventId(): string | null;
  /** The row of its kind, which holds the account. */
  kindId: number;
  /** Halves of the hash of account and id, or of the content where there is no id. */
  idHigh: number;
  idLow: number;
  /** The record's minified text, made when it is needed. */
  text(): string;
}

export interface Match {
  /** The stored event this record repeats, or 0. */
  duplicateOf: number;
  /** Stored events with its id and other content. */
  conflicting: number[];
}

export interface Duplicates {
  /** Compares a record with what is stored; it will get row `nextRow` when it is new. */
  check(record: Identified, nextRow: number): Match;
}

interface Candidate {
  id: number;
  eventid: string | null;
  account: string | null;
}

/** So many records with one id are compared; further ones are stored and flagged, or a file could make this endless. */
const MOST_COMPARED = 16;

const NEW: Match = { duplicateOf: 0, conflicting: [] };

/**
 * @param events lets statements find what is stored
 * @param isFirst true for a first ingest: ids are then kept in memory, because there is no index on them yet
 */
export function createDuplicates(db: Db, isFirst: boolean, events: EventRows): Duplicates {
  const columns = 'e.id, e.eventid, k.recipientaccountid AS account';
  const candidates = (where: string) =>
    db.prepare(
      `SELECT ${columns}
      FROM event AS e JOIN kind AS k ON k.id = e.kind_id WHERE ${where} LIMIT ${MOST_COMPARED}`,
    );
  const byRow = db.prepare<[number], Candidate & { contentHash: number | null }>(
    `SELECT ${columns}, e.content_hash AS contentHash FROM event AS e JOIN kind AS k ON k.id = e.kind_id WHERE e.id = ?`,
  );
  const byId = createIdFinder<Candidate>(db, columns, MOST_COMPARED);
  const byContent = candidates("e.content_hash = ? AND coalesce(e.eventid, '') = ''");
  const conflictsById = candidates('e.is_conflicting AND e.eventid = ?');
  const accountOfKind = db.prepare('SELECT recipientaccountid FROM kind WHERE id = ?').pluck();
  const rebuild = createRebuilder(db);
  let known: KnownIds | undefined = isFirst ? createKnownIds(events.mostKnown) : undefined;

  function find(record: Identified, nextRow: number): Candidate[] {
    const { eventId: eventIdOf, idHigh, idLow } = record;
    if (!known) {
      const eventId = eventIdOf();
      return eventId ? byId(eventId) : (byContent.all(contentHash(idHigh, idLow)) as Candidate[]);
    }
    const row = known.findOrAdd(idHigh, idLow, nextRow, of => hasIdOf(of, record));
    if (row === 0) {
      if (known.full) {
        known = undefined;
        buildEventIndexes(db);
      }
      return [];
    }
    const eventId = eventIdOf();
    const others = !eventId ? [] : (conflictsById.all(eventId) as Candidate[]);
    // It was fetched to be compared.
    return [byRow.get(row)!, ...others.filter(other => other.id !== row)];
  }

  /** Whether a stored event has the id of a record in its account or, where it has none, its content. */
  function hasIdOf(row: number, { eventId: eventIdOf, idHigh, idLow, kindId }: Identified): boolean {
    events.fetch(row);
    const stored = byRow.get(row)!;
    const eventId = eventIdOf();
    if (!eventId) return !stored.eventid && stored.contentHash === contentHash(idHigh, idLow);
    return stored.eventid === eventId && stored.account === accountOfKind.get(kindId);
  }

  return {
    check(record, nextRow) {
      const found = find(record, nextRow);
      if (found.length === 0) return NEW;
      const account = accountOfKind.get(record.kindId) as string | null;
      const eventId = record.eventId();
      const same = found.filter(one => one.eventid === eventId && one.account === account);
      if (same.length === 0) return NEW;
      const text = record.text();
      const twin = same.find(one => isSameRecord(rebuild(one.id), text));
      if (twin) return { duplicateOf: twin.id, conflicting: [] };
      return { duplicateOf: 0, conflicting: !eventId ? [] : same.map(one => one.id) };
    },
  };
}

/** Two copies are the same whatever the order of their keys and the way their strings are escaped. */
function isSameRecord(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b);
}
