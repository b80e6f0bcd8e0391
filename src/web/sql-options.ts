/** What the page asks with statements of a user's own, and how far these may go. */

import type { OptionKinds } from '../option-kinds.js';

export interface SqlOptions {
  /** Statements in Athena's dialect, separated by semicolons. */
  statement: string;
  /** Values of `?`: each an expression, or else a text. */
  parameters?: readonly string[] | undefined;
  /** What `now()` and `current_date` are: any time that filters take. */
  now?: string | undefined;
}

export const SQL_KINDS = {
  statement: 'text',
  parameters: 'list',
  now: 'text',
} satisfies OptionKinds<SqlOptions>;

/** How long the statements of a text may take, and how much memory. */
export const SQL_BOUNDS = { seconds: 60, megabytes: 1024 };
