/** What is known of each place, from which its holes follow. */

import type { Series } from './cells.js';
import type { DeliveredDigest } from './deliveries.js';
import type { MetadataDigest } from './metadata-digests.js';
import type { Place, TimeRange } from './place.js';

/** What is known of one place, asked for or not. */
export interface PlaceExtents {
  place: Place;
  /** From its first to its last file, digest or event. */
  extent: TimeRange;
  /** Ends of its digests. */
  digestEnds: TimeRange;
  /** Its files and events. */
  deliveries: TimeRange;
  hasFiles: boolean;
}

/** A place that is asked for. */
export interface PlaceFacts extends PlaceExtents {
  series: Series;
  digests: readonly DeliveredDigest[];
  /** 1 in steps of a day of which there is a file whose hour is not known. */
  ofDay: Uint8Array | undefined;
  /** A file that a digest lists and that is not here. */
  missing: string | undefined;
  /** Digests that are not here and of which the metadata is, in order of time. */
  metadataDigests: readonly MetadataDigest[];
}
