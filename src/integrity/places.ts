/**
 * Keys in the bucket and paths on this machine: a copy may begin anywhere below the bucket, may be flat, and may have been
 * gunzipped on its way, so a key and a path are the same file where their names are, without `.gz`.
 */

import { nameOf, secondOf } from '../cloudtrail/digest.js';

/** What a key and the path of its copy have in common. */
export function commonName(keyOrPath: string): string {
  const name = nameOf(keyOrPath);
  return name.endsWith('.gz') ? name.slice(0, -3) : name;
}

/** The folders of CloudTrail's layout, from the file up: day, month, year, region, kind of file, account. */
const LAYOUT = [
  /^\d\d$/,
  /^\d\d$/,
  /^\d{4}$/,
  /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/,
  /^CloudTrail(?:-[A-Za-z]+)?$/,
  /^\d{12}$/,
];

/**
 * Whether a copy lies in other folders than the key says: as far up as its folders are those of CloudTrail's layout, and
 * from `AWSLogs` on where the path has it. A copy in a folder of another kind is not elsewhere: somebody put it there.
 */
export function isElsewhere(path: string, key: string): boolean {
  const folders = path.split('/').slice(0, -1);
  const expected = key.split('/').slice(0, -1);
  const root = folders.lastIndexOf('AWSLogs');
  if (root >= 0 && expected.includes('AWSLogs'))
    return folders.slice(root).join('/') !== expected.slice(expected.lastIndexOf('AWSLogs')).join('/');
  for (const [i, layout] of LAYOUT.entries()) {
    const folder = folders.at(-1 - i);
    const wanted = expected.at(-1 - i);
    if (folder === undefined || wanted === undefined || folder === wanted) continue;
    return layout.test(folder) && layout.test(wanted);
  }
  return false;
}

/** The time of delivery in the name of a log file, as seconds since 1970; the name has minutes. Undefined where it has none. */
export function deliverySecondOf(keyOrPath: string): number | undefined {
  const [, year, month, day, hour, minute] =
    /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_?[A-Za-z0-9]*\.json(?:\.gz)?$/.exec(nameOf(keyOrPath)) ?? [];
  if (year === undefined) return undefined;
  const second = secondOf(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return second ?? undefined;
}
