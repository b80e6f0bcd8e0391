/** JSON as the AWS CLI prints it with `--output text` (AWS CLI User Guide, "Setting the output format"). */

import { printableJson } from './escape.js';

type Json = unknown;

/**
 * The lines of a value: members in the order of their names, one line for an object's scalars with its name in front,
 * further lines for what it holds.
 * @param value JSON
 * @param name member the value is of; it stands in capitals before each line
 */
export function* awsText(value: Json, name?: string): Generator<string> {
  if (Array.isArray(value)) yield* listLines(value, name);
  else if (isObject(value)) yield* objectLines(value, scalarNames([value]), name);
  else yield line([cell(value)]);
}

function* listLines(list: readonly Json[], name: string | undefined): Generator<string> {
  const objects = list.filter(isObject);
  if (objects.length > 0) {
    const columns = scalarNames(objects);
    for (const item of list) {
      if (isObject(item)) yield* objectLines(item, columns, name);
      else yield* awsText(item, name);
    }
    return;
  }
  const scalars = list.filter(isScalar);
  if (scalars.length > 0) {
    if (name === undefined) yield line(scalars.map(cell));
    else for (const scalar of scalars) yield line([name.toUpperCase(), cell(scalar)]);
  }
  for (const item of list) if (!isScalar(item)) yield* awsText(item, name);
}

function* objectLines(
  object: Record<string, Json>,
  columns: readonly string[],
  name: string | undefined,
): Generator<string> {
  const cells = columns.map(column => (Object.hasOwn(object, column) ? cell(object[column]) : ''));
  if (cells.length > 0) yield line(name === undefined ? cells : [name.toUpperCase(), ...cells]);
  const rest = Object.keys(object).filter(key => !columns.includes(key));
  for (const key of rest.sort()) yield* awsText(object[key], key);
}

/** Members that are a scalar in any of the objects. */
function scalarNames(objects: ReadonlyArray<Record<string, Json>>): string[] {
  const names = objects.flatMap(object => Object.keys(object).filter(key => isScalar(object[key])));
  return [...new Set(names)].sort();
}

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: Json): boolean => typeof value !== 'object' || value === null;

/** A scalar as Python writes it. */
function cell(value: Json): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What is not safe to print is escaped as in JSON: a record stays one with the same meaning. */
const line = (cells: readonly string[]): string => `${cells.map(safe).join('\t')}\n`;
const safe = (text: string): string =>
  printableJson(text).replaceAll(/[\n\r\t]/g, c => JSON.stringify(c).slice(1, -1));
