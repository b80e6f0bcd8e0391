/**
 * `s3_requests`: one row for each request to S3, with where it was seen and what each side says of it. The two sides are
 * joined by the request id, as is widely done; AWS does not promise that it is the same on both.
 *
 * Which events and lines are of one request stands in the tables that `store/request-rows.ts` makes at the end of an
 * ingest. Where they are not up to date (an ingest was stopped, the index has no access logs) the view reads the events of
 * S3 and groups them itself: 1 to 2 s for 91,000 events and 200,000 lines. A program that asks for one bucket and a window
 * of time is faster with `query/access/requests.ts`.
 */

import { S3_SOURCES as SOURCES } from '../cloudtrail/categories.js';

/** The services whose events can have the request id of an access log line. */
export const S3_SOURCES = `(${SOURCES.map(name => `'${name}'`).join(', ')})`;

/** More than any id: orders by what stands before it first. */
export const PAST_IDS = 1099511627776;

/**
 * The order among the events of one request, for `min`: the call itself before the objects that a DeleteObjects deleted,
 * the record that names the caller before that of another account.
 */
const EVENT_ORDER = `((k.eventname = 'DeleteObject') * 2 + (i.arn IS NULL)) * ${PAST_IDS} + e.id`;

/**
 * The line that stands for a request with several: not that of an object of a batch, nor that of a copy in the log of its
 * source.
 */
export const isFirstLine = (line: string): string => `${line}.id = (
      SELECT x.id FROM access_log AS x JOIN access_call AS xc ON xc.id = x.call_id
      WHERE x.requestid = ${line}.requestid
      ORDER BY xc.metric IS NULL, xc.operation GLOB 'REST.COPY.*_GET', x.id LIMIT 1)`;

/** The order among the lines of one request, for `min`, as in `isFirstLine`. */
export const LINE_ORDER = `((xc.metric IS NULL) * 2 + coalesce(xc.operation GLOB 'REST.COPY.*_GET', 0)) * ${PAST_IDS} + x.id`;

/** The request id of an event; NULL for one without. */
const REQUEST_ID = "nullif(d.requestid, '')";

/** An event for each request id among some events: its id with its place in the order, and how many have the same. */
export const eventsOfRequests = (
  where: string,
): string => `SELECT ${REQUEST_ID} AS requestid, count(*) AS events,
      min(${EVENT_ORDER}) AS place, min(${EVENT_ORDER}) % ${PAST_IDS} AS event_id
    FROM event AS e JOIN kind AS k ON k.id = e.kind_id
      JOIN detail AS d ON d.id = e.id
      LEFT JOIN identity AS i ON i.id = e.identity_id
    WHERE ${where}
    GROUP BY coalesce(${REQUEST_ID}, e.id)`;

/** The user agent of an event without the brackets that CloudTrail puts around it. */
const EVENT_AGENT = `CASE WHEN eg.useragent GLOB '[[]*]' THEN substr(eg.useragent, 2, length(eg.useragent) - 2) ELSE eg.useragent END`;

const FAILED_LINE = "c.httpstatus GLOB '[45]??'";
const FAILED_EVENT = 'k.errorcode IS NOT NULL';

/** Differences: 1, 0, or NULL where one side does not say it. */
const BYTES = `CASE WHEN e.id IS NULL OR l.id IS NULL THEN NULL
      WHEN e.bytestransferredout <> coalesce(l.bytessent, 0) THEN 1
      WHEN c.operation IN ('REST.PUT.OBJECT', 'REST.PUT.PART') AND c.httpstatus = '200'
        AND e.bytestransferredin <> l.objectsize THEN 1
      WHEN e.bytestransferredout IS NOT NULL THEN 0 END`;
const STATUS = `CASE WHEN e.id IS NULL OR l.id IS NULL OR c.httpstatus IS NULL THEN NULL
      ELSE (${FAILED_LINE}) <> (${FAILED_EVENT}) OR coalesce(c.errorcode <> k.errorcode, 0) END`;
