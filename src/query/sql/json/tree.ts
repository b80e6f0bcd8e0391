/** JSON as a tree: parsed as Trino's parser does, and written again without spaces. */

import { NOWHERE, skipNumber, skipScalar, skipSpace, skipString, stringAt } from './scan.js';
import { jsonNumber, jsonString } from './write.js';

/** Deeper nesting is refused, as by Trino's parser. */
const MOST_DEPTH = 1_000;

/** A number keeps how it is written. */
interface JsonNumber {
  number: string;
  /** Whether it is written again as it stands, not as a double. */
  isExact?: boolean;
}

/** Members as they stand, each name as often as it does. */
export interface JsonObject {
  members: readonly (readonly [name: string, value: JsonNode])[];
}

/** A value of JSON. */
export type JsonNode = null | boolean | string | JsonNumber | JsonObject | readonly JsonNode[];

/** Whether a value is an object. */
export const isObject = (node: JsonNode): node is JsonObject =>
  typeof node === 'object' && node !== null && 'members' in node;
/** Whether a value is a number. */
export const isNumberNode = (node: JsonNode): node is JsonNumber =>
  typeof node === 'object' && node !== null && 'number' in node;

interface Reading {
  text: string;
  at: number;
}

/** The value that the text begins with, and where it ends; undefined where it is not JSON. */
export function parseFirst(text: string): { node: JsonNode; end: number } | undefined {
  const reading: Reading = { text, at: skipSpace(text, 0) };
  const node = readNode(reading, 1);
  if (node === undefined) return undefined;
  // What follows a number, a text apart, must not touch it.
  const last = text[reading.at];
  if (isNumberNode(node) && last !== undefined && !/[ \n\r\t]/.test(last)) return undefined;
  return { node, end: reading.at };
}

/** The value of a text that holds nothing else; undefined where it is not JSON. */
export function parseJson(text: string): JsonNode | undefined {
  const first = parseFirst(text);
  return first && skipSpace(text, first.end) === text.length ? first.node : undefined;
}

function readNode(reading: Reading, depth: number): JsonNode | undefined {
  const { text, at } = reading;
  const first = text[at];
  if (first === '{' || first === '[') {
    if (depth > MOST_DEPTH) return undefined;
    reading.at = skipSpace(text, at + 1);
    return first === '{' ? readObject(reading, depth) : readList(reading, depth);
  }
  const isText = first === '"';
  const isWord = first === 't' || first === 'f' || first === 'n';
  const end = isText ? skipString(text, at) : isWord ? skipScalar(text, at) : skipNumber(text, at);
  if (end === NOWHERE) return undefined;
  reading.at = end;
  if (isText) return stringAt(text, at, end);
  if (isWord) return first === 'n' ? null : first === 't';
  return { number: text.slice(at, end) };
}

function readList(reading: Reading, depth: number): JsonNode | undefined {
  const { text } = reading;
  const elements: JsonNode[] = [];
  if (text[reading.at] === ']') {
    reading.at++;
    return elements;
  }
  for (;;) {
    const element = readNode(reading, depth + 1);
    if (element === undefined) return undefined;
    elements.push(element);
    const at = skipSpace(text, reading.at);
    if (text[at] === ']') {
      reading.at = at + 1;
      return elements;
    }
    if (text[at] !== ',') return undefined;
    reading.at = skipSpace(text, at + 1);
  }
}

function readObject(reading: Reading, depth: number): JsonNode | undefined {
  const { text } = reading;
  const members: [string, JsonNode][] = [];
  if (text[reading.at] === '}') {
    reading.at++;
    return { members };
  }
  for (;;) {
    const start = reading.at;
    if (text[start] !== '"') return undefined;
    const end = skipString(text, start);
    if (end === NOWHERE) return undefined;
    const colon = skipSpace(text, end);
    if (text[colon] !== ':') return undefined;
    reading.at = skipSpace(text, colon + 1);
    const value = readNode(reading, depth + 1);
    if (value === undefined) return undefined;
    members.push([stringAt(text, start, end), value]);
    const at = skipSpace(text, reading.at);
    if (text[at] === '}') {
      reading.at = at + 1;
      return { members };
    }
    if (text[at] !== ',') return undefined;
    reading.at = skipSpace(text, at + 1);
  }
}

/** Names that are compared one by one; for more a map is faster. */
const FEW = 8;

function hasTwice(members: JsonObject['members']): boolean {
  if (members.length > FEW) return new Set(members.map(([name]) => name)).size < members.length;
  return members.some(([name], i) => {
    for (let k = 0; k < i; k++) if (members[k]![0] === name) return true;
    return false;
  });
}

/** Members with each name once: where the first stood, with the value of the last. */
export const uniqueMembers = ({ members }: JsonObject): JsonObject['members'] =>
  hasTwice(members) ? [...new Map(members)] : members;

/** Members in the order of their names, as UTF-16 has it. */
function sortedMembers(object: JsonObject): JsonObject['members'] {
  const members = uniqueMembers(object);
  const isSorted = members.every(([name], i) => i === 0 || members[i - 1]![0] < name);
  return isSorted ? members : [...members].sort(([a], [b]) => (a < b ? -1 : 1));
}

interface WriteOptions {
  /** Whether members are sorted by name. Default: as they stand. */
  isSorted?: boolean;
}

/** The tree as text without spaces, each member once. */
export function writeJson(node: JsonNode, { isSorted = false }: WriteOptions = {}): string {
  if (node === null || typeof node === 'boolean') return String(node);
  if (typeof node === 'string') return jsonString(node);
  if (isNumberNode(node)) return node.isExact ? node.number : jsonNumber(node.number);
  if (isObject(node)) return writeObject(isSorted ? sortedMembers(node) : uniqueMembers(node), isSorted);
  let out = '[';
  for (const element of node) out += `${out.length > 1 ? ',' : ''}${writeJson(element, { isSorted })}`;
  return `${out}]`;
}

function writeObject(members: JsonObject['members'], isSorted: boolean): string {
  let out = '{';
  for (const [name, value] of members)
    out += `${out.length > 1 ? ',' : ''}${jsonString(name)}:${writeJson(value, { isSorted })}`;
  return `${out}}`;
}
