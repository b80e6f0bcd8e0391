/** Columns of a lake and their types, as its writer, its reader and the statements that create its tables share them. */

/** A type as Athena names it; all leaves are scalars. `binary` are bytes that need not be text. */
export type LakeType =
  | 'string'
  | 'bigint'
  | 'boolean'
  | 'binary'
  | { struct: readonly LakeField[] }
  | { array: LakeType }
  /** From texts to values of the type. */
  | { map: LakeType };

/** A field of a struct. */
export interface LakeField {
  /** Lower case. */
  name: string;
  type: LakeType;
}

/** A column of a lake. */
export interface LakeColumn extends LakeField {
  /**
   * The column of `cloudtrail_logs` (of `s3_access_logs`) it comes from: the same value, or for a struct, an array or a
   * map what its JSON text holds. Undefined where it is of the lake alone.
   */
  source: string | undefined;
  meaning: string;
  /** True for what the folders of a lake say, and only a single file has inside. */
  isPartition?: true;
}

/** A struct of texts. */
export const textStruct = (...names: string[]): { struct: LakeField[] } => ({
  struct: names.map(name => ({ name, type: 'string' })),
});

/** A type as Athena's `CREATE TABLE` writes it: `struct<a:string,b:array<string>>`. */
export function athenaType(type: LakeType): string {
  if (typeof type === 'string') return type;
  if ('struct' in type) return `struct<${type.struct.map(f => `${f.name}:${athenaType(f.type)}`).join(',')}>`;
  return 'array' in type ? `array<${athenaType(type.array)}>` : `map<string,${athenaType(type.map)}>`;
}
