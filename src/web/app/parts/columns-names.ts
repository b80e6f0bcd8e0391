/** Names of columns, which are one whatever their case. */

/** Letters and digits of a name: `eventName` and `eventname` are one column. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The names without those that mean a column twice. */
export function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter(name => !seen.has(plainName(name)) && seen.add(plainName(name)));
}
