/** The indexes on events that are laid out. */

import { DIMENSIONS } from '../../dimensions.js';
import type { Segment } from '../columns/segments.js';
import type { PageFile } from '../pages/table-pages.js';
import { EVENT_INDEXES } from '../schema/v9.js';
import { layOutIndexes, partsOf } from './index-layout.js';

const INDEXES = ['event_time', 'event_kind', 'event_bucket', 'event_identity', 'event_address'].map(name =>
  partsOf(name, EVENT_INDEXES[name]!),
);

/**
 * @param file where the pages go
 * @param segments all events, whose ids are 1 to `count`
 * @param areOrdinary true where every event has a time in CloudTrail's own form: of another one a number does not say
 *   what the index has
 * @returns the content of each index's root, by name
 */
export function layOutEventIndexes(
  file: PageFile,
  segments: () => Iterable<Segment>,
  count: number,
  areOrdinary: boolean,
): Map<string, Buffer> {
  return layOutIndexes(file, INDEXES, count, (name, room) => {
    const dimension = DIMENSIONS.find(of => name === `${of}_id`);
    if (!dimension && !areOrdinary) return undefined;
    const all = room.take();
    for (const segment of segments())
      all.set(dimension ? segment.pointers(dimension) : segment.times(), segment.first - 1);
    return { kind: dimension ? 'number' : 'time', words: [all], less: 0 };
  });
}
