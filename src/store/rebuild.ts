/** Rebuilds a record's text from its columns: the kind says which members it has and in what order. */

import { createBoundedMap } from '../bounded-map.js';
import { FIELDS, type Field } from '../cloudtrail/fields.js';
import { members } from '../json-text.js';
import type { Db } from './open.js';
import { ALIAS, JOINS } from './view.js';

interface Row {
  kindId: number;
  whole: string | null;
  channel: string | null;
  additional_fields: string | null;
  [column: string]: string | number | null;
}

const KEPT_ELSEWHERE = FIELDS.filter(f => f.home !== 'kind' && f.home !== 'channel');
const BY_NAME = new Map<string, Field>(FIELDS.map(f => [JSON.stringify(f.name), f]));
/** Kinds remembered: there are few, and all are short. */
const REMEMBERED = 2000;

/** A member of a record: constant text that ends before the value, and where the value is if it is not constant, too. */
interface Part {
  text: string;
  name: string;
  value: Field | 'channel' | 'unknown' | undefined;
}

/** What is thrown where no event has the `event_rowid`: a mistake of the caller's code. */
export const noSuchRow = (id: number): TypeError => new TypeError(`no event has the row id ${id}`);

/**
 * Gives the JSON text of event `id` without white space between tokens, otherwise as CloudTrail wrote it.
 * @throws TypeError where there is no such event
 */
export function createRebuilder(db: Db): (id: number) => string {
  const columns = KEPT_ELSEWHERE.map(f => `${ALIAS[f.home]}.${f.column}`);
  const find = db.prepare<[number], Row>(
    `SELECT e.kind_id AS kindId, d.record AS whole, c.members AS channel, d.additional_fields, ${columns.join(', ')}
    FROM ${JOINS} WHERE e.id = ?`,
  );
  const findKind = db.prepare<[number], string>('SELECT template FROM kind WHERE id = ?').pluck();
  const kinds = createBoundedMap<number, Part[]>(REMEMBERED);
  const partsOf = (kindId: number): Part[] => {
    let parts = kinds.get(kindId);
    if (!parts) {
      const kind = findKind.get(kindId)!;
      parts = [...members(kind)].map(([name, value], i) => partOf(name, value, i));
      kinds.set(kindId, parts, kind.length);
    }
    return parts;
  };

  return id => {
    const row = find.get(id);
    if (!row) throw noSuchRow(id);
    if (row.whole !== null) return row.whole;
    const channel = row.channel === null ? undefined : members(row.channel);
    const unknown = row.additional_fields === null ? undefined : members(row.additional_fields);
    let text = '';
    for (const part of partsOf(row.kindId)) {
      text += part.text;
      if (part.value === undefined) continue;
      const value =
        part.value === 'unknown'
          ? undefined
          : part.value === 'channel'
            ? channel?.get(part.name)
            : fieldJson(part.value, row);
      // Also for a field that had no column yet when this event was stored.
      text += value ?? unknown?.get(part.name) ?? 'null';
    }
    return `${text}}`;
  };
}

/** A field's value as JSON; undefined where its column has none. */
function fieldJson({ column, json }: Field, row: Row): string | undefined {
  const value = (row[column] ?? undefined) as string | undefined;
  return value === undefined || json ? value : JSON.stringify(value);
}

/** A kind's `[]` stands for a value kept elsewhere. */
function partOf(name: string, value: string, index: number): Part {
  const text = `${index === 0 ? '{' : ','}${name}:`;
  if (value !== '[]') return { text: text + value, name, value: undefined };
  const field = BY_NAME.get(name);
  return { text, name, value: !field ? 'unknown' : field.home === 'channel' ? 'channel' : field };
}
