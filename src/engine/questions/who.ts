/** One identity's page, asked of an engine: as what the text is known, then all sections in one pass. */

import { findColumn } from '../../query/columns/column.js';
import { countedOf, type Group } from '../../query/columns/counts.js';
import { compareText } from '../../query/columns/order.js';
import { ipAthena } from '../../query/filter/address-block.js';
import type { Filters } from '../../query/filter/filter.js';
import { patternAthena } from '../../query/filter/wildcard.js';
import { MEANINGS, SECTIONS, sectionOf, type Who } from '../../query/who.js';
import { usernameSql } from '../../store/view.js';
import { type Asker, numberCell, textCell } from './asker.js';
import { groupedBy, groupIn } from './counts.js';
import { engineFilters, whereText } from './filters.js';
import { type EventTable, eventTable, notThere } from './table.js';

export interface WhoQuestion extends Filters {
  /** An ARN, access key, user name, principal id, role, account, service, address or CIDR block. */
  identity: string;
}

/** As what an engine knows a text, and the condition for its events. */
interface Meaning {
  foundAs: string[];
  takenFor: string[];
  condition: string;
}

/**
 * @returns undefined where no event that passes the filters was made by what the text stands for
 * @throws UsageError `NOT_ON_ENGINE`, and those of the filters
 */
export async function askWho(asker: Asker, { identity, ...filters }: WhoQuestion): Promise<Who | undefined> {
  const table = eventTable(asker.table);
  const { where, spellings } = engineFilters(asker, table, filters);
  // As what a text is known does not depend on filters but for those that keep an engine from reading everything.
  const { from, to, account, region } = filters;
  const { where: within } = engineFilters(asker, table, { from, to, account, region });
  const meaning = await meaningOf(asker, table, within, identity);
  if (!meaning) return undefined;
  const { total, groups } = await counted(asker, table, [...where, meaning.condition]);
  const { events, errors, first, last } = countedOf(total);
  if (events === 0) return undefined;
  return {
    foundAs: meaning.foundAs,
    takenFor: meaning.takenFor,
    ...{ events, errors, first, last },
    sections: SECTIONS.map((section, i) => sectionOf(section, groups[i]!)),
    spellings,
  };
}

/** What a text can be, and the expression that says so. */
function meanings(table: EventTable): Array<{ meaning: string; expression: string }> {
  return MEANINGS.map(([meaning, leaf]) => {
    const column = leaf === usernameSql() ? 'username' : `useridentity_${leaf}`;
    const expression = table.text(column);
    if (expression === undefined) throw notThere(table, column);
    return { meaning, expression };
  });
}

async function meaningOf(
  asker: Asker,
  table: EventTable,
  where: readonly string[],
  text: string,
): Promise<Meaning | undefined> {
  const known = meanings(table);
  const exact = known.map(({ expression }) => patternAthena(expression, text, false));
  const address = addressCondition(text);
  const lower = text.toLowerCase();
  const caseless = known.map(({ expression }) => patternAthena(`lower(${expression})`, lower, false));
  const tests = [...exact, address, ...caseless];
  const [row = []] = await asker.all(
    `SELECT\n  ${tests.map(test => `count_if(${test})`).join(',\n  ')}\nFROM ${table.name}${whereText(where)}`,
  );
  const holds = row.map(value => (numberCell(value) ?? 0) > 0);
  const among = (conditions: readonly string[], from: number): Omit<Meaning, 'takenFor'> | undefined => {
    const there = conditions.flatMap((condition, i) =>
      holds[from + i] ? [{ condition, meaning: known[i]!.meaning }] : [],
    );
    if (there.length === 0) return undefined;
    return {
      foundAs: [...new Set(there.map(({ meaning }) => meaning))],
      condition: `(${there.map(({ condition }) => condition).join('\n    OR ')})`,
    };
  };
  const ofIdentity = among(exact, 0);
  if (ofIdentity) return { ...ofIdentity, takenFor: [] };
  if (holds[exact.length]) return { foundAs: ['source address'], takenFor: [], condition: address };
  const inOtherCase = among(caseless, exact.length + 1);
  if (!inOtherCase) return undefined;
  const names = await asker.all(
    [
      'SELECT DISTINCT name',
      `\nFROM ${table.name}\nCROSS JOIN UNNEST(ARRAY[${known.map(({ expression }) => expression).join(', ')}]) AS u (name)`,
      whereText([...where, patternAthena('lower(name)', lower, false)]),
      '\nORDER BY name',
    ].join(''),
  );
  return { ...inOtherCase, takenFor: names.flatMap(([name]) => textCell(name) ?? []) };
}

function addressCondition(text: string): string {
  if (/[*?]/.test(text)) return patternAthena('sourceIpAddress', text, false);
  try {
    return ipAthena(text);
  } catch {
    return patternAthena('sourceIpAddress', text, false);
  }
}

/** All groups of all sections: one statement, so that the table is read once. */
async function counted(
  asker: Asker,
  table: EventTable,
  where: readonly string[],
): Promise<{ total: Group; groups: Group[][] }> {
  const columns = [...new Set(SECTIONS.flatMap(section => section.columns))];
  const names = columns.map((_, i) => `c${i}`);
  const expressions = columns.map(name => groupedBy(table, findColumn(name)));
  const sets = SECTIONS.map(section => section.columns.map(name => names[columns.indexOf(name)]!));
  const rows = await asker.all(
    [
      `SELECT\n  grouping(${names.join(', ')}) AS missing,\n  ${names.join(', ')},`,
      '\n  count(*) AS events,\n  count_if(failed) AS errors,\n  min(seconds) AS first,\n  max(seconds) AS last,',
      '\n  count_if(failed) AS failures,\n  count_if(failed) AS failed_failures,',
      '\n  min(seconds) FILTER (WHERE failed) AS first_failure,\n  max(seconds) FILTER (WHERE failed) AS last_failure',
      `\nFROM (SELECT\n  ${expressions.map((expression, i) => `${expression} AS ${names[i]}`).join(',\n  ')},`,
      `\n  ${table.isError} AS failed,\n  ${table.seconds} AS seconds`,
      `\nFROM ${table.name}${whereText(where)})`,
      `\nGROUP BY GROUPING SETS ((), ${sets.map(set => `(${set.join(', ')})`).join(', ')})`,
    ].join(''),
  );
  const events = 1 + names.length;
  const mask = (set: readonly string[]): number =>
    names.reduce((bits, name) => bits * 2 + (set.includes(name) ? 0 : 1), 0);
  const rowsWith = (set: readonly string[]) => rows.filter(([missing]) => numberCell(missing) === mask(set));
  const none: Group = { values: [], events: 0, errors: 0, first: undefined, last: undefined };
  const [total] = rowsWith([]);
  return {
    total: total ? groupIn(total, { at: 1, count: 0, from: events }) : none,
    groups: SECTIONS.map(({ only }, i) => {
      const places = sets[i]!.map(name => 1 + names.indexOf(name));
      return rowsWith(sets[i]!)
        .map(row => ({
          // Of a section of failures, counts and times are those of the failures alone.
          ...groupIn(row, { at: 0, count: 0, from: only === 'failed' ? events + 4 : events }),
          values: places.map(place => textCell(row[place])),
        }))
        .filter(group => group.events > 0)
        .sort((a, b) => compareValues(a.values, b.values));
    }),
  };
}

function compareValues(a: Group['values'], b: Group['values']): number {
  for (const [i, value] of a.entries()) {
    const order = compareText(value, b[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}
