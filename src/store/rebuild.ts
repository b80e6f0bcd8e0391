/** Rebuilds a record's text from its columns: the kind says which members it has and in what order. */

import type { Statement } from 'better-sqlite3';
import { FIELDS, type Field } from '../fields.js';
import { members } from '../json-text.js';
import type { Db } from './open.js';
import { ALIAS, JOINS } from './schema.js';

interface Row {
  kind: string;
  whole: string | null;
  channel: string | null;
  additional_fields: string | null;
  [column: string]: string | null;
}

const KEPT_ELSEWHERE = FIELDS.filter(f => f.home !== 'kind' && f.home !== 'channel');
const BY_NAME = new Map<string, Field>(FIELDS.map(f => [JSON.stringify(f.name), f]));

type RecordStatement = Statement<[number], Row>;

/** A statement that fetches the row of one event. */
export function recordStatement(db: Db): RecordStatement {
  const columns = KEPT_ELSEWHERE.map(f => `${ALIAS[f.home]}.${f.column}`);
  return db.prepare(
    `SELECT k.record AS kind, d.record AS whole, c.record AS channel, d.additional_fields, ${columns.join(', ')}
    FROM ${JOINS} WHERE e.id = ?`,
  );
}

/** The record's JSON text without white space between tokens, otherwise as CloudTrail wrote it. */
export function recordText(row: Row): string {
  if (row.whole !== null) return row.whole;
  const channel = members(row.channel ?? '{}');
  const unknown = members(row.additional_fields ?? '{}');
  const parts: string[] = [];
  for (const [name, value] of members(row.kind)) {
    let text = value;
    if (value === '[]') {
      const field = BY_NAME.get(name);
      if (!field) text = unknown.get(name)!;
      else if (field.home === 'channel') text = channel.get(name)!;
      else text = field.json ? row[field.column]! : JSON.stringify(row[field.column]);
    }
    parts.push(`${name}:${text}`);
  }
  return `{${parts.join(',')}}`;
}
