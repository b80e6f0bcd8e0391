/** The kinds of holes: what they are called, how strong they are, and what is said of each. */

/** Why nothing is here, what says most first: where several hold in a step, it has the first. */
export const HOLE_KINDS = [
  'not downloaded',
  'logging off',
  'not recorded',
  'download incomplete',
  'region never seen',
  'no digest',
  'before the first',
  'after the last',
  'quiet',
] as const;
export type HoleKind = (typeof HOLE_KINDS)[number];

/** The sign of each kind in a map, the same without characters beyond ASCII, and what it means. */
export const HOLE_SIGNS: Readonly<Record<HoleKind, readonly [sign: string, ascii: string, meaning: string]>> =
  {
    'not downloaded': ['!', '!', 'not downloaded: CloudTrail wrote files that are not here'],
    'logging off': ['x', 'x', 'logging off'],
    'not recorded': ['m', 'm', 'not recorded: management events were left out'],
    'download incomplete': ['~', '~', 'download incomplete: stops before others do'],
    'region never seen': [' ', ' ', 'region never seen'],
    'no digest': ['?', '?', 'no digest: not known'],
    'before the first': ['<', '<', 'before the first'],
    'after the last': ['>', '>', 'after the last'],
    quiet: ['·', '.', 'quiet: digests say that nothing was delivered'],
  };

/** What is no hole: something was delivered, and no event is of that time. */
export const DELIVERED_SIGN = ['_', '_', 'files or digests, no event'] as const;

/** An interval without events of a place, or with fewer than there were. */
export interface Hole {
  /** Why nothing is here. */
  kind: HoleKind;
  /** `certain` where a digest or an event says so, `possible` where nothing but silence does. */
  certainty: 'certain' | 'possible';
  /** Null where it concerns all accounts, or the account is not known. */
  account: string | null;
  /** Null where it concerns all regions, or the region is not known. */
  region: string | null;
  /** Its first moment, UTC; null where it has no beginning: the region was never seen. */
  from: string | null;
  /** Its end, the first moment after it; null where it has none, or the end is not known. */
  to: string | null;
  /** Log files that digests list and that are not here; 0 for other kinds of holes. */
  files: number;
  /** One of them, or the trail; null where there is none to name. */
  name: string | null;
  /** The eventID of the call that stopped logging, or recording. */
  eventID: string | null;
  /** What is known, in a sentence. Names in it come from logs: escape them before they reach a terminal. */
  reason: string;
}

/** Fields that most kinds of holes do not use. */
export const NOTHING_MORE = { files: 0, name: null, eventID: null } as const;

/** True for holes that show in the map even where there are events. */
export const isStrong = (kind: HoleKind): boolean =>
  kind === 'not downloaded' || kind === 'logging off' || kind === 'not recorded';

/** `3 hours`, `2 days`: in the largest unit that gives two or more, rounded down. */
export function durationText(seconds: number): string {
  const [size, unit] = UNITS.find(([unitSeconds]) => seconds >= 2 * unitSeconds) ?? [1, 'second'];
  const count = Math.floor(seconds / size);
  return `${count.toLocaleString('en-US')} ${unit}${count === 1 ? '' : 's'}`;
}

const UNITS: ReadonlyArray<readonly [seconds: number, unit: string]> = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];
