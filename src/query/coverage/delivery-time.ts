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

/** `_20240301T1055Z` in `<account>_CloudTrail_<region>_20240301T1055Z_<unique>.json.gz`; a digest's name has seconds. */
const NAME_TIME = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z/;
/** A name has an account, a region, a time and 16 characters: what is longer is no name of CloudTrail's. */
const LONGEST_NAME = 400;

/** The last part of a path or a key, without what says that it is compressed: files are compared by it. */
export function fileName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith('.gz') ? name.slice(0, -3) : name;
}

/** When a file was delivered; undefined where neither name nor folder says it. */
export function deliveryOf({ path, year, month, day }: FilePlace): Delivery | undefined {
  const second = nameSecond(path);
  if (second !== undefined) return { second, isDay: false };
  if (year === null || month === null || day === null) return undefined;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000;
  return Number.isFinite(midnight) ? { second: midnight, isDay: true } : undefined;
}

/** Seconds since 1970 of the time in the name of a log file; undefined where there is none. */
export function nameSecond(path: string): number | undefined {
  const start = path.lastIndexOf('/') + 1;
  if (path.length - start > LONGEST_NAME) return undefined;
  const [, ...parts] = NAME_TIME.exec(start === 0 ? path : path.slice(start)) ?? [];
  if (parts.length === 0) return undefined;
  const [year, month, day, hour, minute, second] = parts.map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
    return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
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
