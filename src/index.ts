/** The library: everything public is exported here and nowhere else. docs/library.md explains it. */

export type { Verdict } from './cloudtrail/digest.js';
export {
  ERRORS,
  type ErrorCode,
  IndexError,
  LookupError,
  type LookupErrorCode,
  OfftrailError,
  UsageError,
} from './errors.js';
export type { EventIndex, Explained, Listing, Page, Row, SearchResult } from './event-index.js';
export type { Exported, ExportedFile, ExportOptions, ExportProgress } from './export/export.js';
export type { ExportForm } from './export/target.js';
export type { Flaws } from './ingest/flaws.js';
export {
  type IngestOptions,
  type IngestSummary,
  ingest,
  type Limits,
  type Progress,
  type Timings,
  type Unreadable,
} from './ingest/ingest.js';
export { reindex } from './ingest/reindex.js';
export type { Finding, FindingKind, Level } from './integrity/findings.js';
export type { ChainSummary, FileVerdict, LogVerification, MissingKey } from './integrity/verify.js';
export { s3AccessSearchNames, s3SearchNames } from './open-answers.js';
export { openIndex } from './open-index.js';
export type { FoundEvent } from './query/access/answers.js';
export type { AccessFilters } from './query/access/filters.js';
export type { Owner, OwnerKey } from './query/access/key-owner.js';
export type { KeyEvents, KeyUsage, KeyUsageOptions } from './query/access/key-usage.js';
export type { Candidate, Fit } from './query/access/last-used.js';
export type { AddressNeighbours, Neighbour } from './query/access/neighbours.js';
export type { LineCount, LinesOfKey, RequesterLines } from './query/access/requester-lines.js';
export type { RequestDifference, RequestLine } from './query/access/requests.js';
export type { RequestSides } from './query/access/sides.js';
export type { S3AccessOptions } from './query/access/statement.js';
export type { AccessExtent, AccessStatus } from './query/access-status.js';
export type { Counted } from './query/columns/counts.js';
export type { Order } from './query/columns/order.js';
export type { Spelling } from './query/columns/spelling.js';
export type { Coverage, CoverageCell, CoverageOptions } from './query/coverage/coverage.js';
export type { Hidden, HiddenKind } from './query/coverage/hidden-statement.js';
export type { Hole, HoleKind } from './query/coverage/hole.js';
export type { Recorded, RecordedKind, RecordedStretch } from './query/coverage/recorded.js';
export type { PresentKind } from './query/coverage/recorded-present.js';
export type { RecordedResources } from './query/coverage/recorded-trail.js';
export type { TrailEvent, TrailName } from './query/coverage/trail-events.js';
export type { TrailHistory, TrailHistoryChange } from './query/coverage/trail-history.js';
export type { TrailState } from './query/coverage/trails.js';
export type { EventSummary, Source } from './query/event-summary.js';
export type { HistoryOptions } from './query/events.js';
export type { Facet, Facets, FacetsOptions, FacetValue } from './query/facets.js';
export type { Filters } from './query/filter/filter.js';
export type { Incomplete } from './query/incomplete.js';
export type { LogSource, OfSource } from './query/log-source.js';
export type { LookupEvent, LookupOptions } from './query/lookup/events.js';
export type { Breach } from './query/metrics/alarm.js';
export type { Mark, MetricName } from './query/metrics/definitions.js';
export type { Metric, MetricSource, Metrics, MetricsOptions } from './query/metrics/metrics.js';
export type { NothingFound } from './query/nothing-found.js';
export type { ObjectEvents } from './query/object-events.js';
export type { PassedOver } from './query/passed-over.js';
export type { S3SearchOptions } from './query/s3-statement.js';
export type { SearchOptions } from './query/search-run.js';
export type { Issue } from './query/sessions/issued.js';
export type { Identity, Session, SessionCall, SignIn } from './query/sessions/session.js';
export type { Sessions } from './query/sessions/sessions.js';
export type { ShownEvent } from './query/show.js';
export type { Dialect } from './query/sql/dialect.js';
export type { StatementOptions } from './query/sql/statement.js';
export type { Value } from './query/sqlite.js';
export type { Status } from './query/status.js';
export type { Step, Timeline, TimelineOptions } from './query/timeline.js';
export type { Top, TopOptions } from './query/top.js';
export type { Who, WhoSection } from './query/who.js';
