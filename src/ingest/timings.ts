/** Where the time of an ingest goes. */

/** Seconds of each part of an ingest, in their order; `store` is a part of `read`. */
export interface Timings {
  /** Looking for files below the inputs. */
  walk: number;
  /** Opening the index and comparing the files with its ledger. */
  compare: number;
  /** Reading files in threads while their events are stored. */
  read: number;
  /** That part of it in which events were stored: near to `read`, more reading threads would not help. */
  store: number;
  /** Bringing what was loaded into the index. */
  link: number;
  /** Building the indexes. */
  index: number;
  /** Writing all of it to the disk for good. */
  settle: number;
}

export interface Stopwatch {
  /** Ends a part, which began where the one before ended. */
  lap(part: keyof Timings): void;
  /** Adds the time that `work` takes to a part. */
  within<T>(part: keyof Timings, work: () => T): T;
  timings: Timings;
}

export function createStopwatch(): Stopwatch {
  const timings: Timings = { walk: 0, compare: 0, read: 0, store: 0, link: 0, index: 0, settle: 0 };
  let from = performance.now();
  return {
    timings,
    lap(part) {
      const now = performance.now();
      timings[part] += (now - from) / 1000;
      from = now;
    },
    within(part, work) {
      const began = performance.now();
      try {
        return work();
      } finally {
        timings[part] += (performance.now() - began) / 1000;
      }
    },
  };
}
