/** Columns of indexes that are laid out, where the segments of the table have them: times, and what rows point to. */

import type { ColumnTable } from '../columns/column-table.js';
import { segments, soundSegments } from '../columns/segments.js';
import type { Db } from '../open.js';
import { ODD_TIME } from '../times.js';
import type { IndexColumn, Room } from './index-order.js';

/** A column of an index by its name; undefined where its values are not known as numbers. */
export type ColumnOf = (name: string, room: Room) => IndexColumn | undefined;

/**
 * @param db the file beside the index
 * @param count rows, whose ids are 1 to `count`
 */
export function createSegmentColumns(db: Db, table: ColumnTable, count: number): ColumnOf {
  const { all, sound } = soundSegments(db, table, count);
  // Elsewhere they would be made from the rows, which are not in this file.
  if (sound < all) return () => undefined;
  const isText = table.timeColumn === 'eventtime';
  return (name, room) => {
    const pointer = table.pointers.find(of => name === `${of}_id`);
    if (!pointer && name !== table.timeColumn) return undefined;
    const words = room.take();
    for (const segment of segments(db, table, count)) {
      // What a time in another form is, a number does not say; it does of one that is not there.
      const odd = pointer ? [] : [...segment.oddTimes.values()];
      if (odd.length > 0 && (isText || odd.some(time => time !== null))) {
        room.give(words);
        return undefined;
      }
      const values = pointer ? segment.pointers(pointer) : segment.times();
      const from = segment.first - 1;
      if (pointer || isText) words.set(values, from);
      else
        for (let i = 0; i < values.length; i++) words[from + i] = values[i] === ODD_TIME ? 0 : values[i]! + 1;
    }
    if (pointer) return { kind: 'number', words: [words], less: 0 };
    return isText ? { kind: 'time', words: [words], less: 0 } : { kind: 'number', words: [words], less: 1 };
  };
}
