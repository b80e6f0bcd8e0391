/** Random statements over `cloudtrail_logs`, from the grammar of `grammar/`: the same seed gives the same statements. */

import { createRandom, type Random } from '../random.js';
import { EXPRESSIONS } from './grammar/expressions.js';
import { QUERIES } from './grammar/queries.js';
import { WORDS } from './grammar/words.js';
import { WRONG } from './grammar/wrong.js';

/** What a rule can become. `flat` is taken where the statement is deep enough, `deep` nests further. */
interface Rule {
  flat: readonly string[];
  deep?: readonly string[];
}

/**
 * Rules by name. A production is text with places: `{text}` is another rule, `{text@a}` the same with columns of the
 * alias `a`, `{text#k}` keeps what comes as `k` and `{#k}` repeats it in this production, `{.eventname}` is a column of
 * the alias in force.
 */
export type Grammar = Readonly<Record<string, Rule>>;

const GRAMMAR: Grammar = { ...WORDS, ...EXPRESSIONS, ...QUERIES, ...WRONG };

const PLACE = /\{(\.)?(\w*)(?:@(\w*))?(?:#(\w+))?\}/g;

/** Rules of one type each. One of them in the place of another is most often an error of types. */
const TYPED = [
  'text',
  'int',
  'double',
  'bool',
  'zoned',
  'stamp',
  'date',
  'list',
  'ints',
  'map',
  'bytes',
  'json',
];

/** How many of a hundred statements are meant to be wrong: as a rule of WRONG says, with a type changed, with a token lost. */
const WRONG_SHARE = 9;
const RETYPED_SHARE = 5;
const BROKEN_SHARE = 2;

/** So many statements; the same for the same seed. */
export function generate(count: number, seed: number): string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => statement(random));
}

function statement(random: Random): string {
  const kind = random.below(100);
  const depth = 1 + random.below(3);
  if (kind < WRONG_SHARE) return expand(random, 'wrong', depth);
  if (kind < WRONG_SHARE + RETYPED_SHARE) return expand(random, 'query', depth, 1 + random.below(6));
  const sql = expand(random, 'query', depth);
  return kind < WRONG_SHARE + RETYPED_SHARE + BROKEN_SHARE ? withoutToken(random, sql) : sql;
}

/** A statement of a rule. With `retyped`, the typed place of that number gets another type. */
function expand(random: Random, start: string, depth: number, retyped = 0): string {
  let typed = 0;
  const rule = (name: string, left: number, alias: string): string => {
    if (TYPED.includes(name) && ++typed === retyped) name = random.pick(TYPED);
    const { flat, deep } = GRAMMAR[name] ?? missing(name);
    const productions = deep && left > 0 && random.below(10) < 7 ? deep : flat;
    return production(random.pick(productions), deep ? left - 1 : left, alias);
  };
  const production = (text: string, left: number, alias: string): string => {
    const repeats = new Map<string, string>();
    return text.replaceAll(PLACE, (_, isColumn?: string, name = '', own?: string, key?: string) => {
      const scope = own ?? alias;
      if (isColumn) return scope ? `${scope}.${name}` : name;
      if (name === '') return repeats.get(key!) ?? missing(`#${key}`);
      const sql = rule(name, left, scope);
      if (key) repeats.set(key, sql);
      return sql;
    });
  };
  return rule(start, depth, '');
}

function withoutToken(random: Random, sql: string): string {
  const tokens = sql.match(/'(?:[^']|'')*'|"[^"]*"|\w+|\s+|./g)!;
  tokens.splice(random.below(tokens.length), 1);
  return tokens.join('');
}

function missing(name: string): never {
  throw new Error(`the grammar has no rule ${name}`);
}
