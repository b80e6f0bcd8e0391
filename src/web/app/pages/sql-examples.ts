/** Statements to begin with. */

export interface SqlExample {
  title: string;
  statement: string;
}

export const SQL_EXAMPLES: readonly SqlExample[] = [
  {
    title: 'calls by service',
    statement: `SELECT eventsource, eventname, count(*) AS events
FROM cloudtrail_logs
GROUP BY 1, 2
ORDER BY 3 DESC
LIMIT 50`,
  },
  {
    title: 'what was refused, and to whom',
    statement: `SELECT useridentity.arn, eventname, errorcode, count(*) AS events, min(eventtime) AS first, max(eventtime) AS last
FROM cloudtrail_logs
WHERE errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%'
GROUP BY 1, 2, 3
ORDER BY 4 DESC`,
  },
  {
    title: 'objects that were written, as AWS’s S3 guide asks for them',
    statement: `SELECT
  eventTime,
  eventName,
  json_extract_scalar(requestParameters, '$.bucketName') AS bucketName,
  json_extract_scalar(requestParameters, '$.key') AS object,
  userIdentity.arn AS userArn
FROM cloudtrail_logs
WHERE eventName = 'PutObject'
ORDER BY eventTime DESC`,
  },
  {
    title: 'sign-ins to the console',
    statement: `SELECT eventtime, useridentity.username, sourceipaddress,
  json_extract_scalar(responseelements, '$.ConsoleLogin') AS result,
  json_extract_scalar(additionaleventdata, '$.MFAUsed') AS mfa
FROM cloudtrail_logs
WHERE eventname = 'ConsoleLogin'
ORDER BY eventtime DESC`,
  },
  {
    title: 'what root did',
    statement: `SELECT eventtime, eventsource, eventname, sourceipaddress, errorcode
FROM cloudtrail_logs
WHERE useridentity.type = 'Root'
ORDER BY eventtime DESC`,
  },
  {
    title: 'events by day and region',
    statement: `SELECT date_trunc('day', from_iso8601_timestamp(eventtime)) AS day, awsregion, count(*) AS events
FROM cloudtrail_logs
GROUP BY 1, 2
ORDER BY 1, 2`,
  },
];
