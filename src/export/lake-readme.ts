/** The README of a lake: how many rows it has where, and the hash of each file. */

import { printable } from '../output/escape.js';
import { MANIFEST, type Manifest } from './manifest.js';
import { partitionNames } from './partitions.js';

/** What is in every README of a lake, and in no other. */
export const README_SIGN = 'Written by offtrail; its docs/lake.md says what each column is.';

const number = (value: number): string => value.toLocaleString('en-US');

/** The same text for the same lake. */
export function lakeReadme({ source, madeFrom, partitions }: Manifest): string {
  const what = source === 'access-logs' ? 'lines of S3 server access logs' : 'CloudTrail events';
  const all = Object.entries(partitions).sort(([a], [b]) => (a < b ? -1 : 1));
  const files = all.flatMap(([path, { files }]) =>
    files.map(file => ({ ...file, path: `${path}/${file.name}` })),
  );
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const table = (head: string[], lines: Array<Array<string | number>>): string =>
    [head, head.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n');
  return `# ${what}

${number(rows)} ${what} in ${number(files.length)} Parquet files, ${number(bytes)} bytes, below \`${partitionNames(
    source,
  )
    .map(name => `${name}=…`)
    .join('/')}/\`. ${README_SIGN} \`${MANIFEST}\` says the same as this file to programs.

Made from:

${madeFrom.map(line => `    ${printable(line)}`).join('\n') || '    an index of offtrail'}

What log files and digests say of a row (is_suspect, is_removed, is_conflicting, evidence) is as it was when the row was
exported.

## Rows by partition

${table(
  ['partition', 'rows', 'files'],
  all.map(([path, of]) => [path, of.files.reduce((sum, file) => sum + file.rows, 0), of.files.length]),
)}

## Files

${table(
  ['file', 'rows', 'bytes', 'SHA-256'],
  files.map(({ path, rows, bytes, sha256 }) => [path, rows, bytes, sha256]),
)}
`;
}
