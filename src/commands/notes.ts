/** Notes on stderr beside an answer: how its values were read, why it may be empty, and what the logs can hold at all. */

import { resolveFilters, type Spelling } from '../query/columns/spelling.js';
import type { HiddenOptions } from '../query/coverage/hidden.js';
import type { HiddenKind } from '../query/coverage/hidden-statement.js';
import { mayHaveHoles } from '../query/coverage/may-have-holes.js';
import { doubtfulEvents } from '../query/doubtful.js';
import { dashed, FILTERS, type Filters } from '../query/filter/filter.js';
import { ATTRIBUTE_KEYS } from '../query/lookup/attributes.js';
import { nothingFound } from '../query/nothing-found.js';
import type { Db } from '../query/open.js';
import { passedOver } from '../query/passed-over.js';
import { isQuiet, numberText, say, warn } from './terminal.js';

/**
 * Beside an empty answer: says what the index has, and what could have hidden events.
 * @param options.aboutObjects whether the question is about S3 objects; default: what its filters say
 */
export async function sayNothingFound(
  index: Db,
  filters: Filters,
  { aboutObjects }: Pick<HiddenOptions, 'aboutObjects'> = {},
): Promise<void> {
  const { events, first, last, untimed, withoutReadOnly, objectEvents } = nothingFound(index, filters);
  say(`no events found; the index has ${numberText(events)}, from ${first ?? '-'} to ${last ?? '-'}`);
  await sayHidden(index, filters, { found: false, objectEvents, aboutObjects });

  const { from, to } = filters;
  if (from !== undefined && from === to) say(`  --to ${to} is the same moment: a date is its midnight`);
  if (untimed > 0)
    say(`  ${numberText(untimed)} events have no eventTime that can be read and are in no range of time`);
  if (withoutReadOnly > 0)
    say(
      `  ${numberText(withoutReadOnly)} events do not say whether they only read: --read-only '!true' leaves them in`,
    );
  if (filters.resourceName !== undefined || filters.resourceType !== undefined)
    say('  resources are exact, and not known for every call: offtrail search finds a text anywhere');
  const values = FILTERS.flatMap(({ name }) => [filters[name] ?? []].flat().map(String));
  if (values.some(value => value.includes(',')))
    say('  a comma is part of a value: for several values give the option several times');
}

/**
 * Says what could have hidden events, in two lines at most. Beside an answer that has something: holes that are certain,
 * and for a bucket or a key since when the logs have object-level events of it.
 */
export async function sayHidden(
  index: Db,
  filters: Filters,
  options: Pick<HiddenOptions, 'found' | 'isWhole' | 'aboutObjects' | 'objectEvents'>,
): Promise<void> {
  // With --quiet nothing is searched for; and most answers need neither the search nor its modules.
  if (isQuiet()) return;
  const { bucket, key } = filters;
  if (options.found && bucket === undefined && key === undefined && !mayHaveHoles(index)) return;
  const { hiddenBy } = await import('../query/coverage/hidden.js');
  for (const { kind, text } of hiddenBy(index, { filters, now: new Date(), ...options }))
    say(LISTED.has(kind) ? `${text} (offtrail coverage --holes)` : text);
}

/**
 * Says how many events of an answer digests speak against.
 * @param count gives the number of events of the answer that pass further filters; default: of all that pass these
 */
export function sayDoubtful(index: Db, filters: Filters, count?: Parameters<typeof doubtfulEvents>[2]): void {
  if (isQuiet()) return;
  const { altered, unlisted } = doubtfulEvents(index, filters, count);
  const parts = [
    ...(altered > 0 ? [`${numberText(altered)} from altered log files`] : []),
    ...(unlisted > 0 ? [`${numberText(unlisted)} from log files that no digest lists`] : []),
  ];
  if (parts.length > 0)
    say(`of these events: ${parts.join(', ')} (offtrail verify; --evidence proven leaves them out)`);
}

/** Warns that the last ingest passed paths over: what lies below them is missing here for that reason. */
export function sayPassedOver(index: Db): void {
  const count = passedOver(index).length;
  if (count === 0) return;
  const paths = count === 1 ? '1 path' : `${numberText(count)} paths`;
  warn(`the last ingest passed over ${paths}: offtrail status --failed lists what could not be read`);
}

/** Kinds of which `offtrail coverage` says more. */
const LISTED: ReadonlySet<HiddenKind> = new Set([
  'not downloaded',
  'logging off',
  'not recorded',
  'download incomplete',
]);

/** Values of filters that are named, of a long list. */
const NAMED = 5;

/** Says what was taken for a value that no event has as it was given, or what else it may be. */
export function saySpellings(spellings: readonly Spelling[]): void {
  for (const { filter, given, isExcluded, used, isAddress } of spellings) {
    const mark = isExcluded ? '!' : '';
    if (isAddress)
      say(
        `${option(filter)} ${mark}${given}: using ${used.map(one => `${option(one.filter)} ${mark}${one.value}`).join(' ')}`,
      );
    else if (used.length > 0)
      say(
        `no event has ${option(filter)} ${given}; ${isExcluded ? 'leaving out' : 'using'} ${usedText(used)}`,
      );
  }
  const unknown = spellings.filter(({ used }) => used.length === 0);
  for (const { filter, given, isExcluded, nearest } of unknown.slice(0, NAMED))
    say(
      isExcluded
        ? `${option(filter)} !${given} leaves nothing out: no event has ${given}${meant(nearest)}`
        : `no event has ${option(filter)} ${given}${meant(nearest)}`,
    );
  if (unknown.length > NAMED)
    say(`and none has any of ${numberText(unknown.length - NAMED)} more values of the filters`);
}

const option = (filter: keyof Filters): string => `--${dashed(filter)}`;

function usedText(used: Spelling['used']): string {
  return used.length > NAMED
    ? `${numberText(used.length)} in other case`
    : used.map(({ value }) => value).join(', ');
}

/** Says which values events have instead, for a lookup, which takes values as they are written. */
export function sayLookupSpellings(index: Db, filters: Filters): void {
  for (const { filter, given, used, nearest } of resolveFilters(index, filters).spellings) {
    const name = Object.entries(ATTRIBUTE_KEYS).find(([, of]) => of === filter)?.[0] ?? option(filter);
    const others = used.slice(0, NAMED).map(({ value }) => value);
    const question = others.length > 0 ? `; did you mean ${others.join(' or ')}?` : meant(nearest);
    say(`no event has ${name} ${given}${question}`);
  }
}

/** `; did you mean PutObject (29 events)?` */
function meant(nearest: Spelling['nearest']): string {
  const all = nearest.map(({ value, events }) => `${value} (${numberText(events)} events)`);
  return all.length > 0 ? `; did you mean ${all.join(' or ')}?` : '';
}
