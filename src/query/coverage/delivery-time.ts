/** When CloudTrail delivered a log file and of which category its events are, from its name or its folder. */

import { deliverySecondOf, midnightOf } from '../../cloudtrail/file-name.js';

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

/** When a file was delivered; undefined where neither name nor folder says it. */
export function deliveryOf({ path, year, month, day }: FilePlace): Delivery | undefined {
  const second = deliverySecondOf(path);
  if (second !== undefined) return { second, isDay: false };
  if (year === null || month === null || day === null) return undefined;
  const midnight = midnightOf(`${year}${month}${day}`);
  return midnight === undefined ? undefined : { second: midnight, isDay: true };
}

/** Characters that are searched, from the end: CloudTrail's own folders and names are shorter. */
const MOST_CHARACTERS = 400;

const FOLDER_CATEGORIES: Readonly<Record<string, string>> = {
  'CloudTrail-Insight': 'Insight',
  'CloudTrail-NetworkActivity': 'NetworkActivity',
  'CloudTrail-Aggregated': 'Aggregated',
};

/** The category that the name or the folder of a file says; null for files with management and data events. */
export function categoryOfPath(path: string): string | null {
  const [, folder] = /(?:^|[/_])(CloudTrail-[A-Za-z]{1,20})[/_]/.exec(path.slice(-MOST_CHARACTERS)) ?? [];
  return (
    (folder !== undefined && Object.hasOwn(FOLDER_CATEGORIES, folder) && FOLDER_CATEGORIES[folder]) || null
  );
}
