/** Rebuilds a record's text from its columns: the kind says which members it has and in what order. */

import type { Statement } from 'better-sqlite3';
import { FIELDS, type Field } from '../fields.js';
import type { Db } from './open.js';

interface Row {
  kind: string;
  whole: string | null;
  channel: string | null;
  additional_fields: string | null;
  [column: string]: string | null;
}

const KEPT_ELSEWHERE = FIELDS.filter(f => f.home !== 'kind' && f.home !== 'channel');
const BY_NAME = new Map<string, Field>(FIELDS.map(f => [f.name, f]));

/** Columns and joins that `recordText` needs, for statements that fetch many records. */
export const RECORD_COLUMNS = `k.record AS kind, d.record AS whole, c.record AS channel, d.additional_fields,
  ${KEPT_ELSEWHERE.map(f => `${{ identity: 'i', address: 'a', agent: 'g', event: 'e', detail: 'd' }[f.home as 'event']}.${f.column}`).join(', ')}`;

export const RECORD_JOINS = `event AS e
  JOIN kind AS k ON k.id = e.kind_id
  JOIN detail AS d ON d.id = e.id
  LEFT JOIN identity AS i ON i.id = e.identity_id
  LEFT JOIN address AS a ON a.id = e.address_id
  LEFT JOIN agent AS g ON g.id = e.agent_id
  LEFT JOIN channel AS c ON c.id = e.channel_id`;

export type RecordStatement = Statement<[number], Row>;

/** A statement that fetches the row of one event. */
export function recordStatement(db: Db): RecordStatement {
  return db.prepare(`SELECT ${RECORD_COLUMNS} FROM ${RECORD_JOINS} WHERE e.id = ?`);
}

/** The record's JSON text without white space between tokens, otherwise as CloudTrail wrote it. */
export function recordText(row: Row): string {
  if (row.whole !== null) return row.whole;
  const channel = members(row.channel);
  const unknown = members(row.additional_fields);
  const parts: string[] = [];
  for (const [key, value] of members(row.kind)) {
    const name = JSON.parse(key) as string;
    let text = value;
    if (value === '[]') {
      const field = BY_NAME.get(name);
      if (!field) text = unknown.get(key) ?? 'null';
      else if (field.home === 'channel') text = channel.get(key) ?? 'null';
      else {
        const column = row[field.column]!;
        text = field.json ? column : JSON.stringify(column);
      }
    }
    parts.push(`${key}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

/** Members of a minified JSON object as raw tokens: key with quotes → value text. */
function members(json: string | null): Map<string, string> {
  const found = new Map<string, string>();
  if (!json) return found;
  let at = 1;
  while (at < json.length && json[at] !== '}') {
    const keyEnd = tokenEnd(json, at);
    const valueEnd = tokenEnd(json, keyEnd + 1);
    found.set(json.slice(at, keyEnd), json.slice(keyEnd + 1, valueEnd));
    at = json[valueEnd] === ',' ? valueEnd + 1 : valueEnd;
  }
  return found;
}

/** Offset behind the token that begins at `at` in a minified, valid JSON text. */
function tokenEnd(json: string, at: number): number {
  let depth = 0;
  for (let i = at; i < json.length; i++) {
    const c = json[i];
    if (c === '"') {
      i++;
      while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
      if (depth === 0) return i + 1;
    } else if (c === '{' || c === '[') {
      depth++;
    } else if (c === '}' || c === ']') {
      if (depth === 0) return i;
      if (--depth === 0) return i + 1;
    } else if (c === ',' && depth === 0) {
      return i;
    }
  }
  return json.length;
}
