/** Errors of an engine: its own name and sentence, and the place in the statement that it was given. */

import { type ErrorCode, OfftrailError } from '../errors.js';
import type { Position } from '../query/sql/errors.js';

/** What an engine says went wrong. */
export interface EngineComplaint {
  /** The engine's name of it: `COLUMN_NOT_FOUND`. */
  name: string;
  sentence: string;
  /** In the statement as it was given to `run`; undefined where the engine names no place. */
  position?: Position | undefined;
}

export class EngineError extends OfftrailError {
  declare readonly code: ErrorCode;

  constructor(
    code: ErrorCode,
    readonly complaint: EngineComplaint,
    hint = '',
    options?: ErrorOptions,
  ) {
    const { name, sentence, position } = complaint;
    const place = position ? `line ${position.line}:${position.column}: ` : '';
    super(code, `${name}: ${place}${sentence}`, hint, options);
  }

  /** The same error with its place in another text, of which the statement was a part. */
  movedBy(move: (position: Position) => Position): EngineError {
    const { position } = this.complaint;
    if (!position) return this;
    return new EngineError(this.code, { ...this.complaint, position: move(position) }, this.hint, {
      cause: this.cause,
    });
  }
}

/** An engine's sentence without the place that stands at its head: the place is told apart, and may move. */
export function sentenceOf(message: string): { sentence: string; position: Position | undefined } {
  const match = /^line (\d{1,9}):(\d{1,9}): /.exec(message);
  if (!match) return { sentence: message, position: undefined };
  return {
    sentence: message.slice(match[0].length),
    position: { line: Number(match[1]), column: Number(match[2]) },
  };
}
