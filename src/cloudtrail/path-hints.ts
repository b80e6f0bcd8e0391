/** What a path says about its records: hints for the partition columns, never more. */

import { digestKeyOf } from './digest.js';
import { nameOf, REGION } from './file-name.js';

export interface PathHints {
  account: string | null;
  region: string | null;
  year: string | null;
  month: string | null;
  day: string | null;
}

// .../CloudTrail[-Insight|…]/<region>/<yyyy>/<mm>/<dd>/, or as much of it as was downloaded.
const FOLDERS = new RegExp(
  `(?:(?:^|/)(\\d{12})/)?(?:CloudTrail(?:-[A-Za-z]+)?/)?(?:(?:^|/)?(${REGION})/)(\\d{4})/(\\d\\d)/(\\d\\d)/[^/]*$`,
);
// <account>_CloudTrail_<region>_<yyyymmddThhmmZ>_<unique>: the time is that of delivery.
const FILE_NAME = new RegExp(
  `^(\\d{12})_CloudTrail(?:-[A-Za-z]+)?_(${REGION})[_-](\\d{4})(\\d\\d)(\\d\\d)T\\d{4}`,
);

/** Folders of a table's partitions, `name=value` in any order: Hive's, offtrail's lake, and Security Lake (`accountId`, `eventDay`). */
const PARTITION = /(?:^|\/)(account|accountid|region|year|month|day|eventday)=([^/]*)(?=\/)/gi;

/** True for a name that CloudTrail gives its log and digest files: whatever is in the file, somebody expects them there. */
export function isTrailFileName(path: string): boolean {
  const name = nameOf(path);
  return FILE_NAME.test(name) || (digestKeyOf(name) !== undefined && /\.json(?:\.gz)?$/.test(name));
}

/** Reads account, region and date from the folders, else from the file's own name (User Guide, "Finding your CloudTrail log files"). */
export function pathHints(path: string): PathHints {
  const partitions = partitionHints(path);
  if (partitions) return partitions;
  const folders = FOLDERS.exec(path);
  const name = FILE_NAME.exec(nameOf(path));
  return {
    account: folders?.[1] ?? name?.[1] ?? null,
    region: folders?.[2] ?? name?.[2] ?? null,
    year: folders?.[3] ?? name?.[3] ?? null,
    month: folders?.[4] ?? name?.[4] ?? null,
    day: folders?.[5] ?? name?.[5] ?? null,
  };
}

/** Undefined where no folder is a partition whose value can be believed. */
function partitionHints(path: string): PathHints | undefined {
  const hints: PathHints = { account: null, region: null, year: null, month: null, day: null };
  for (const [, name = '', value = ''] of path.matchAll(PARTITION)) {
    const key = name.toLowerCase();
    if (key.startsWith('account') && /^\d{12}$/.test(value)) hints.account = value;
    else if (key === 'region' && WHOLE_REGION.test(value)) hints.region = value;
    else if (key === 'year' && /^\d{4}$/.test(value)) hints.year = value;
    else if ((key === 'month' || key === 'day') && /^\d{1,2}$/.test(value))
      hints[key] = value.padStart(2, '0');
    else if (key === 'eventday' && /^\d{8}$/.test(value))
      [hints.year, hints.month, hints.day] = [value.slice(0, 4), value.slice(4, 6), value.slice(6)];
  }
  return Object.values(hints).some(hint => hint !== null) ? hints : undefined;
}

const WHOLE_REGION = new RegExp(`^${REGION}$`);
