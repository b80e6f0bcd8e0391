/** Errors as the page gets them: what happened and what to do, never a stack, and of files their names alone. */

import { basename } from 'node:path';
import { messageOf, OfftrailError } from '../errors.js';

export interface AnswerError {
  /** One of `ERRORS`, or `FAILED`. */
  code: string;
  message: string;
  hint?: string | undefined;
}

/** Folders before a name, as what the system or an engine says has them. */
const FOLDERS = /(?:file:\/\/)?(?:\b[A-Za-z]:)?(?<![\w.])[\\/](?:[^\s\\/:'"]+[\\/])+/g;

/** @param db path of the index, whose name alone stands in messages */
export function answerErrorOf(error: unknown, db: string): AnswerError {
  const message = withoutFolder(messageOf(error), db);
  if (error instanceof OfftrailError)
    return { code: error.code, message, hint: error.hint && withoutFolder(error.hint, db) };
  return { code: 'FAILED', message: message.replaceAll(FOLDERS, '') };
}

/** A message with the name of the index where its path was. */
export const withoutFolder = (message: string, db: string): string =>
  message.replaceAll(db, () => basename(db));
