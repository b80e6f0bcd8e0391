/** What a statement says of itself: the accounts and regions that it is limited to, and whether it is about S3 objects. */

import { OBJECT_EVENTS, S3_SOURCES } from '../../cloudtrail/categories.js';
import type { Filters } from '../filter/filter.js';
import { type Token, tokens } from './parse/lexer.js';

/** What could be read from a statement. */
export interface StatementPlaces {
  /** Accounts that it compares with; undefined where it is not limited to any. */
  account: string[] | undefined;
  /** Regions, in the same way. */
  region: string[] | undefined;
  /** Whether it names object-level events, their columns, their service or their category. */
  aboutObjects: boolean;
}

const COLUMNS: ReadonlyMap<string | undefined, 'account' | 'region'> = new Map([
  ['account', 'account'],
  ['recipientaccountid', 'account'],
  ['region', 'region'],
  ['awsregion', 'region'],
]);

/**
 * Words with which a comparison need not limit the rows: then a statement counts as one about all places, so that no hole
 * is kept silent.
 */
const LOOSE = new Set([
  ...['OR', 'NOT', 'CASE', 'IF', 'FILTER', 'LEFT', 'RIGHT', 'FULL'],
  ...['UNION', 'EXCEPT', 'INTERSECT', 'EXISTS'],
]);

const OBJECT_WORDS: ReadonlySet<string> = new Set([...OBJECT_EVENTS, ...S3_SOURCES, 'Data']);
const OBJECT_COLUMNS: ReadonlySet<string> = new Set(['bucketname', 'objectkey']);

/** The places of a statement as filters, and whether it is about S3 objects. */
export function placeFilters(text: string): {
  filters: Pick<Filters, 'account' | 'region'>;
  aboutObjects: boolean;
} {
  const { account, region, aboutObjects } = statementPlaces(text);
  // In a filter an exclamation mark would mean that the value must not match.
  const exact = (values: string[]): string[] => values.map(value => value.replace(/^!/, '\\!'));
  return {
    filters: { ...(account && { account: exact(account) }), ...(region && { region: exact(region) }) },
    aboutObjects,
  };
}

/** Reads the places of a statement, of either dialect. Of a text that cannot be read it says nothing. */
export function statementPlaces(text: string): StatementPlaces {
  const all = tokensOf(text);
  const aboutObjects = all.some(token =>
    token.kind === 'string' ? OBJECT_WORDS.has(token.text) : OBJECT_COLUMNS.has(nameOf(token) ?? ''),
  );
  const places: StatementPlaces = { account: undefined, region: undefined, aboutObjects };
  // Several statements, or several queries in one: what limits which is not followed.
  const selects = all.filter(({ key }) => key === 'SELECT').length;
  if (selects !== 1 || all.some(({ kind, key }) => kind === 'word' && LOOSE.has(key))) return places;
  for (const [i, token] of all.entries()) {
    const place = COLUMNS.get(nameOf(token));
    if (place === undefined) continue;
    const values = comparedWith(all, i);
    if (values.length > 0) places[place] = [...(places[place] ?? []), ...values];
  }
  return places;
}

function tokensOf(text: string): readonly Token[] {
  try {
    return tokens(text);
  } catch {
    return [];
  }
}

/** The name that a token is, in lower case. */
const nameOf = ({ kind, text }: Token): string | undefined =>
  kind === 'word' || kind === 'quoted' || kind === 'backquoted' ? text.toLowerCase() : undefined;

/** The constants that the column at a place is compared with: `= 'x'`, `'x' =`, `IN ('x', 'y')`. */
function comparedWith(all: readonly Token[], at: number): string[] {
  const [next, second] = [all[at + 1], all[at + 2]];
  if (next?.key === '=') return isAlone(second, all[at + 3]) ? [second!.text] : [];
  if (next?.key === 'IN' && second?.key === '(') {
    const values: string[] = [];
    for (let i = at + 3; all[i]?.kind === 'string'; i += 2) {
      values.push(all[i]!.text);
      if (all[i + 1]?.key === ')') return values;
      if (all[i + 1]?.key !== ',') return [];
    }
    return [];
  }
  // A qualifier may stand between: 'x' = t.region
  const before = all[at - 1]?.key === '.' ? at - 2 : at;
  return all[before - 1]?.key === '=' && isAlone(all[before - 2], undefined) ? [all[before - 2]!.text] : [];
}

/** Whether a token is a constant, and not the beginning of an expression. */
const isAlone = (token: Token | undefined, next: Token | undefined): boolean =>
  token?.kind === 'string' && next?.key !== '||';
