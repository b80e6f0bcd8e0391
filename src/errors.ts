/** The errors offtrail throws on purpose: each has a stable code, a message and a hint that says what to do. */

/** Every code, with what it means and what to do: docs/errors.md is made from it. */
export const ERRORS = {
  // The index, or a log file it came from, cannot be used.
  INDEX_NOT_FOUND: 'There is no index at this path. Make one with `ingest`, or open another file.',
  BAD_INDEX_NAME: 'SQLite would take this name for something other than a file. Choose another.',
  NOT_AN_INDEX:
    'The file is not an index of offtrail. Open another; offtrail never writes into a file it did not make.',
  INDEX_TOO_OLD: 'The index was made before the first release. Delete it and ingest the log files again.',
  INDEX_TOO_NEW: 'The index was made by a newer version. Update offtrail.',
  INDEX_BUSY: 'Another ingest, or a query that is still open, holds the index. Wait for its end.',
  INDEX_UNFINISHED:
    'A process was killed as it wrote, and the index cannot be mended where it is. Ingest again where it can be written.',
  INDEX_DAMAGED:
    'The index is damaged. Keep it if you need it as it is, and ingest the log files into a new one.',
  INDEX_UNREADABLE:
    'The system does not let the index be read. Check the path, its permissions and the disk.',
  INDEX_UNWRITABLE:
    'The system does not let the index be written. What was stored stays; run the same again.',
  FOREIGN_JOURNAL: 'A journal or write-ahead log beside the index is not its own. Move it away.',
  DISK_FULL: 'There is no room on the disk. What was stored stays; make room and run the same again.',
  FILE_UNWRITABLE: 'The system does not let the file of an export be written. The message says why.',
  NOT_A_LAKE: 'The folder is not a lake that can be added to. Name another, or an empty one.',
  LAKE_BUSY: 'Another export is writing to the lake. Wait for its end.',
  SOURCE_GONE: 'The original log file cannot be read. The record itself is in the index.',
  SOURCE_CHANGED: 'The original log file is not what was indexed. The record itself is in the index.',
  SOURCE_NOT_TEXT:
    'The original log file has bytes that are not UTF-8, so its record is not in the index byte for byte.',
  // What was asked for cannot be done as it was asked.
  FILE_EXISTS: 'There is something of this name already. Name another file, or replace it with `force`.',
  BAD_ARGUMENTS: 'The command line cannot be read. The message says which word.',
  UNKNOWN_OPTION: 'An option has a name that does not exist. The message says which was probably meant.',
  BAD_LIMIT: 'A limit is a whole number of 0 or more. Leave it out for all.',
  BAD_JOBS: 'The number of reading threads is a whole number of 1 or more.',
  NO_INPUT: 'Name at least one file, folder or glob.',
  NO_SUCH_INPUT: 'There is no file or folder of this name, and the glob matches none.',
  NO_TEXT: 'Name at least one text to search for; an empty one is none.',
  NO_COLUMN: 'Name at least one column.',
  NO_SUCH_COLUMN: 'There is no column of this name. docs/schema.md lists them.',
  NO_SUCH_SEARCH: 'There is no canned search of this name.',
  NO_SUCH_EVENT: 'No event has this eventID, or one that begins with it.',
  AMBIGUOUS_ID: 'Several events have an eventID that begins with this. Give more of it.',
  NO_SUCH_SESSION: 'No session is known by this text.',
  MISSING_ARGUMENT: 'This search needs an argument.',
  UNEXPECTED_ARGUMENT: 'This search does not take this argument.',
  BAD_TIME: 'The time cannot be read.',
  BAD_WIDTH: 'The width of a step cannot be read, or gives too many steps.',
  BAD_ADDRESS: 'The address or CIDR block cannot be read.',
  BAD_VALUE: 'A filter or an option does not take this value.',
  BAD_PATTERN: 'The regular expression is not one of RE2, or can match nothing.',
  BAD_TOKEN: 'The token belongs to another index or another question.',
  EMPTY_RANGE: 'The time range ends before it begins.',
  TOO_MANY_VALUES: 'A column has more values here than can be counted. Take fewer events.',
  NOT_A_SELECT: 'Only one statement that reads is run.',
  BAD_SQL: 'SQLite does not run this statement. The message says why.',
  NOT_IN_ENGINE: 'The engine cannot read this. The message says why.',
  // Another engine, or the profile that names it.
  BAD_ENGINE: 'The name of the engine cannot be read: it is a URL, or a name of the profile.',
  BAD_PROFILE: 'The profile cannot be read. The message says which line or key.',
  MISSING_PACKAGE: 'A package that only this needs is not installed. The hint says how to install it.',
  ENGINE_UNREACHABLE:
    'The engine does not answer, or not as one does. Check the address, the network and TLS.',
  ENGINE_REFUSED:
    'The engine does not take the credentials, or has none. The hint says where it looks for them.',
  ENGINE_FAILED: 'The engine does not run the statement. The message is its own.',
  ENGINE_ANSWER: 'The answer of the engine is not one that can be read. Nothing of it is guessed.',
  ENGINE_STOPPED: 'The statement was stopped at the engine: by a bound, by Ctrl-C, or by somebody else.',
  NOT_THIS_TABLE: 'The table at the engine is not there, or has not the columns that the question needs.',
  NOT_IN_ATHENA: 'This filter has no equivalent in Athena.',
  NOT_ON_ENGINE:
    'The engine, or the table there, cannot answer this as an index does. The message says why; ask an index, or ask otherwise.',
  NOT_IN_LINES: 'Lines of access logs cannot answer this. The message says why.',
  NOT_IN_EVENTS: 'Events of CloudTrail cannot answer this. The message says why.',
} as const;

/** Stable, for programs. */
export type ErrorCode = keyof typeof ERRORS;

/** The names of AWS's exceptions, and `ParamValidation` for calls that the AWS CLI does not make. */
export type LookupErrorCode =
  | 'ParamValidation'
  | 'InvalidEventCategoryException'
  | 'InvalidLookupAttributesException'
  | 'InvalidMaxResultsException'
  | 'InvalidNextTokenException'
  | 'InvalidTimeRangeException';

/**
 * Anything a user can act on. In `message` and `hint` an option stands in backticks, under its name in the library; the
 * command line prints its own name for it.
 */
export class OfftrailError extends Error {
  constructor(
    /** Stable, for programs. */
    readonly code: ErrorCode | LookupErrorCode,
    message: string,
    /** A sentence of advice, or empty. */
    readonly hint = '',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The index, or a log file it came from, cannot be used: missing, of another program, of a newer version, locked. */
export class IndexError extends OfftrailError {
  declare readonly code: ErrorCode;
}

/** What was asked for cannot be done as it was asked: a bad time, an unknown option, a refused statement. */
export class UsageError extends OfftrailError {
  declare readonly code: ErrorCode;
}

/** What `lookupEvents` refuses, in the words of the AWS CLI and with the name of AWS's exception as its code. */
export class LookupError extends OfftrailError {
  declare readonly code: LookupErrorCode;

  constructor(code: LookupErrorCode, message: string) {
    super(code, message);
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's error code (`ENOENT`, `SQLITE_FULL`, …), or an empty string. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