/** A canonical user id, or a service, cannot be compared with an ARN. */
const REQUESTER = `CASE WHEN e.id IS NULL OR l.id IS NULL THEN NULL
      WHEN l.requester_id IS NULL THEN coalesce(i.is_anonymous, 0) = 0 AND i.arn IS NOT NULL
      WHEN i.is_anonymous THEN 1
      WHEN r.requester GLOB 'arn:*' AND i.arn IS NOT NULL THEN r.requester <> i.arn END`;

/** A column of `s3_requests`. */
interface RequestColumn {
  column: string;
  expression: string;
  meaning: string;
  isNumber: boolean;
}

const column = (name: string, expression: string, meaning: string, isNumber = false): RequestColumn => ({
  column: name,
  expression,
  meaning,
  isNumber,
});

const ISO = `strftime('%Y-%m-%dT%H:%M:%SZ', l.time, 'unixepoch')`;

/** Every column in order. */
export const REQUEST_COLUMNS: readonly RequestColumn[] = [
  column('requestid', 'q.requestid', 'id of the request'),
  column(
    'seen',
    "CASE WHEN e.id IS NULL THEN 'access log' WHEN l.id IS NULL THEN 'CloudTrail' ELSE 'both' END",
    'where it was seen: `both`, `CloudTrail`, `access log`',
  ),
  column('requesttime', ISO, 'when it arrived, of the access log'),
  column('eventtime', 'e.eventtime', 'when it was done, of CloudTrail'),
  column('bucket_name', 'coalesce(lb.bucket_name, b.bucketname)', 'the bucket'),
  column('objectkey', 'coalesce(l.decoded_key, l.key, e.objectkey)', 'the key, decoded'),
  column('eventname', 'coalesce(k.eventname, c.eventname)', 'the call as CloudTrail names it'),
  column('operation', 'c.operation', 'the operation, of the access log'),
  column('requester', 'r.requester', 'who made it, of the access log'),
  column('useridentity_arn', 'i.arn', 'who made it, of CloudTrail'),
  column('accesskeyid', 'i.accesskeyid', 'the access key: CloudTrail alone has it'),
  column('remoteip', 'la.remoteip', 'where it came from, of the access log'),
  column('sourceipaddress', 'a.sourceipaddress', 'where it came from, of CloudTrail'),
  column(
    'useragent',
    `coalesce(lg.useragent, ${EVENT_AGENT})`,
    'the program, of the access log where it has one',
  ),
  column('awsregion', 'k.awsregion', 'the region, of CloudTrail'),
  column('httpstatus', 'c.httpstatus', 'the status, of the access log'),
  column('log_errorcode', 'c.errorcode', 'the error, of the access log'),
  column('errorcode', 'k.errorcode', 'the error, of CloudTrail'),
  column('bytessent', 'l.bytessent', 'bytes of the response, of the access log', true),
  column('bytestransferredout', 'e.bytestransferredout', 'the same, of CloudTrail', true),
  column('objectsize', 'l.objectsize', 'size of the object, of the access log', true),
  column('bytestransferredin', 'e.bytestransferredin', 'bytes of the request, of CloudTrail', true),
  column('is_bytes_different', BYTES, '1 where the sides differ in bytes; NULL where one does not say', true),
  column('is_status_different', STATUS, '1 where they differ in success or in the error code', true),
  column('is_requester_different', REQUESTER, '1 where they differ in who made it', true),
  column('events', 'q.events', 'number of its CloudTrail events', true),
  column(
    'log_lines',
    `CASE WHEN q.lines IS NOT NULL THEN q.lines
      WHEN l.requestid IS NULL THEN l.id IS NOT NULL
      ELSE (SELECT count(*) FROM access_log AS x WHERE x.requestid = l.requestid) END`,
    'number of its lines in access logs: a copy has two, a DeleteObjects one for each object, too',
    true,
  ),
  column('event_rowid', 'e.id', 'key of `event`', true),
  column('access_rowid', 'l.id', 'key of `access_log`', true),
];

const EVENT_JOINS = `LEFT JOIN event AS e ON e.id = q.event_id
  LEFT JOIN kind AS k ON k.id = e.kind_id
  LEFT JOIN identity AS i ON i.id = e.identity_id
  LEFT JOIN address AS a ON a.id = e.address_id
  LEFT JOIN agent AS eg ON eg.id = e.agent_id
  LEFT JOIN bucket AS b ON b.id = e.bucket_id`;
