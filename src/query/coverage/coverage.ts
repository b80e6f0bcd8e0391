/**
 * What the index covers: events, files and digests of each account and region over time, and the holes between them.
 *
 * Events count at their eventTime; files and digests at their delivery, which the names of files say to the minute.
 */

import { secondText } from '../columns/selection.js';
import type { Spelling } from '../columns/spelling.js';
import type { Filters } from '../filter/filter.js';
import { COUNTS } from './cells.js';
import { HOLE_KINDS, type Hole, type HoleKind } from './hole.js';
import type { Line } from './lines.js';
import type { CoverageTime, Part } from './parts.js';
import type { Place } from './place.js';
import type { Recorded } from './recorded.js';
import { type Steps, stepStart } from './steps.js';
import type { Stop } from './stopping.js';
import type { TrailHistory } from './trail-history.js';

export interface CoverageOptions extends Pick<Filters, 'from' | 'to' | 'account' | 'region'> {
  /** What the lines are told apart by: account, region, category. Default account and region. */
  by?: readonly string[] | undefined;
  /** Width of a step: 30m, 1h, 6h, 1d, 1w. Default: the narrowest from five minutes on that gives no more than 100 steps. */
  every?: string | undefined;
  /** Whether an event counts at its eventTime, or where its file was delivered. Files and digests count at their delivery. Default event. */
  time?: CoverageTime | undefined;
}

/** One step of one line that has something, or is a hole. */
export interface CoverageCell {
  /** First second of the step, UTC. */
  time: string;
  /** Null where lines are not told apart by it, or it is not known. */
  account: string | null;
  /** The same for the region. */
  region: string | null;
  /** Of files and digests null: management and data events come in the same files. */
  category: string | null;
  /** Number of events. */
  events: number;
  /** Log files of the index that were delivered in the step. */
  files: number;
  /** Digests of the index whose hour ends in it. */
  digests: number;
  /** Log files delivered in it that digests list. */
  listed: number;
  /** Listed files that are not in the index. */
  missing: number;
  /** The hole that it is or lies in, or null. */
  hole: HoleKind | null;
}

/** What the map leaves out. */
export interface NotInMap {
  /** Events without an eventTime that can be read. */
  untimedEvents: number;
  /** Log files of which neither name nor folder says when they were delivered. */
  undatedFiles: number;
  /** Log files of which only the day is known, where steps are shorter. */
  filesOfDays: number;
  /** Log files that digests list and that are not here, of which it is not known when they were delivered. */
  undatedMissing: number;
}

export interface CoverageSummary extends NotInMap {
  by: Part[];
  time: CoverageTime;
  /** Seconds of a step. */
  width: number;
  /** What was asked for, or what there is; null where there is nothing. */
  from: string | null;
  to: string | null;
  /** Whether the index has digests: without them silence can never be told from a hole. */
  hasDigests: boolean;
  /** The holes, the most telling first. */
  holes: Hole[];
  /** What became of values of filters that no event has as they were given. */
  spellings: Spelling[];
}

export interface Coverage extends CoverageSummary {
  /** Cells that have something or are a hole, by account and region, then by time. */
  cells: CoverageCell[];
  /** Trails that somebody changed while these logs were written, with their changes of that time. */
  trails: TrailHistory[];
  /** Which kinds of events can be in these logs, by account, as far as the logs tell. */
  recorded: Recorded[];
}

/** The map as arrays, for drawing. */
export interface CoverageMap extends CoverageSummary {
  /** Undefined where there is nothing at all. */
  steps: Steps | undefined;
  /** By account, region and category. */
  lines: Line[];
  /** Accounts and regions that stop before others do. */
  stops: Array<Place & Stop>;
}

/** The cells of a map that have something or are a hole, by line and then by time. */
export function* cellsOf({ steps, lines }: CoverageMap): Generator<CoverageCell> {
  if (!steps) return;
  for (const { account, region, category, series, marks } of lines)
    for (let step = 0; step < steps.count; step++) {
      const code = marks[step]!;
      if (code === 0 && COUNTS.every(count => series[count][step] === 0)) continue;
      const { events, files, digests, listed, missing } = series;
      yield {
        time: secondText(stepStart(steps, step)),
        ...{ account, region, category },
        events: events[step]!,
        files: files[step]!,
        digests: digests[step]!,
        listed: listed[step]!,
        missing: missing[step]!,
        hole: code === 0 ? null : HOLE_KINDS[code - 1]!,
      };
    }
}
