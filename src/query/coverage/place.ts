/** Places: an account and a region, as files, digests and events name them. */

import type { Filters } from '../filter/filter.js';

/** Where logs come from; null where nothing says it. */
export interface Place {
  account: string | null;
  region: string | null;
}

/** Seconds since 1970 of the first and the last thing there is; undefined where there is none. */
export interface TimeRange {
  first: number | undefined;
  last: number | undefined;
}

/** Numbers for places, the same to the same ones. */
export interface PlaceNumbers {
  numberOf(account: string | null, region: string | null): number;
  /** The places by their numbers. */
  all: readonly Place[];
}

export function createPlaceNumbers(): PlaceNumbers {
  const all: Place[] = [];
  const byAccount = new Map<string | null, Map<string | null, number>>();
  return {
    numberOf(account, region) {
      let regions = byAccount.get(account);
      if (!regions) {
        regions = new Map();
        byAccount.set(account, regions);
      }
      let number = regions.get(region);
      if (number === undefined) {
        number = all.push({ account, region }) - 1;
        regions.set(region, number);
      }
      return number;
    },
    all,
  };
}

/** Widens a range to include a moment. */
export function widen(extent: TimeRange, second: number): void {
  if (extent.first === undefined || second < extent.first) extent.first = second;
  if (extent.last === undefined || second > extent.last) extent.last = second;
}

/** Whether a place passes the filters on account and region, which mean what they mean for events. */
export function placeTest({
  account,
  region,
}: Pick<Filters, 'account' | 'region'>): (place: Place) => boolean {
  const tests = [valueTest(account), valueTest(region)] as const;
  return place => tests[0](place.account) && tests[1](place.region);
}

type Values = string | readonly string[] | undefined;

/** The values of a filter of which one must hold: those that do not begin with an exclamation mark, or escape it. */
export function wantedValues(values: Values): string[] {
  return [values ?? []]
    .flat()
    .map(String)
    .filter(value => !value.startsWith('!'))
    .map(value => value.replace(/^\\!/, '!'));
}

function valueTest(values: Values): (value: string | null) => boolean {
  const all = [values ?? []].flat().map(String);
  const unwanted = new Set(all.filter(value => value.startsWith('!')).map(value => value.slice(1)));
  const wanted = new Set(wantedValues(values));
  return value =>
    value === null ? wanted.size === 0 : (wanted.size === 0 || wanted.has(value)) && !unwanted.has(value);
}
