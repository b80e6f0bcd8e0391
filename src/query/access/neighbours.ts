/** Who else was seen at an address: the session of an instance’s role tells which instance it is. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { secondText } from '../columns/selection.js';
import { instanceOf } from './last-used.js';

/** An identity at an address. */
export interface Neighbour {
  /** Its ARN. */
  arn: string;
  /** The instance whose role it is a session of. */
  instance: string | null;
  /** CloudTrail events by it from there. */
  events: number;
  /** Access log lines of it from there. */
  lines: number;
  /** When it was there first. */
  first: string | null;
  /** When it was there last. */
  last: string | null;
  /** Seconds from the time that was asked for to the nearest; null where no time was. */
  secondsApart: number | null;
}

/** An address, and who else was seen there. */
export interface AddressNeighbours {
  /** The address. */
  address: string;
  /** Instances first, then the nearest in time. */
  neighbours: Neighbour[];
}

/** How long before and after a time neighbours are looked for, in seconds: addresses of instances go to others. */
const DAY = 86_400;

interface Seen {
  arn: string;
  count: number;
  first: number | null;
  last: number | null;
  apart: number | null;
}

/**
 * @param time seconds since 1970: then a day on both sides is looked at; undefined for all times
 * @param owners ARNs that are left out
 */
export function neighboursAt(
  db: Db,
  address: string,
  { time, owners }: { time: number | undefined; owners: ReadonlySet<string> },
): AddressNeighbours {
  const params = { address, time: time ?? null, day: DAY };
  const lines = prepared(
    db,
    `SELECT r.requester AS arn, count(*) AS count, min(l.time) AS first, max(l.time) AS last,
      min(abs(l.time - :time)) AS apart
    FROM access_address AS a JOIN access_log AS l ON l.address_id = a.id
      JOIN access_requester AS r ON r.id = l.requester_id
    WHERE a.remoteip = :address AND r.requester GLOB 'arn:*'
      AND (:time IS NULL OR l.time BETWEEN :time - :day AND :time + :day)
    GROUP BY 1`,
  ).all(params) as Seen[];
  const events = prepared(
    db,
    `SELECT i.arn, count(*) AS count, min(unixepoch(e.eventtime)) AS first, max(unixepoch(e.eventtime)) AS last,
      min(abs(unixepoch(e.eventtime) - :time)) AS apart
    FROM address AS a JOIN event AS e ON e.address_id = a.id JOIN identity AS i ON i.id = e.identity_id
    WHERE a.sourceipaddress = :address AND i.arn IS NOT NULL AND e.odd_time IS NULL
      AND (:time IS NULL OR unixepoch(e.eventtime) BETWEEN :time - :day AND :time + :day)
    GROUP BY 1`,
  ).all(params) as Seen[];
  const all = new Map<string, Neighbour>();
  for (const [name, list] of [['lines', lines] as const, ['events', events] as const])
    for (const { arn, count, first, last, apart } of list) {
      if (owners.has(arn)) continue;
      const known = all.get(arn);
      const times = [known?.first, known?.last, textOf(first), textOf(last)].flatMap(one => one ?? []).sort();
      all.set(arn, {
        arn,
        instance: instanceOf(arn),
        events: known?.events ?? 0,
        lines: known?.lines ?? 0,
        first: times[0] ?? null,
        last: times.at(-1) ?? null,
        secondsApart: Math.min(known?.secondsApart ?? Number.POSITIVE_INFINITY, apart ?? Number.NaN),
        [name]: count,
      });
    }
  const neighbours = [...all.values()]
    .map(one => ({ ...one, secondsApart: Number.isFinite(one.secondsApart) ? one.secondsApart : null }))
    .sort(
      (a, b) =>
        Number(a.instance === null) - Number(b.instance === null) ||
        (a.secondsApart ?? 0) - (b.secondsApart ?? 0) ||
        b.events + b.lines - (a.events + a.lines) ||
        (a.arn < b.arn ? -1 : 1),
    );
  return { address, neighbours };
}

const textOf = (seconds: number | null): string | null => (seconds === null ? null : secondText(seconds));
