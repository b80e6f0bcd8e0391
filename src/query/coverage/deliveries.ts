/** What was delivered: the log files of the index, the digests, and the log files that digests list. */

import { commonName, deliverySecondOf } from '../../cloudtrail/file-name.js';
import { pathHints } from '../../cloudtrail/path-hints.js';
import { hasDigests } from '../../store/digest-rows.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { categoryOfPath, deliveryOf } from './delivery-time.js';
import { type MetadataDigest, metadataDigests } from './metadata-digests.js';
import type { Place, PlaceNumbers } from './place.js';

/** A log file of the index. */
export interface DeliveredFile {
  /** Number of its place. */
  place: number;
  /** Seconds since 1970 of its delivery; the midnight before it where only the day is known. */
  second: number;
  isDay: boolean;
  /** Events that belong to it. */
  events: number;
  /** What its folder says; null for management and data events. */
  category: string | null;
}

/** A digest file: it lists what was delivered between two moments. */
export interface DeliveredDigest {
  place: number;
  /** Seconds since 1970. */
  start: number;
  end: number;
}

/** A log file that a digest lists. */
export interface ListedDelivery {
  place: number;
  /** Seconds since 1970 of its delivery. */
  second: number;
  isHere: boolean;
  category: string | null;
  /** `s3://bucket/key` as the digest has it. */
  address: string;
}

export interface Deliveries {
  files: DeliveredFile[];
  digests: DeliveredDigest[];
  listed: ListedDelivery[];
  /** Digests that are not here and of which the metadata is, in order of time. */
  metadataDigests: Array<MetadataDigest & { place: number }>;
  /** Files whose delivery time is not known: neither their names nor their folders say it. */
  undatedFiles: number;
  /** Files that a digest lists and that are not here, and whose delivery time is not known. */
  undatedMissing: number;
}

export interface DeliveryOptions {
  /** Where the numbers of places come from. */
  places: PlaceNumbers;
  /** Whether categories are asked for. */
  needsCategory: boolean;
}

/** Reads the ledger: one pass over its files, and one over what digests list where there are digests. */
export function deliveriesOf(db: Db, options: DeliveryOptions): Deliveries {
  /** Names of the files here, where they are needed. */
  const names = hasDigests(db) ? new Set<string>() : undefined;
  const { files, undated } = filesOf(db, options, names);
  const deliveries: Deliveries = {
    ...{ files, digests: [], listed: [] },
    metadataDigests: metadataDigests(db)
      .map(one => ({ ...one, place: options.places.numberOf(one.account, one.region) }))
      .sort((a, b) => a.start - b.start),
    ...{ undatedFiles: undated, undatedMissing: 0 },
  };
  if (!names) return deliveries;
  const digests = digestRows(db);
  deliveries.digests = [...digests.values()].flatMap(({ account, region, start, end }) =>
    start !== null && end !== null && start < end
      ? [{ place: options.places.numberOf(account, region), start, end }]
      : [],
  );
  return { ...deliveries, ...listedOf(db, options, { names, digests }) };
}

type FileRow = [
  path: string,
  account: string | null,
  region: string | null,
  year: string | null,
  month: string | null,
  day: string | null,
  events: number,
];

/** A file that failed was delivered all the same; one that was skipped is not a log. */
function filesOf(
  db: Db,
  { places, needsCategory }: DeliveryOptions,
  names: Set<string> | undefined,
): { files: DeliveredFile[]; undated: number } {
  const rows = prepared(
    db,
    `SELECT path, account, region, year, month, day, stored FROM file
    WHERE NOT is_replaced AND state <> 'skipped'
      AND coalesce(shape, '') NOT IN ('digest', 'digest signatures')`,
  ).raw(true);
  const files: DeliveredFile[] = [];
  let undated = 0;
  for (const row of rows.iterate() as IterableIterator<FileRow>) {
    const [path, account, region, year, month, day, events] = row;
    // A digest that could not be read is not a log.
    if (path.includes('_CloudTrail-Digest_')) continue;
    names?.add(commonName(path));
    const delivery = deliveryOf({ path, year, month, day });
    if (!delivery) {
      undated++;
      continue;
    }
    const category = needsCategory ? categoryOfPath(path) : null;
    const { second, isDay } = delivery;
    files.push({ place: places.numberOf(account, region), second, isDay, events, category });
  }
  return { files, undated };
}

interface DigestRow extends Place {
  start: number | null;
  end: number | null;
}

/** The digests by their ids. The place of one is in the key it gives itself, else in its path. */
function digestRows(db: Db): Map<number, DigestRow> {
  const rows = prepared(
    db,
    `SELECT d.id, coalesce(d.account, f.account), coalesce(d.region, f.region), d.start_second, d.end_second
    FROM digest AS d JOIN file AS f ON f.id = d.file_id WHERE NOT f.is_replaced`,
  )
    .raw(true)
    .all() as Array<
    [id: number, account: string | null, region: string | null, start: number | null, end: number | null]
  >;
  return new Map(rows.map(([id, account, region, start, end]) => [id, { account, region, start, end }]));
}

/** Files that digests list, each once: a chain that was made later may list one again. */
function listedOf(
  db: Db,
  { places, needsCategory }: DeliveryOptions,
  { names, digests }: { names: ReadonlySet<string>; digests: ReadonlyMap<number, DigestRow> },
): Pick<Deliveries, 'listed' | 'undatedMissing'> {
  const rows = prepared(db, 'SELECT digest_id, bucket, object FROM listed_file WHERE object IS NOT NULL').raw(
    true,
  );
  const seen = new Set<string>();
  const listed: ListedDelivery[] = [];
  let undatedMissing = 0;
  for (const row of rows.iterate() as IterableIterator<[id: number, bucket: string | null, object: string]>) {
    const [id, bucket, object] = row;
    const digest = digests.get(id);
    const name = commonName(object);
    if (!digest || seen.has(name)) continue;
    seen.add(name);
    const { account, region, end } = digest;
    const hints = account === null || region === null ? pathHints(object) : undefined;
    const place: Place = {
      account: account ?? hints?.account ?? null,
      region: region ?? hints?.region ?? null,
    };
    const isHere = names.has(name);
    const second = deliverySecondOf(object) ?? end;
    if (second === null) {
      if (!isHere) undatedMissing++;
      continue;
    }
    listed.push({
      place: places.numberOf(place.account, place.region),
      second,
      isHere,
      category: needsCategory ? categoryOfPath(object) : null,
      address: `s3://${bucket ?? ''}/${object}`,
    });
  }
  return { listed, undatedMissing };
}
