/** Values of a row of a table, as Parquet and its readers have them, and their JSON. */

/** Bytes only where they are no text. */
export type Scalar = string | number | bigint | boolean | Uint8Array;
/** A list, members by their name, or one in the other. NULL is null. */
export type Value = Scalar | null | Value[] | Members;
export type Members = Map<string, Value>;

/**
 * A value as JSON text; bytes in base64. NULL members are left out: a table cannot say whether they were there.
 * @param nameOf how a member is written, by the names down to it and its own
 */
export function valueJson(
  value: Value,
  nameOf: (path: string, name: string) => string = ownName,
  path = '',
): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(one => valueJson(one, nameOf, path)).join(',')}]`;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (value instanceof Map) {
    const members: string[] = [];
    for (const [name, member] of value) {
      const below = path ? `${path}.${name}` : name;
      if (member !== null)
        members.push(`${JSON.stringify(nameOf(below, name))}:${valueJson(member, nameOf, below)}`);
    }
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  // JSON has no word for infinity and what is not a number.
  return typeof value === 'number' && !Number.isFinite(value) ? `"${value}"` : String(value);
}

const ownName = (_: string, name: string): string => name;

/** JSON text as it is written, where it is JSON; else the text as a JSON string, so that nothing of it is lost. */
export function textJson(text: string): string {
  // Most texts that are no JSON show it at once; an exception costs fifty times as much.
  if (!JSON_BEGINS.test(text)) return JSON.stringify(text);
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

const JSON_BEGINS = /^\s*(?:[{["]|[-\d.eE+]+\s*$|true|false|null)/;
