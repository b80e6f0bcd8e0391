/** Events that are hidden since these logs are of other times, accounts or regions. */

import { prepared } from '../../store/statements.js';
import { secondText, spanOf } from '../columns/selection.js';
import type { Hidden, Question } from './hidden-statement.js';
import { placeTest, wantedValues } from './place.js';

const nothing = { from: null, to: null, count: null, name: null } as const;

/** The time that was asked for lies before the first event, or after the last. */
export function outsideReason({ db, first, last }: Question): Hidden[] {
  const span = spanOf(db);
  if (!span) return [];
  if (last !== undefined && last < span.first) {
    const from = secondText(span.first);
    const text = `that time lies before all events of the index: the first is of ${from}`;
    return [{ ...nothing, kind: 'outside', text, from }];
  }
  if (first !== undefined && first > span.last) {
    const to = secondText(span.last);
    return [
      {
        ...nothing,
        kind: 'outside',
        text: `that time lies after all events of the index: the last is of ${to}`,
        to,
      },
    ];
  }
  return [];
}

/** Part of the time that was asked for lies before the first event, or after the last. */
export function beyondReason({ db, first, last }: Question): Hidden[] {
  const span = spanOf(db);
  if (!span) return [];
  const [from, to] = [secondText(span.first), secondText(span.last)];
  const before = first !== undefined && first < Math.floor(span.first);
  const after = last !== undefined && last > span.last;
  if (!before && !after) return [];
  const parts = [...(before ? [`before ${from}`] : []), ...(after ? [`after ${to}`] : [])];
  const text = `nothing ${parts.join(' or ')} is in the index, though it was asked for`;
  return [{ ...nothing, kind: 'beyond', text, from: before ? from : null, to: after ? to : null }];
}

/** From when to when there are events at all, for a question whose times are not known. */
export function extentReason({ db }: Question): Hidden[] {
  const span = spanOf(db);
  if (!span) return [];
  const [from, to] = [secondText(span.first), secondText(span.last)];
  return [{ ...nothing, kind: 'extent', text: `the index has events from ${from} to ${to}`, from, to }];
}

/** Accounts or regions that are named of many. */
const NAMED = 5;

/** No event at all is of the accounts and regions that were asked for. */
export function placeReason({ db, filters }: Question): Hidden[] {
  const { account, region } = filters;
  const [accounts, regions] = [wantedValues(account), wantedValues(region)];
  if (accounts.length === 0 && regions.length === 0) return [];
  const places = prepared(
    db,
    'SELECT DISTINCT recipientaccountid AS account, awsregion AS region FROM kind',
  ).all() as Array<{
    account: string | null;
    region: string | null;
  }>;
  if (places.length === 0 || places.some(placeTest({ account, region }))) return [];
  const asked = [
    ...(accounts.length > 0 ? [`account ${named(accounts)}`] : []),
    ...(regions.length > 0 ? [`region ${named(regions)}`] : []),
  ].join(' in ');
  const inAccount = places.filter(placeTest({ account }));
  const there =
    inAccount.length > 0 && regions.length > 0
      ? `${accounts.length > 0 ? 'of that account it has' : 'its regions are'} ${named(inAccount.map(place => place.region))}`
      : `its accounts are ${named(places.map(place => place.account))}`;
  return [
    {
      ...nothing,
      kind: 'place',
      text: `the index has no event of ${asked}; ${there}`,
      count: 0,
      name: [...accounts, ...regions].slice(0, NAMED).join(' '),
    },
  ];
}

/** A few of the names, and how many more there are. */
function named(names: ReadonlyArray<string | null>): string {
  const all = [...new Set(names.map(name => name ?? '-'))].sort();
  const more = all.length - NAMED;
  return all.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more.toLocaleString('en-US')} more` : '');
}