const LINE_JOINS = `LEFT JOIN access_bucket AS lb ON lb.id = l.bucket_id
  LEFT JOIN access_call AS c ON c.id = l.call_id
  LEFT JOIN access_requester AS r ON r.id = l.requester_id
  LEFT JOIN access_address AS la ON la.id = l.address_id
  LEFT JOIN access_agent AS lg ON lg.id = l.agent_id`;

/**
 * What its columns are made of, where `q` has `requestid`, `event_id`, `events`, `access_id` and `lines` of each request;
 * NULL lines are counted.
 */
export const REQUEST_JOINS = `${EVENT_JOINS}
  LEFT JOIN access_log AS l ON l.id = q.access_id
  ${LINE_JOINS}`;

/** The columns as a list for SELECT. */
export const REQUEST_SELECT = REQUEST_COLUMNS.map(
  ({ column, expression }) => `  ${expression} AS "${column}"`,
).join(',\n');

/** Whether the derived tables were made of all events and lines that there are. */
export const IS_CURRENT = `(SELECT count(*) FROM request_state
      WHERE last_event = coalesce((SELECT max(id) FROM event), 0)
        AND last_line = coalesce((SELECT max(id) FROM access_log), 0))`;

/** What stands for `q` where lines are read in their order. */
const OF_LINES: Readonly<Record<string, string>> = {
  requestid: 'l.requestid',
  event_id: `re.place % ${PAST_IDS}`,
  events: 'coalesce(re.events, 0)',
  lines: 'coalesce(rl.lines, 1)',
};
const ofLines = (sql: string): string => sql.replaceAll(/\bq\.(\w+)/g, (_, name: string) => OF_LINES[name]!);

/** The requests with a line, from the derived tables. */
const WITH_LINE = `SELECT
${ofLines(REQUEST_SELECT)}
FROM access_log AS l
  LEFT JOIN request_event AS re ON re.requestid = l.requestid
  LEFT JOIN request_line AS rl ON rl.requestid = l.requestid
  ${LINE_JOINS}
  ${ofLines(EVENT_JOINS)}
WHERE ${IS_CURRENT} AND (rl.place IS NULL OR rl.place % ${PAST_IDS} = l.id)`;

/** Those without one, from the derived tables. */
const WITHOUT_LINE = `SELECT requestid, place % ${PAST_IDS} AS event_id, events, NULL AS access_id, 0 AS lines
    FROM request_event
    WHERE ${IS_CURRENT} AND NOT EXISTS (SELECT 1 FROM access_log AS x WHERE x.requestid = request_event.requestid)
    UNION ALL
    SELECT NULL, event_id, 1, NULL, 0 FROM request_event_alone WHERE ${IS_CURRENT}`;

/** The statement that makes the view. */
export function requestsViewSql(kind: 'VIEW' | 'TEMP VIEW' = 'VIEW'): string {
  return `CREATE ${kind} s3_requests AS
WITH
  of_event AS (
    ${eventsOfRequests(`NOT ${IS_CURRENT} AND k.eventsource IN ${S3_SOURCES}`)}
  ),
  of_line AS (
    SELECT l.requestid AS requestid, l.id AS access_id FROM access_log AS l
    WHERE NOT ${IS_CURRENT} AND (l.requestid IS NULL OR ${isFirstLine('l')})
  ),
  q AS (
    ${WITHOUT_LINE}
    UNION ALL
    SELECT of_event.requestid, of_event.event_id, of_event.events, of_line.access_id, NULL
    FROM of_event LEFT JOIN of_line ON of_line.requestid = of_event.requestid
    UNION ALL
    SELECT requestid, NULL, 0, access_id, NULL FROM of_line
    WHERE requestid IS NULL
      OR requestid NOT IN (SELECT requestid FROM of_event WHERE requestid IS NOT NULL)
  )
${WITH_LINE}
UNION ALL
SELECT
${REQUEST_SELECT}
FROM q
  ${REQUEST_JOINS};`;
}
