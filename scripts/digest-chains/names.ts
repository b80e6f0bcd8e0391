/** Names of log files and digests in a trail's bucket. */

import { isoTime } from '../records.js';

/** A trail: `region` of a chain is where events happen, this one is where the trail was made. */
export interface Trail {
  name: string;
  homeRegion: string;
}

/** Where the files of an account's region lie. */
export interface Place {
  account: string;
  region: string;
  /** Without a slash at its end; empty for none. */
  prefix: string;
  /** Of an organization trail; empty for any other. */
  organization: string;
}

/** `20260302T110000Z`. */
export const stamp = (seconds: number): string => isoTime(seconds).replaceAll(/[-:]/g, '');

/** The key of a log file delivered at a time. */
export function logKey(place: Place, delivered: number, unique: string): string {
  const minute = `${stamp(delivered).slice(0, 13)}Z`;
  const { account, region } = place;
  return `${folderOf(place, 'CloudTrail', delivered)}/${account}_CloudTrail_${region}_${minute}_${unique}.json.gz`;
}

/** The key of the digest whose window ends at a time. */
export function digestKey(
  place: Place,
  { trail, end, isBackfill }: { trail: Trail; end: number; isBackfill: boolean },
): string {
  const { account, region } = place;
  const name = `${account}_CloudTrail-Digest_${region}_${trail.name}_${trail.homeRegion}_${stamp(end)}`;
  return `${folderOf(place, 'CloudTrail-Digest', end)}/${name}${isBackfill ? '_backfill' : ''}.json.gz`;
}

function folderOf({ account, region, prefix, organization }: Place, kind: string, at: number): string {
  const day = isoTime(at).slice(0, 10).replaceAll('-', '/');
  return [prefix, 'AWSLogs', organization, account, kind, region, day].filter(part => part !== '').join('/');
}
