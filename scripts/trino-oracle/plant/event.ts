/** Events for the tests of one branch: some that pass all, and near misses that fail one. */

import type { Condition, Test } from './condition.js';
import type { CloudTrailRecord, Json, Target } from './view.js';

const MOST_BRANCHES = 8;
const MOST_MATCHES = 3;
const MISSES_OF_EACH = 3;
const MOST_VALUES = 300;

/** Lists of tests, any of which has to pass as a whole. */
export function branchesOf(condition: Condition): Test[][] {
  if ('test' in condition) return [[condition.test]];
  if ('any' in condition) return condition.any.flatMap(branchesOf).slice(0, MOST_BRANCHES);
  return condition.all.reduce<Test[][]>(
    (branches, term) => {
      const further = branchesOf(term);
      // Each branch of this term once, not each with each.
      const count = Math.min(Math.max(branches.length, further.length), MOST_BRANCHES);
      return Array.from({ length: count }, (_, i) => [
        ...branches[i % branches.length]!,
        ...(further[i % further.length] ?? []),
      ]);
    },
    [[]],
  );
}

/** Items of the same key together, in the order of their first. */
export function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): T[][] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return [...groups.values()];
}

interface Planted {
  matches: CloudTrailRecord[];
  misses: CloudTrailRecord[];
}

/** Events of one table. A field whose tests no value passes stays as it is in `base`. */
export function eventsFor(tests: readonly Test[], base: CloudTrailRecord): Planted {
  const fields = grouped(tests, ({ view }) => view.target.path.join('\0')).sort(
    (a, b) => a[0]!.view.target.path.length - b[0]!.view.target.path.length,
  );
  const possible = fields.map(of => ({ of, target: of[0]!.view.target, values: valuesFor(of, base) }));
  const event = structuredClone(base);
  for (const { of, target, values } of possible) {
    const value = values.find(one => passesAll(of, one));
    if (value !== undefined) put(event, target, value);
  }
  const passes = (one: CloudTrailRecord): boolean => tests.every(test => holds(test, one));
  const changed = (target: Target, value: Json): CloudTrailRecord => {
    const one = structuredClone(event);
    put(one, target, value);
    return one;
  };

  const matches = [event];
  for (const { of, target, values } of possible)
    for (const value of values.filter(one => passesAll(of, one))) {
      const one = changed(target, value);
      if (matches.length < MOST_MATCHES && passes(one) && !same(matches, one)) matches.push(one);
    }

  const misses: CloudTrailRecord[] = [];
  for (const { of, target, values } of possible)
    for (const broken of of) {
      const only = values.filter(
        value => broken.holds(broken.view.read(value)) !== true && passesAll(without(of, broken), value),
      );
      for (const value of spread(only, MISSES_OF_EACH)) {
        const one = changed(target, value);
        if (!same(misses, one)) misses.push(one);
      }
    }
  return { matches, misses };
}

const without = (tests: readonly Test[], one: Test): Test[] => tests.filter(test => test !== one);
const passesAll = (tests: readonly Test[], value: Json): boolean =>
  tests.every(test => test.holds(test.view.read(value)) === true);
const holds = (test: Test, event: CloudTrailRecord): boolean =>
  test.holds(test.view.read(at(event, test.view.target))) === true;
const same = (events: readonly CloudTrailRecord[], event: CloudTrailRecord): boolean =>
  events.some(one => JSON.stringify(one) === JSON.stringify(event));

/** Some of a list: the first, the last, and those between. */
const spread = <T>(list: readonly T[], count: number): T[] =>
  list.length <= count
    ? [...list]
    : Array.from({ length: count }, (_, i) => list[Math.floor((i * (list.length - 1)) / (count - 1))]!);

/** What the tests of a field name, written into each other: a month into a time that has the right year. */
function valuesFor(tests: readonly Test[], base: CloudTrailRecord): Json[] {
  const values = new Map<string, Json>();
  const add = (value: Json): void => {
    if (values.size < MOST_VALUES) values.set(JSON.stringify(value), value);
  };
  add(at(base, tests[0]!.view.target));
  for (const { view, hints } of tests)
    for (const current of [...values.values()])
      for (const hint of hints) for (const value of view.write(hint, current)) add(value);
  return [...values.values()];
}

/** The value of a field; null where there is none. */
export function at(event: CloudTrailRecord, { path }: Target): Json {
  let value: Json = event;
  for (const step of path) value = (value as Record<string | number, Json> | null)?.[step] ?? null;
  return value;
}

/** Stores a value, with what has to be around it. Null takes the field away. */
export function put(event: CloudTrailRecord, { path }: Target, value: Json): void {
  let inner = event as Record<string | number, Json>;
  path.slice(0, -1).forEach((step, i) => {
    if (typeof inner[step] !== 'object' || inner[step] === null)
      inner[step] = typeof path[i + 1] === 'number' ? [] : {};
    inner = inner[step] as Record<string | number, Json>;
  });
  const last = path.at(-1)!;
  if (value === null && typeof last === 'string') delete inner[last];
  else inner[last] = value;
}
