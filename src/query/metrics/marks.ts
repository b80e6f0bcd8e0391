/** How far a metric can be trusted, from what was read. */

import type { Derivation, MetricDefinition } from './definitions.js';

/** What was read. */
export interface Reading {
  source: 'access-logs' | 'cloudtrail' | 'both';
  /** Number of requests. */
  requests: number;
  /** Requests that only events have. */
  alone: number;
  /** Lines whose operation is not known. */
  unknown: number;
}

const n = (value: number): string => value.toLocaleString('en-US');

/**
 * The mark of a metric and its reason.
 * @param samples requests that have a value of the metric
 */
export function trustOf(definition: MetricDefinition, reading: Reading, samples: number): Derivation {
  const { source, requests, unknown } = reading;
  if (source === 'cloudtrail') return ofEvents(definition, requests, samples);
  const { mark, reason } = definition.accessLogs;
  if (mark === 'not recorded') return { mark, reason };
  const doubts: string[] = [];
  if (unknown > 0 && definition.measure.of === 'requests' && definition.measure.class !== 'all')
    doubts.push(
      `${n(unknown)} ${unknown === 1 ? 'line has an operation that is' : 'lines have operations that are'} not known: in AllRequests alone`,
    );
  if (source === 'both') doubts.push(...doubtsOfBoth(definition, reading));
  const base = source === 'both' && definition.measure.of === 'received' ? UPLOADS : reason;
  return {
    mark: doubts.length > 0 ? 'approximate' : mark,
    reason: [base, ...doubts].join('; '),
  };
}

const UPLOADS =
  'bytesTransferredIn where a request has an event, else objectsize of objects and parts that were put';

/** An event without a line shows that lines are missing; how many have neither cannot be known. */
function doubtsOfBoth({ measure }: MetricDefinition, { alone, requests }: Reading): string[] {
  if (alone === 0) return [];
  const what = `${n(alone)} of ${n(requests)} requests have an event and no line`;
  if (measure.of === 'firstByte' || measure.of === 'total')
    return [`${what}, and so no latency, but where the event has one`];
  return [`${what}: lines are missing, and some requests may have neither`];
}

function ofEvents({ cloudtrail, measure }: MetricDefinition, requests: number, samples: number): Derivation {
  const isLatency = measure.of === 'firstByte' || measure.of === 'total';
  if (!isLatency || samples === 0) return cloudtrail;
  const members = measure.of === 'firstByte' ? 'turnAroundTime' : 'endTime − startTime';
  return {
    mark: 'approximate',
    reason: `${members} of additionalEventData, which ${n(samples)} of ${n(requests)} events have`,
  };
}
