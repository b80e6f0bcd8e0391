/** Errors of the library, in the words of the command line. */

import type { ErrorCode } from '../errors.js';
import { dashed } from '../query/filter/filter.js';

/** Options that have another name on the command line. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  db: '--db FILE',
  parameters: '--param',
  token: '--starting-token',
};

/** What to do on the command line, where that is not what a program would do. */
const HINTS: Partial<Record<string, string>> = {
  INDEX_NOT_FOUND: 'make one with `offtrail ingest <folder>`, or name another with --db FILE or OFFTRAIL_DB',
  INDEX_UNFINISHED:
    'run offtrail ingest again, or offtrail reindex, where the index can be written; no event is lost',
  NO_COLUMN: 'offtrail top eventName',
  SOURCE_GONE: 'without --raw the record comes from the index',
  SOURCE_CHANGED: 'without --raw the record comes from the index',
  SOURCE_NOT_TEXT: 'without --raw the record comes from the index',
} satisfies Partial<Record<ErrorCode, string>>;

/** A text with options of the library, which stand in backticks, under the names they have on the command line. */
export function inFlags(text: string): string {
  return text.replaceAll(
    /`([a-z][A-Za-z]*)`/g,
    (_, name: string) => OTHER_NAMES[name] ?? `--${dashed(name)}`,
  );
}

/** The hint of an error on the command line. */
export function hintFor(code: string, hint: string): string {
  return HINTS[code] ?? inFlags(hint);
}
