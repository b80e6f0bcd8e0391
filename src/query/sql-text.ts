/** Statements with their values beside them, and the two ways to show one with the values in it. */

/** A piece of SQL; each `?` outside quotes stands for the next of `params`. */
export interface Sql {
  text: string;
  params: ReadonlyArray<string | number | Buffer>;
}

/** A value as an SQL literal. */
export function literal(value: string | number | Buffer): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return `x'${value.toString('hex')}'`;
}

/** Values as literals with commas between, as IN has them. */
export const literals = (values: readonly string[]): string => values.map(literal).join(', ');

/** The statement with its values written into it, to be read, copied and run elsewhere. */
export function inline({ text, params }: Sql): string {
  let next = 0;
  return text.replaceAll(/'(?:[^']|'')*'|\?/g, token => (token === '?' ? literal(params[next++]!) : token));
}
