/** `offtrail who <identity>`: one identity's page. */

import { brief, printable } from '../output/escape.js';
import { largest } from '../query/columns/order.js';
import { resolveFilters } from '../query/columns/spelling.js';
import type { Filters } from '../query/filter/filter.js';
import { similarIdentities, type Who, who } from '../query/who.js';
import { EXIT, numberText, print, printJson, printRows, say, withIndex } from './context.js';
import { sayNothingFound, sayObjectEventsFor, saySpellings } from './nothing-found.js';

export async function runWho({
  db,
  isJson,
  identity,
  limit,
  filters,
}: {
  db: string | undefined;
  isJson: boolean;
  identity: string;
  limit: number;
  filters: Filters;
}): Promise<number> {
  return withIndex(db, async index => {
    const found = who(index, identity, filters, new Date());
    saySpellings(found?.spellings ?? resolveFilters(index, filters).spellings);
    if (!found) {
      const with_ = Object.keys(filters).length > 0 ? ', with these filters' : '';
      say(`no event was made by, or from, ${brief(identity)}${with_}`);
      const similar = similarIdentities(index, identity);
      if (similar.length > 0) say(`did you mean ${similar.join(' or ')}?`);
      if (Object.keys(filters).length > 0) sayNothingFound(index, filters);
      say(
        'who issued a key: offtrail sessions; what was done to a user or a role: offtrail events --resource-name; a text anywhere in the records: offtrail search',
      );
      return EXIT.nothingFound;
    }
    if (found.takenFor.length > 0) say(`no event has ${brief(identity)}; using ${found.takenFor.join(', ')}`);
    if (isJson) await printJson(objectOf(identity, found), 2);
    else await printPage(identity, found, limit);
    sayObjectEventsFor(index, filters);
    return EXIT.ok;
  });
}

async function printPage(
  identity: string,
  { foundAs, events, errors, first, last, sections }: Who,
  limit: number,
): Promise<void> {
  await print(`${printable(identity)}: ${foundAs.join(', ')}\n`);
  await print(
    `${numberText(events)} events, ${numberText(errors)} errors, from ${first ?? '-'} to ${last ?? '-'}\n`,
  );
  for (const { title, columns, rows, isInTime, isWritesFirst } of sections) {
    if (rows.length === 0) continue;
    const shown = isInTime ? largest(rows, limit, row => row.events) : rows.slice(0, limit);
    // What no row has says nothing.
    const used = columns.flatMap((name, i) =>
      shown.some(row => row.values[i] !== null) ? [{ name, i }] : [],
    );
    const more =
      rows.length > shown.length
        ? `, ${isInTime ? 'the busiest ' : ''}${numberText(shown.length)} of ${numberText(rows.length)}`
        : '';
    await print(`\n${title}${isWritesFirst ? ', writes first' : ''}${more}\n`);
    await printRows(
      {
        columns: [...used.map(({ name }) => shortName(name)), 'events', 'errors', 'first', 'last'],
        rows: shown
          .map(({ values, events, errors, first, last }) => [
            ...used.map(({ i }) => values[i]!),
            events,
            errors,
            first,
            last,
          ])
          .values(),
      },
      'table',
    );
  }
}

/** `useridentity_sessioncontext_attributes_creationdate` → `creationdate`. */
const shortName = (name: string): string => name.replace(/^useridentity_(?:.*_)?/, '');

function objectOf(
  identity: string,
  { foundAs, takenFor, events, errors, first, last, sections }: Who,
): unknown {
  const lists = sections.map(({ title, columns, rows }) => [
    title.replaceAll(/ (.)/g, (_, c: string) => c.toUpperCase()),
    rows.map(({ values, ...counts }) => ({
      ...Object.fromEntries(columns.map((name, i) => [shortName(name), values[i]])),
      ...counts,
    })),
  ]);
  return { identity, foundAs, takenFor, events, errors, first, last, ...Object.fromEntries(lists) };
}
