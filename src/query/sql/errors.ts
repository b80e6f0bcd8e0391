/** Errors of a statement in Athena's dialect: Trino's names and sentences, and the place in the text. */

import { OfftrailError } from '../../errors.js';

/** A place in a statement; both count from 1, columns in UTF-16 units. */
export interface Position {
  line: number;
  column: number;
}

/** Names of errors, as Athena and Trino call them. */
export const SQL_ERRORS = [
  'SYNTAX_ERROR',
  'COLUMN_NOT_FOUND',
  'AMBIGUOUS_NAME',
  'TABLE_NOT_FOUND',
  'TYPE_MISMATCH',
  'TYPE_NOT_FOUND',
  'FUNCTION_NOT_FOUND',
  'FUNCTION_NOT_AGGREGATE',
  'FUNCTION_NOT_WINDOW',
  'EXPRESSION_NOT_AGGREGATE',
  'EXPRESSION_NOT_SCALAR',
  'EXPRESSION_NOT_CONSTANT',
  'EXPRESSION_NOT_IN_DISTINCT',
  'NESTED_AGGREGATION',
  'NESTED_WINDOW',
  'NESTED_RECURSIVE',
  'MISSING_GROUP_BY',
  'MISSING_ORDER_BY',
  'MISSING_OVER',
  'MISSING_COLUMN_NAME',
  'MISSING_COLUMN_ALIASES',
  'MISSING_ROW_PATTERN',
  'INVALID_WINDOW_FRAME',
  'INVALID_COLUMN_REFERENCE',
  'INVALID_LITERAL',
  'INVALID_LIMIT_CLAUSE',
  'INVALID_ARGUMENTS',
  'INVALID_FUNCTION_ARGUMENT',
  'INVALID_PARAMETER_USAGE',
  'INVALID_CAST_ARGUMENT',
  'INVALID_WINDOW_REFERENCE',
  'INVALID_PARTITION_BY',
  'INVALID_RECURSIVE_REFERENCE',
  'MISMATCHED_COLUMN_ALIASES',
  'DUPLICATE_NAMED_QUERY',
  'DUPLICATE_COLUMN_NAME',
  'DUPLICATE_WINDOW_NAME',
  'DIVISION_BY_ZERO',
  'NUMERIC_VALUE_OUT_OF_RANGE',
  'SUBQUERY_MULTIPLE_ROWS',
  'NOT_FOUND',
  'NOT_SUPPORTED',
  'JSON_INPUT_CONVERSION_ERROR',
  'JSON_OUTPUT_CONVERSION_ERROR',
  'JSON_VALUE_RESULT_ERROR',
  'PATH_EVALUATION_ERROR',
  'INVALID_PATH',
  'TOO_MANY_ARGUMENTS',
  'AMBIGUOUS_FUNCTION_CALL',
  'GENERIC_USER_ERROR',
] as const;

export type SqlErrorName = (typeof SQL_ERRORS)[number];

/** An error of a statement, or of a value that one of its functions met. */
export class SqlError extends OfftrailError {
  /** Trino's name for the error. */
  readonly sqlError: SqlErrorName;
  /** Where in the statement; undefined for an error that a value made. */
  readonly position: Position | undefined;
  /** The sentence alone. */
  readonly sentence: string;

  /**
   * @param options.position where in the statement
   * @param options.hint how it can be written instead
   */
  constructor(
    name: SqlErrorName,
    sentence: string,
    { position, hint }: { position?: Position | undefined; hint?: string | undefined } = {},
  ) {
    const place = position ? `line ${position.line}:${position.column}: ` : '';
    super('BAD_SQL', `${name}: ${place}${sentence}`, hint);
    this.sqlError = name;
    this.position = position;
    this.sentence = sentence;
  }
}

/** Throws what a function's value is: an argument that it does not take. */
export function invalidArgument(sentence: string): never {
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', sentence);
}
