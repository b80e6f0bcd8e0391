/** Reads members of parsed log JSON by the type they should have: attackers write any other. */

/** An object of a record. */
export type Json = Readonly<Record<string, unknown>>;

/** What could be read of a list. */
export interface ReadList<T> {
  items: T[];
  /** False where something in it, or the list itself, has another type. */
  isWhole: boolean;
}

/** The object in a column of JSON text; an empty one where the text is not that of an object. */
export function objectIn(text: unknown): Json {
  if (typeof text !== 'string') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member, and nothing of the prototype. */
const memberOf = (object: Json, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** A string; null where the member is not one. */
export function textIn(object: Json, name: string): string | null {
  const value = memberOf(object, name);
  return typeof value === 'string' ? value : null;
}

/**
 * True or false, also as a text; null where the member is neither.
 * @param fallback where there is no such member
 */
export function truthIn(object: Json, name: string, fallback: boolean | null = null): boolean | null {
  const value = memberOf(object, name) ?? null;
  if (value === null) return fallback;
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : null;
}

/** The texts of a list; none where there is no such member. */
export function textsIn(object: Json, name: string): ReadList<string> {
  const value = memberOf(object, name) ?? null;
  if (value === null) return { items: [], isWhole: true };
  if (!Array.isArray(value)) return { items: [], isWhole: false };
  const items = value.filter(item => typeof item === 'string');
  return { items, isWhole: items.length === value.length };
}

/** The objects of a list; null where the member is not a list. */
export function objectsIn(object: Json, name: string): ReadList<Json> | null {
  const value = memberOf(object, name);
  if (!Array.isArray(value)) return null;
  const items = value.filter(isObject);
  return { items, isWhole: items.length === value.length };
}
