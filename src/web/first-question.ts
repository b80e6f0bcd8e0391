/** What the page asks first where its address names nothing: its answer comes with the document. */

import type { Options } from './command-words.js';
import type { QuestionName } from './questions.js';

/** Events of a page of the list. */
export const PAGE_EVENTS = 100;

export const FIRST_QUESTION = {
  name: 'eventRows',
  options: { limit: PAGE_EVENTS },
} as const satisfies { name: QuestionName; options: Options };
