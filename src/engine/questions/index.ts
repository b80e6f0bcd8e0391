/**
 * The questions that an engine is asked, each with its statement in Athena's dialect and the way from its rows to the
 * answer that an index gives. Adding one means adding an entry here, its file, and its cases to the tests.
 */

import type { HistoryOptions } from '../../query/events.js';
import type { SearchOptions } from '../../query/search-run.js';
import type { Sessions } from '../../query/sessions/sessions.js';
import type { Timeline, TimelineOptions } from '../../query/timeline.js';
import type { Top, TopOptions } from '../../query/top.js';
import type { Who } from '../../query/who.js';
import type { EngineRows } from './answer.js';
import type { Asker } from './asker.js';
import { askEvents } from './events.js';
import { askS3, type S3Question } from './s3.js';
import { askS3Access, type S3AccessQuestion } from './s3-access.js';
import { askSearch, type EngineSearch } from './search.js';
import { askSessions, type SessionsQuestion } from './sessions.js';
import { askTimeline } from './timeline.js';
import { askTop } from './top.js';
import { askWho, type WhoQuestion } from './who.js';

/** What each question takes, and what it gives. */
export interface QuestionTypes {
  s3: [S3Question, EngineRows];
  's3-access': [S3AccessQuestion, EngineRows];
  events: [HistoryOptions, EngineRows];
  top: [TopOptions, Top];
  timeline: [TimelineOptions, Timeline];
  who: [WhoQuestion, Who | undefined];
  search: [SearchOptions, EngineSearch];
  sessions: [SessionsQuestion, Sessions];
}

export type QuestionName = keyof QuestionTypes;

/** A question that an engine is asked. */
export interface Question<Name extends QuestionName = QuestionName> {
  name: Name;
  /** What the table must have. */
  source: 'cloudtrail' | 'access-logs';
  /** How an answer differs from that of an index, beside what `EVERY_QUESTION` says: sentences for the documentation. */
  differs: readonly string[];
  /**
   * @throws UsageError `NOT_ON_ENGINE` for what only an index can answer, and those of the question itself
   */
  ask(asker: Asker, options: QuestionTypes[Name][0]): Promise<QuestionTypes[Name][1]>;
}

/** How every answer differs from that of an index. */
export const EVERY_QUESTION: readonly string[] = [
  'Events of one second stand in the order of their eventID; in an index in the order in which they were read.',
  'Values of filters are compared as they are written: an engine does not know which spelling its events have. Addresses of buckets and objects (`s3://…`, ARNs) are understood.',
  'Nothing is said of what could have hidden events (missing files, holes, digests), and no marks stand beside events of damaged or replaced files: an engine has the table alone. A record that is delivered twice is two events.',
  '`resourceName` and `resourceType` are refused: AWS makes them from request and response by rules that are no SQL. `evidence` is refused but on a lake.',
  'On a table over raw files, times in another form than CloudTrail’s own (`2024-03-01T10:00:00Z`) are compared and sorted as text, an event before eventVersion 1.07 is put into its `category` by the call alone, and `useridentity` and the other structs have the members that the table has, without those it leaves out. On a lake none of this differs.',
  'Folders of a raw table are by the day of delivery, and by account and region: with `to`, those up to 7 days later are read, and with `account` and `region` those of that name. In a lake they are those of the event.',
];

const question = <Name extends QuestionName>(
  name: Name,
  source: Question['source'],
  differs: readonly string[],
  ask: Question<Name>['ask'],
): Question<Name> => ({ name, source, differs, ask });

export const QUESTIONS: { readonly [Name in QuestionName]: Question<Name> } = {
  s3: question('s3', 'cloudtrail', [], askS3),
  's3-access': question(
    's3-access',
    'access-logs',
    [
      'Lines of one second stand in the order of their request ids.',
      'Lines that a table’s regular expression cannot read are rows without values there, and no answer has them.',
    ],
    askS3Access,
  ),
  events: question(
    'events',
    'cloudtrail',
    [
      'There are no pages: `--starting-token` is refused. `--source` is the table’s own.',
      'On a raw table, `resources` are without those that a record names by a prefix alone (`ARNPrefix`).',
    ],
    askEvents,
  ),
  top: question('top', 'cloudtrail', ['Equal groups stand in the order of code points.'], askTop),
  timeline: question(
    'timeline',
    'cloudtrail',
    ['Without `--every` and both bounds, the first and the last time are asked before: two passes.'],
    askTimeline,
  ),
  who: question(
    'who',
    'cloudtrail',
    [
      'As what the text is known is asked within `from`, `to`, `account` and `region`; an index knows of all events.',
      'Names that are only similar are not suggested.',
    ],
    askWho,
  ),
  search: question(
    'search',
    'cloudtrail',
    [
      'The values of columns are searched, each on its own: not names of fields, not a text that goes from one field into the next, nor fields that the table has no column for. With `--not` such events stay in.',
      'Patterns are tested on each column: `^` and `$` are refused but with `--field`, as is what engines read otherwise (`\\Q`, `(?m)`, `[[:alpha:]]`, scripts as `\\p{Greek}`); `\\b` and letters beyond ASCII in any case are the engine’s.',
      'What stands around a match ends with its column. `--full` and `--files` are refused: a table has no records and no files.',
    ],
    askSearch,
  ),
  sessions: question(
    'sessions',
    'cloudtrail',
    [
      'Each generation is a pass over the table, and five are followed each way.',
      'Names are compared as they are written, and from the eventID of a sign-in no keys are found.',
      'Calls have no `eventRowid`.',
    ],
    askSessions,
  ),
};
