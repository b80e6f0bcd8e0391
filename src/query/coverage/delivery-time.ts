/** When CloudTrail delivered a log file, from its name or its folder (User Guide, "CloudTrail log file name format"). */

/** The parts of a file's row that say when it was delivered. */
export interface FilePlace {
  path: string;
  year: string | null;
  month: string | null;
  day: string | null;
}

export interface Delivery {
  /** Seconds since 1970: the minute of the name, else the midnight that begins the day of the folder. */
  second: number;
  /** True where only the day is known. */
  isDay: boolean;
}

/** `_20240301T1055Z` in `<account>_CloudTrail_<region>_20240301T1055Z_<unique>.json.gz`. */
const NAME_TIME = /_(\d{8})T(\d{4})(?:\d\d)?Z/;
/** A name has an account, a region, a time and 16 characters: what is longer is no name of CloudTrail's. */
const LONGEST_NAME = 400;

/** When a file was delivered; undefined where neither name nor folder says it. */
export function deliveryOf({ path, year, month, day }: FilePlace): Delivery | undefined {
  const second = nameSecond(path);
  if (second !== undefined) return { second, isDay: false };
  if (year === null || month === null || day === null) return undefined;
  const midnight = midnightOf(`${year}${month}${day}`);
  return Number.isNaN(midnight) ? undefined : { second: midnight, isDay: true };
}

/** Seconds since 1970 of the minute in the name of a log file; undefined where there is none. */
export function nameSecond(path: string): number | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [, day, clock] = (name.length <= LONGEST_NAME && NAME_TIME.exec(name)) || [];
  if (day === undefined || clock === undefined) return undefined;
  const midnight = midnightOf(day);
  const [hour, minute] = [Number(clock.slice(0, 2)), Number(clock.slice(2))];
  return hour > 23 || minute > 59 || Number.isNaN(midnight)
    ? undefined
    : midnight + hour * 3600 + minute * 60;
}

/** The midnights of the days that were asked for: hundreds of thousands of files are of a few hundred. */
const midnights = new Map<string, number>();
const MOST_MIDNIGHTS = 10_000;

/** Seconds since 1970 of the midnight of `20240301`; NaN where no calendar has the day. */
function midnightOf(day: string): number {
  const known = midnights.get(day);
  if (known !== undefined) return known;
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  const midnight = Date.parse(`${iso}T00:00:00Z`) / 1000;
  const isDay = !Number.isNaN(midnight) && new Date(midnight * 1000).toISOString().startsWith(iso);
  if (midnights.size >= MOST_MIDNIGHTS) midnights.clear();
  midnights.set(day, isDay ? midnight : Number.NaN);
  return isDay ? midnight : Number.NaN;
}

const FOLDER_CATEGORIES: Readonly<Record<string, string>> = {
  'CloudTrail-Insight': 'Insight',
  'CloudTrail-NetworkActivity': 'NetworkActivity',
  'CloudTrail-Aggregated': 'Aggregated',
};

/** The category that the name or the folder of a file says; null for files with management and data events. */
export function categoryOfPath(path: string): string | null {
  const [, folder] = /(?:^|[/_])(CloudTrail-[A-Za-z]{1,20})[/_]/.exec(path.slice(-LONGEST_NAME)) ?? [];
  return (
    (folder !== undefined && Object.hasOwn(FOLDER_CATEGORIES, folder) && FOLDER_CATEGORIES[folder]) || null
  );
}
