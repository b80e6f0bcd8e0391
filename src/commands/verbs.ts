/** The list of commands, in the order of the help. Completion, man page and docs/commands come from it, too. */

import { completionOf } from './completion.js';
import { coverage } from './coverage.js';
import { events } from './events.js';
import { exportVerb } from './export.js';
import { ingest } from './ingest.js';
import { keyUsage } from './key-usage.js';
import { lookupEvents } from './lookup-events.js';
import { metrics } from './metrics.js';
import { printDdl } from './print-ddl.js';
import { reindex } from './reindex.js';
import { s3 } from './s3.js';
import { s3Access } from './s3-access.js';
import { search } from './search.js';
import { sessions } from './sessions.js';
import { show } from './show.js';
import { sql } from './sql.js';
import { status } from './status.js';
import { timeline } from './timeline.js';
import { top } from './top.js';
import { validateLogs } from './validate-logs.js';
import type { Verb, VerbGroup } from './verb.js';
import { verify } from './verify.js';
import { web } from './web.js';
import { who } from './who.js';

export const VERBS: ReadonlyArray<Verb | VerbGroup> = [
  ingest,
  reindex,
  status,
  verify,
  coverage,
  validateLogs,
  search,
  s3,
  s3Access,
  metrics,
  keyUsage,
  sql,
  show,
  lookupEvents,
  events,
  timeline,
  top,
  who,
  sessions,
  exportVerb,
  printDdl,
  web,
  completionOf(() => VERBS),
];
