/** Folders of a lake, as Hive names them: `account=111122223333/region=us-east-1/…`. */

/** What stands for NULL. */
const NULL_VALUE = '__HIVE_DEFAULT_PARTITION__';

/** Characters that Hive writes as %XX, and those that would be a name of their own, or none, to a file system. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stand in a name
const ESCAPED = /[\x00-\x1f"#%'*/:=?\\\x7f{}[\]^<>|~`$ ]|[^\x20-\x7e]/gu;
/** Longest name that common file systems take. */
const LONGEST = 200;

/**
 * The folders of a partition below that of the lake, with `/`. Whatever the values are, they stay below it: a value of
 * dots, or an empty one, or one that says it is NULL, is escaped as well.
 */
export function hivePath(partition: Readonly<Record<string, string | null>>): string {
  return Object.entries(partition)
    .map(([name, value]) => `${name}=${value === null ? NULL_VALUE : escaped(value)}`)
    .join('/');
}

/**
 * True for a value that a folder can say: NULL stands for the others, whose rows keep theirs in their other columns. An
 * empty folder name is NULL to Hive, and a name can be too long.
 */
export function canBeFolder(value: string | null): boolean {
  return value !== null && value !== '' && value !== NULL_VALUE && escaped(value).length <= LONGEST;
}

function escaped(value: string): string {
  return value.replaceAll(ESCAPED, found =>
    [...Buffer.from(found)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

/** The partition that folders are of; undefined where they are no such folders. */
export function partitionOfPath(
  path: string,
  names: readonly string[],
): Record<string, string | null> | undefined {
  const parts = path.split('/');
  if (parts.length !== names.length) return undefined;
  const values: Record<string, string | null> = {};
  for (const [i, name] of names.entries()) {
    const part = parts[i]!;
    if (!part.startsWith(`${name}=`)) return undefined;
    const value = part.slice(name.length + 1);
    try {
      values[name] = value === NULL_VALUE ? null : decodeURIComponent(value);
    } catch {
      return undefined;
    }
  }
  return values;
}
