/**
 * The dimensions: what repeats in records and is stored once per distinct value, in a table of that name to which events
 * point. Everything that has a part for each of them is computed from this list, or checked against it by the compiler.
 */

/** In the order of a row of a batch, of the columns of events, and of the head of an event's text. */
export const DIMENSIONS = ['kind', 'identity', 'address', 'agent', 'channel', 'bucket'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** A value for each dimension. */
export type ByDimension<T> = Record<Dimension, T>;

/** @param make what a dimension has */
export function byDimension<T>(make: (dimension: Dimension) => T): ByDimension<T> {
  return Object.fromEntries(DIMENSIONS.map(dimension => [dimension, make(dimension)])) as ByDimension<T>;
}
