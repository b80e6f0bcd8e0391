/** Rebuilds a record's text from its columns: the kind says which members it has and in what order. */

import { createBoundedMap } from '../bounded-map.js';
import { FIELDS, type Field } from '../cloudtrail/fields.js';
import { createRecordForms } from '../cloudtrail/record-form.js';
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
/** Kinds remembered: there are few, and all are short. */
const REMEMBERED = 2000;

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
  const kinds = createBoundedMap<number, string>(REMEMBERED);
  const forms = createRecordForms();
  const formOf = (kindId: number): string => {
    let form = kinds.get(kindId);
    if (form === undefined) {
      form = findKind.get(kindId)!;
      kinds.set(kindId, form, form.length);
    }
    return form;
  };

  return id => {
    const row = find.get(id);
    if (!row) throw noSuchRow(id);
    if (row.whole !== null) return row.whole;
    const channel = row.channel === null ? undefined : members(row.channel);
    const json = (field: Field): string | undefined =>
      field.home === 'channel' ? channel?.get(JSON.stringify(field.name)) : fieldJson(field, row);
    return forms.fill(formOf(row.kindId), json, row.additional_fields);
  };
}

/** A field's value as JSON; undefined where its column has none. */
function fieldJson({ column, json }: Field, row: Row): string | undefined {
  const value = (row[column] ?? undefined) as string | undefined;
  return value === undefined || json ? value : JSON.stringify(value);
}
