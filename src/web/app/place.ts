/** Where the page is: every state is an address, so that back, forward and a pasted link work. */

import { signal } from '@preact/signals';

/** A page and its options: what a list of values is for a filter is a parameter that is there several times. */
export interface Place {
  /** Name of the page in `pages.ts`. */
  page: string;
  options: Readonly<Record<string, readonly string[]>>;
}

/** The address as a place: `/events?user=ana&eventName=Get*&eventName=Put*`. */
export function placeOf(address: string): Place {
  const { pathname, searchParams } = new URL(address, 'http://page');
  const options: Record<string, string[]> = Object.create(null);
  for (const [name, value] of searchParams) {
    options[name] ??= [];
    options[name].push(value);
  }
  return { page: decoded(pathname.slice(1)) || 'events', options };
}

/** A path may have a `%` that stands for nothing. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

export function addressOf({ page, options }: Place): string {
  const parameters = new URLSearchParams(
    Object.entries(options).flatMap(([name, values]) => values.map(value => [name, value])),
  ).toString();
  return `/${encodeURIComponent(page)}${parameters ? `?${parameters}` : ''}`;
}

export const place = signal<Place>(placeOf(location.href));

/** Goes to another place, and to its beginning, as a link does. */
export function go(to: Place): void {
  show(to);
  scrollTo(0, 0);
}

function show(to: Place, { replace = false }: { replace?: boolean } = {}): void {
  const address = addressOf(to);
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  place.value = placeOf(address);
}

/**
 * The same page with some options changed, where it stands; one that is undefined or empty is gone. `replace` where it is
 * no step that somebody would want to take back.
 */
export function change(
  options: Readonly<Record<string, readonly string[] | undefined>>,
  how?: { replace?: boolean },
): void {
  const { page, options: before } = place.value;
  const after = Object.entries({ ...before, ...options }).filter(
    (entry): entry is [string, readonly string[]] => entry[1] !== undefined && entry[1].length > 0,
  );
  show({ page, options: Object.fromEntries(after) }, how);
}

/** The only value of an option, or the first of several. */
export const first = (options: Place['options'], name: string): string | undefined => options[name]?.[0];

addEventListener('popstate', () => {
  place.value = placeOf(location.href);
});
