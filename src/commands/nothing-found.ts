/** What to say where no event was found: what the index has, and what in the question may have kept events out. */

import type { Filters } from '../query/filter.js';
import { secondText, spanOf } from '../query/selection.js';
import { untimedEvents } from '../query/status.js';
import { prepared } from '../store/native.js';
import type { Db } from '../store/open.js';
import { numberText, say } from './context.js';

export function sayNothingFound(index: Db, filters: Filters): void {
  const events = prepared(index, 'SELECT count(*) FROM event').pluck().get() as number;
  const span = spanOf(index);
  const [first, last] = span ? [secondText(span.first), secondText(span.last)] : ['-', '-'];
  say(`no events found; the index has ${numberText(events)}, from ${first} to ${last}`);

  const { from, to } = filters;
  if (from !== undefined && from === to) say(`  --to ${to} is the same moment: a date is its midnight`);
  if (from !== undefined || to !== undefined) {
    const untimed = untimedEvents(index);
    if (untimed > 0)
      say(`  ${numberText(untimed)} events have no eventTime that can be read and are in no range of time`);
  }
  if (filters.readOnly !== undefined) {
    const silent = prepared(
      index,
      'SELECT count(*) FROM event WHERE kind_id IN (SELECT id FROM kind WHERE readonly IS NULL)',
    )
      .pluck()
      .get() as number;
    if (silent > 0)
      say(
        `  ${numberText(silent)} events do not say whether they only read: --read-only '!true' leaves them in`,
      );
  }
  if (filters.resourceName !== undefined || filters.resourceType !== undefined)
    say('  resources are exact, and not known for every call: offtrail search finds a text anywhere');
  const values = Object.values(filters).flat().map(String);
  if (values.some(value => value.includes(',')))
    say('  a comma is part of a value: for several values give the option several times');
}
