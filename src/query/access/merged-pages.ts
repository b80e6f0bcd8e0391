/** Events and lines in one order of time. */

import type { Order } from '../columns/order.js';
import type { Pages, Position } from '../columns/page.js';
import type { LogSource } from '../log-source.js';

/** What a position of merged pages comes from: it stands in the value, so that a token has it, too. */
export const sourceOf = ({ value }: Position): LogSource =>
  value === 'access-logs' ? 'access-logs' : 'cloudtrail';

/**
 * Merges pages by time; of the same time, an event is the newer one.
 * @param events pages of events by time
 * @param lines pages of lines by time
 */
export function createMergedPages(events: Pages, lines: Pages, order: Order): Pages {
  const isNewest = order === 'newest';
  /** Positive where the event comes after the line. */
  const compare = (event: Position, line: Position): number => {
    const later = event.time >= line.time ? 1 : -1;
    return isNewest ? -later : later;
  };
  return {
    next(limit, after) {
      const own = (source: LogSource): Position | undefined => after && placeIn(source, after);
      const ofEvents = events.next(limit, own('cloudtrail'));
      const ofLines = lines.next(limit, own('access-logs'));
      const found: Position[] = [];
      for (let e = 0, l = 0; found.length < limit && (e < ofEvents.length || l < ofLines.length); ) {
        const [event, line] = [ofEvents[e], ofLines[l]];
        if (event && (!line || compare(event, line) < 0)) {
          found.push({ ...event, value: 'cloudtrail' });
          e++;
        } else {
          found.push({ ...line!, value: 'access-logs' });
          l++;
        }
      }
      return found;
    },
  };
}

/** Where one of the two goes on after a position: of the same time, every line stands before every event. */
export function placeIn(source: LogSource, after: Position): Position {
  const { id, time } = after;
  if (sourceOf(after) === source) return { id, time };
  return { time, id: source === 'cloudtrail' ? 0 : Number.MAX_SAFE_INTEGER };
}
