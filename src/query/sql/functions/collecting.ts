/** Aggregates that collect values: into lists and maps. */

import { invalidArgument } from '../errors.js';
import { BIGINT, type Type, VARCHAR } from '../types.js';
import { keyOf, type MapValue, makeMap, type Value } from '../values.js';
import { type AggregateFunction, type Aggregation, aggregate, type Bindings } from './registry.js';

const histogram = ({ of }: Bindings): Aggregation<Map<string, [Value, bigint]>> => ({
  start: () => new Map(),
  step(counts, value: Value) {
    const key = keyOf(value, of('C'));
    const entry = counts.get(key);
    if (entry) entry[1]++;
    else counts.set(key, [value, 1n]);
    return counts;
  },
  result: counts => (counts.size === 0 ? null : (counts as MapValue)),
});

const mapAgg = ({ of }: Bindings): Aggregation<MapValue> => ({
  start: () => new Map(),
  step(map, key: Value, value: Value) {
    if (key === null) return map;
    const text = keyOf(key, of('K'));
    if (!map.has(text)) map.set(text, [key, value]);
    return map;
  },
  result: map => (map.size === 0 ? null : map),
});

const multimapAgg = ({ of }: Bindings): Aggregation<Map<string, [Value, Value[]]>> => ({
  start: () => new Map(),
  step(map, key: Value, value: Value) {
    if (key === null) return map;
    const text = keyOf(key, of('K'));
    const entry = map.get(text);
    if (entry) entry[1].push(value);
    else map.set(text, [key, [value]]);
    return map;
  },
  result: map => (map.size === 0 ? null : (map as MapValue)),
});

const mapUnion = ({ of }: Bindings): Aggregation<MapValue | null> => ({
  start: () => null,
  step(held, map: MapValue) {
    const union: MapValue = held ?? new Map();
    for (const [key, pair] of makeMap(map.values(), of('K'))) if (!union.has(key)) union.set(key, pair);
    return union;
  },
  result: held => held,
});

const arrayAgg: Aggregation<Value[] | null> = {
  start: () => null,
  step(list, value: Value) {
    if (!list) return [value];
    list.push(value);
    return list;
  },
  result: list => list,
};

const FREQUENT = 'The most frequent values and how often they come; exact.';

interface Frequencies {
  counts: Map<string, [Value, bigint]>;
  most: bigint;
}

const mostFrequent = (type: Type): Aggregation<Frequencies> => ({
  start: () => ({ counts: new Map(), most: 0n }),
  step(held, most: bigint, value: Value) {
    if (most < 2n) invalidArgument('approx_most_frequent bucket count must be greater than one');
    held.most = most;
    const key = keyOf(value, type);
    const count = held.counts.get(key);
    if (count) count[1]++;
    else held.counts.set(key, [value, 1n]);
    return held;
  },
  result: ({ counts, most }) =>
    counts.size === 0
      ? null
      : makeMap([...counts.values()].sort((a, b) => Number(b[1] - a[1])).slice(0, Number(most)), type),
});

export const COLLECTING: readonly AggregateFunction[] = [
  aggregate('array_agg(T) -> array(T)', 'All values as a list, nulls among them.', () => arrayAgg, 'all'),
  aggregate('approx_most_frequent(bigint, bigint, bigint) -> map(bigint, bigint)', FREQUENT, () =>
    mostFrequent(BIGINT),
  ),
  aggregate('approx_most_frequent(bigint, varchar, bigint) -> map(varchar, bigint)', FREQUENT, () =>
    mostFrequent(VARCHAR),
  ),
  aggregate('histogram(C) -> map(C, bigint)', 'How often each value comes.', histogram),
  aggregate(
    'map_agg(K, V) -> map(K, V)',
    'A map of the pairs; of one key the first.',
    mapAgg,
    'first not null',
  ),
  aggregate(
    'multimap_agg(K, V) -> map(K, array(V))',
    'A map of the keys to all their values.',
    multimapAgg,
    'first not null',
  ),
  aggregate('map_union(map(K, V)) -> map(K, V)', 'The maps as one; of one key the first.', mapUnion),
];
