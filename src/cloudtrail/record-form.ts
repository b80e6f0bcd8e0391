/**
 * A record's text from its columns and its form: the record with `[]` for each value that is kept elsewhere. An index
 * and a lake keep records in this way.
 */

import { createBoundedMap } from '../bounded-map.js';
import { columnText, members } from '../json-text.js';
import { FIELDS, type Field, fieldsAt } from './fields.js';
import { jsonColumn } from './lake.js';

/** A member of a record: constant text that ends before the value, and what its value is of where that is not constant, too. */
interface Part {
  text: string;
  /** With its quotes. */
  name: string;
  isElsewhere: boolean;
  /** Undefined for a member that is in `additional_fields`. */
  field: Field | undefined;
}

const BY_NAME = new Map<string, Field>(FIELDS.map(f => [JSON.stringify(f.name), f]));
/** Forms remembered: there are few, and all are short. */
const REMEMBERED = 2000;

export interface RecordForms {
  /**
   * The text of a record.
   * @param form a record with `[]` for each value that is kept elsewhere
   * @param json the JSON text of a field; undefined where it is not kept under its own name
   * @param additionalFields JSON object of the members without a field of their own
   */
  fill(
    form: string,
    json: (field: Field) => string | undefined,
    additionalFields: string | null | undefined,
  ): string;
}

/** Fills forms; remembers the parts of those it has seen. */
export function createRecordForms(): RecordForms {
  const forms = createBoundedMap<string, Part[]>(REMEMBERED);
  const partsOf = (form: string): Part[] => {
    let parts = forms.get(form);
    if (!parts) {
      parts = [...members(form)].map(([name, value], i) => partOf(name, value, i));
      forms.set(form, parts, form.length);
    }
    return parts;
  };
  return {
    fill(form, json, additionalFields) {
      const unknown = additionalFields == null ? undefined : members(additionalFields);
      let text = '';
      for (const part of partsOf(form)) {
        text += part.text;
        if (!part.isElsewhere) continue;
        // Also for a field that had no column yet when this event was stored.
        text += (part.field && json(part.field)) ?? unknown?.get(part.name) ?? 'null';
      }
      return `${text}}`;
    },
  };
}

/** What of a row of a lake gives the record back: texts by the names of columns, as `LAKE_COLUMNS` has them. */
export type LakeRow = Readonly<Record<string, unknown>>;

/**
 * Gives the JSON text of the record of a lake's row: the bytes that CloudTrail wrote, without white space between tokens.
 * Undefined for a row that has neither `record` nor `record_form`, as one of another writer.
 * @throws SyntaxError for a damaged `record_form` or `additional_fields`
 */
export function createLakeRecords(): (row: LakeRow) => string | undefined {
  const forms = createRecordForms();
  return row => {
    if (typeof row.record === 'string') return row.record;
    if (typeof row.record_form !== 'string') return undefined;
    const json = (field: Field): string | undefined => {
      const value = row[jsonColumn(field.column)];
      return typeof value !== 'string' ? undefined : field.json ? value : JSON.stringify(value);
    };
    return forms.fill(row.record_form, json, row.additional_fields as string | null | undefined);
  };
}

/**
 * The form of a record for a lake, from that of an index: a value of `channel` that its column does not give back, as a
 * bare `true`, stands in the form itself.
 * @param channel the members of the record that an index keeps as `channel`, as a JSON object
 */
export function lakeForm(form: string, channel: string | null): string {
  if (channel === null) return form;
  const odd = new Map<string, string>();
  const values = members(channel);
  for (const { name, json } of fieldsAt('channel')) {
    const key = JSON.stringify(name);
    const value = values.get(key);
    if (value !== undefined && !json && value !== JSON.stringify(columnText(value))) odd.set(key, value);
  }
  if (odd.size === 0) return form;
  const parts = [...members(form)].map(
    ([key, value]) => `${key}:${value === '[]' ? (odd.get(key) ?? value) : value}`,
  );
  return `{${parts.join(',')}}`;
}

/** A form's `[]` stands for a value kept elsewhere. */
function partOf(name: string, value: string, index: number): Part {
  const text = `${index === 0 ? '{' : ','}${name}:`;
  const isElsewhere = value === '[]';
  return { text: isElsewhere ? text : text + value, name, isElsewhere, field: BY_NAME.get(name) };
}
