/** Names of the files that CloudTrail delivers (User Guide, "CloudTrail log file name format"), and of copies of them. */

/** A region, as part of a regular expression. */
export const REGION = '[a-z]{2,4}(?:-[a-z]+)+-\\d+';

/** The last part of a key or path. */
export const nameOf = (keyOrPath: string): string => keyOrPath.slice(keyOrPath.lastIndexOf('/') + 1);

/** The name that a key and the path of its copy have in common: a copy may have been gunzipped on its way. */
export function commonName(keyOrPath: string): string {
  const name = nameOf(keyOrPath);
  return name.endsWith('.gz') ? name.slice(0, -3) : name;
}

/** Kind of a log file, as its name says it: `CloudTrail`, `CloudTrail-Insight`, …; empty where it does not. */
export const logKindOf = (keyOrPath: string): string =>
  /_(CloudTrail(?:-[A-Za-z]+)?)_/.exec(nameOf(keyOrPath))?.[1] ?? '';

/** True for a name that ends as CloudTrail ends those of log files: nobody has appended anything to it. */
export const endsAsLogName = (keyOrPath: string): boolean =>
  /_\d{8}T\d{4}Z_?[A-Za-z0-9]*\.json(?:\.gz)?$/.test(nameOf(keyOrPath));

/** `_20240301T1055Z` in `<account>_CloudTrail_<region>_20240301T1055Z_<unique>.json.gz`. */
const DELIVERY = /_(\d{8})T(\d{4})(?:\d\d)?Z/;
/** A name has an account, a region, a time and 16 characters: CloudTrail gives none that is longer. */
const LONGEST_NAME = 400;

/** When a log file was delivered, in seconds since 1970: its name has the minute. Undefined where it has no time. */
export function deliverySecondOf(keyOrPath: string): number | undefined {
  const name = nameOf(keyOrPath);
  const [, day, clock] = (name.length <= LONGEST_NAME && DELIVERY.exec(name)) || [];
  if (day === undefined || clock === undefined) return undefined;
  const midnight = midnightOf(day);
  const [hour, minute] = [Number(clock.slice(0, 2)), Number(clock.slice(2))];
  return midnight === undefined || hour > 23 || minute > 59
    ? undefined
    : midnight + hour * 3600 + minute * 60;
}

/** Midnights by day: hundreds of thousands of names have a few hundred days, and `Date` is slow. NaN for a day that does not exist. */
const midnights = new Map<string, number>();
const MOST_MIDNIGHTS = 10_000;

/** Seconds since 1970 of the midnight that begins the day `20240301`; undefined where no calendar has that day. */
export function midnightOf(day: string): number | undefined {
  let midnight = midnights.get(day);
  if (midnight === undefined) {
    const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
    midnight = Date.parse(`${date}T00:00:00Z`) / 1000;
    // Date.parse takes the 30th of February for a day in March.
    if (!Number.isNaN(midnight) && !new Date(midnight * 1000).toISOString().startsWith(date))
      midnight = Number.NaN;
    if (midnights.size >= MOST_MIDNIGHTS) midnights.clear();
    midnights.set(day, midnight);
  }
  return Number.isNaN(midnight) ? undefined : midnight;
}
