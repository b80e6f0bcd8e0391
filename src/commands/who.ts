/** `offtrail who <identity>`: one identity's page. */

import { brief } from '../output/escape.js';
import type { Filters } from '../query/filter/filter.js';
import type { Db } from '../query/open.js';
import type { Who } from '../query/who.js';
import { answerOn, engineName, NOTHING, ON, ON_NOTES } from './on.js';
import { FOUND_NOTES, limit, numberOf, TEXT_SCREEN } from './options.js';
import { EXIT, numberText, print, printRows, printValue, say, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const who = verb({
  name: 'who',
  words: {
    name: 'identity',
    description:
      'an ARN, access key, user name, principal id, role, account, service, address or CIDR block; * and ? stand for other characters',
  },
  summary: 'one identity: what it is, when and from where it was seen, what it did, its sessions',
  description:
    'One identity’s page: what it is, first and last seen, addresses, user agents, services and calls, errors, regions, buckets, and its sessions in order.',
  notes: [ON_NOTES, FOUND_NOTES],
  examples: [
    ['offtrail who AKIAIOSFODNN7EXAMPLE', 'an access key'],
    ['offtrail who 203.0.113.0/24 --from 2019-07-05', 'a network, from a time on'],
  ],
  hasFilters: true,
  options: {
    limit: { ...limit, default: '10', description: 'maximum number of rows of each section, or all' },
    ...ON,
    ...TEXT_SCREEN,
  },
  async run({ words, options, filters }) {
    const { db, format, limit } = options;
    const identity = words[0]!;
    const most = numberOf(limit);
    const [{ who }, { resolveFilters }, { sayDoubtful, sayHidden, saySpellings }] = await Promise.all([
      import('../query/who.js'),
      import('../query/columns/spelling.js'),
      import('./notes.js'),
    ]);
    const printWho = async (page: Who): Promise<void> => {
      if (page.takenFor.length > 0) say(`no event has ${brief(identity)}; using ${page.takenFor.join(', ')}`);
      if (format === 'text') await printPage(identity, page, most);
      else await printValue(objectOf(identity, page), format);
    };
    const name = engineName(options);
    if (name !== undefined)
      return answerOn(name, options, { name: 'who', query: { ...filters, identity } }, async page => {
        saySpellings(page?.spellings ?? []);
        if (page) await printWho(page);
        else say(`no event was made by, or from, ${brief(identity)}; ${NOTHING}`);
        return page ? EXIT.ok : EXIT.nothingFound;
      });
    return withIndex(db, async index => {
      const now = new Date();
      const page = who(index, identity, filters, now);
      saySpellings(page?.spellings ?? resolveFilters(index, filters).spellings);
      if (!page) {
        await sayUnknown(index, identity, filters);
        return EXIT.nothingFound;
      }
      await printWho(page);
      sayDoubtful(index, filters, more => who(index, identity, { ...filters, ...more }, now)?.events ?? 0);
      await sayHidden(index, filters, { found: true });
      return EXIT.ok;
    });
  },
});

async function sayUnknown(index: Db, identity: string, filters: Filters): Promise<void> {
  const [{ similarIdentities }, { sayHidden, sayNothingFound }] = await Promise.all([
    import('../query/who.js'),
    import('./notes.js'),
  ]);
  const hasFilters = Object.keys(filters).length > 0;
  say(`no event was made by, or from, ${brief(identity)}${hasFilters ? ', with these filters' : ''}`);
  const similar = similarIdentities(index, identity);
  if (similar.length > 0) say(`did you mean ${similar.join(' or ')}?`);
  if (hasFilters) await sayNothingFound(index, filters);
  else await sayHidden(index, {}, { found: false, isWhole: false });
  say(
    'who issued a key: offtrail sessions; what was done to a user or a role: offtrail events --resource-name; a text anywhere in the records: offtrail search',
  );
}

async function printPage(
  identity: string,
  { foundAs, events, errors, first, last, sections }: Who,
  limit: number,
): Promise<void> {
  const [{ printable }, { largest }] = await Promise.all([
    import('../output/escape.js'),
    import('../query/columns/order.js'),
  ]);
  await print(`${printable(identity)}: ${foundAs.join(', ')}\n`);
  await print(
    `${numberText(events)} events, ${numberText(errors)} errors, from ${first ?? '-'} to ${last ?? '-'}\n`,
  );
  for (const { title, columns, rows, isInTime, isWritesFirst } of sections) {
    if (rows.length === 0) continue;
    const shown = isInTime ? largest(rows, limit, row => row.events) : rows.slice(0, limit);
    // A column that no row has a value in says nothing.
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
