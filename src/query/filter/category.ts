/** The category of an event, for both dialects: from the record, else from the call. */

import { DATA_CALLS } from '../../cloudtrail/categories.js';
import { literals } from './sql-text.js';

/** The category of an event, as an expression on the columns of `kind`. */
export const CATEGORY_SQLITE = `CASE
    WHEN eventcategory IS NOT NULL THEN eventcategory
    WHEN managementevent IS NOT NULL THEN CASE managementevent WHEN 'false' THEN 'Data' ELSE 'Management' END
    ${ofCall('eventtype', 'eventsource', 'eventname')}
  END`;

/** The same on a table of Athena's, of which the documented one has no managementEvent. */
export const categoryAthena = (hasManagementEvent: boolean): string => `CASE
    WHEN eventCategory IS NOT NULL THEN eventCategory
    ${hasManagementEvent ? "WHEN managementevent IS NOT NULL THEN CASE managementevent WHEN 'false' THEN 'Data' ELSE 'Management' END\n    " : ''}${ofCall('eventType', 'eventSource', 'eventName')}
  END`;

function ofCall(type: string, source: string, name: string): string {
  const calls = DATA_CALLS.map(
    ([sources, names]) => `(${source} IN (${literals(sources)}) AND ${name} IN (${literals(names)}))`,
  );
  return `WHEN ${type} = 'AwsCloudTrailInsight' THEN 'Insight'
    WHEN ${calls.join('\n      OR ')} THEN 'Data'
    ELSE 'Management'`;
}
