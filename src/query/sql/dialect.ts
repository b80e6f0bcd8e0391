/** The dialects that statements are written in. Imports nothing: the command line declares its options with it. */

export const DIALECTS = ['athena', 'sqlite'] as const;
export type Dialect = (typeof DIALECTS)[number];
