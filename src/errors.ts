/** The few errors offtrail throws on purpose: each has a stable code, a message and a hint that says what to do. */

/** Anything a user can act on. `code` is stable; `hint` is one sentence of advice, or empty. */
export class OfftrailError extends Error {
  constructor(
    /** Stable, for programs: `INDEX_NOT_FOUND`, `BAD_TIME`, … */
    readonly code: string,
    message: string,
    readonly hint = '',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The index file cannot be used: missing, of another program, of a newer version, locked. */
export class IndexError extends OfftrailError {}

/** What was asked for cannot be answered as asked: a bad time, an unknown search, a refused statement. */
export class QueryError extends OfftrailError {}

/** What `lookup-events` refuses, in the words of the AWS CLI and with the name of AWS's exception as its code. */
export class LookupError extends QueryError {
  constructor(code: string, message: string) {
    super(code, message);
  }
}

/** An argument that names no input, or a limit that makes no sense. */
export class InputError extends OfftrailError {}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's error code (`ENOENT`, `SQLITE_FULL`, …), or an empty string. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
