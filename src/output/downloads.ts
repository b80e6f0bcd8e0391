/** The downloads of the console's Event history: `event_history.csv` and `event_history.json`. */

import { printableJson } from './escape.js';

export const CONSOLE_FORMATS = ['console-csv', 'console-json'] as const;
export type ConsoleFormat = (typeof CONSOLE_FORMATS)[number];

/** `{"Records":[…]}`, a record a line. */
export function* recordsDocument(records: Iterable<string>): Generator<string> {
  yield '{"Records":[';
  let separator = '\n';
  for (const record of records) {
    yield separator + printableJson(record);
    separator = ',\n';
  }
  yield ']}\n';
}
