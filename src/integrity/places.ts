/**
 * Keys in the bucket and paths on this machine. A copy may begin anywhere below the bucket or be flat, so that names say
 * which file it is (`commonName`), and folders only whether it was moved.
 */

import { REGION } from '../cloudtrail/file-name.js';

/** The folders of CloudTrail's layout, from the file up: day, month, year, region, kind of file, account. */
const LAYOUT = [
  /^\d\d$/,
  /^\d\d$/,
  /^\d{4}$/,
  new RegExp(`^${REGION}$`),
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
