/** `offtrail who <identity>`: one identity's page. */

import { printable, printableJson } from '../output/escape.js';
import type { Filters } from '../query/filter.js';
import { type Who, who } from '../query/who.js';
import { EXIT, print, printRows, say, withIndex } from './context.js';

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
    if (!found) {
      say(`no event was made by, or from, ${identity}`);
      say('offtrail search finds a text anywhere in the records');
      return EXIT.nothingFound;
    }
    if (isJson) await print(`${printableJson(JSON.stringify(objectOf(identity, found), null, 2))}\n`);
    else await printPage(identity, found, limit);
    return EXIT.ok;
  });
}

const n = (value: number): string => value.toLocaleString('en-US');

async function printPage(
  identity: string,
  { found, events, errors, first, last, sections }: Who,
  limit: number,
): Promise<void> {
  await print(`${printable(identity)}: ${found.join(', ')}\n`);
  await print(`${n(events)} events, ${n(errors)} errors, from ${first ?? '-'} to ${last ?? '-'}\n`);
  for (const { title, columns, rows } of sections) {
    if (rows.length === 0) continue;
    const shown = rows.slice(0, limit);
    // What no row has says nothing.
    const used = columns.flatMap((name, i) =>
      shown.some(row => row.values[i] !== null) ? [{ name, i }] : [],
    );
    const more = rows.length > shown.length ? `, ${n(shown.length)} of ${n(rows.length)}` : '';
    await print(`\n${title}${more}\n`);
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

function objectOf(identity: string, { found, events, errors, first, last, sections }: Who): unknown {
  const lists = sections.map(({ title, columns, rows }) => [
    title.replaceAll(/ (.)/g, (_, c: string) => c.toUpperCase()),
    rows.map(({ values, ...counts }) => ({
      ...Object.fromEntries(columns.map((name, i) => [shortName(name), values[i]])),
      ...counts,
    })),
  ]);
  return { identity, found, events, errors, first, last, ...Object.fromEntries(lists) };
}
