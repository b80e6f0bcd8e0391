/** The gzip files of a trail as a table of Trino's: each is one line of JSON, whose records a view unnests. */

import { cpSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { run } from '../trino-oracle/client.js';
import { COLUMNS, columnList } from '../trino-oracle/columns.js';
import { layout } from '../trino-oracle/layout.js';

/**
 * Makes `hive.<name>.raw`, and the view `hive.<name>.cloudtrail_logs` over it; those of that name are replaced.
 * @param logs a folder of log files, which is copied: Trino reads only below its own
 * @returns the number of records
 */
export async function rawTable(name: string, logs: string, folder?: string): Promise<unknown> {
  if (!/^[a-z]\w*$/.test(name)) throw new TypeError(`"${name}" is not a schema name: a-z, 0-9 and _`);
  const target = join(layout(folder).files, 'trails', name);
  rmSync(target, { recursive: true, force: true });
  cpSync(logs, target, { recursive: true, filter: isReadable });
  await run(`CREATE SCHEMA IF NOT EXISTS hive."${name}" WITH (location = 'local:///schemas/${name}')`);
  await run(`DROP VIEW IF EXISTS hive."${name}".cloudtrail_logs`);
  await run(`DROP TABLE IF EXISTS hive."${name}".raw`);
  await run(`CREATE TABLE hive."${name}".raw (records array(row(${columnList()})))
    WITH (format = 'OPENX_JSON', external_location = 'local:///trails/${name}')`);
  const names = Object.keys(COLUMNS).join(', ');
  await run(`CREATE VIEW hive."${name}".cloudtrail_logs AS
    SELECT ${names} FROM hive."${name}".raw CROSS JOIN UNNEST(records) AS e(${names})`);
  const { rows } = await run(`SELECT count(*) FROM hive."${name}".cloudtrail_logs`);
  return rows[0]?.[0];
}

/** Folders, and log files that are whole: a damaged one fails every statement, and digests are no records. */
function isReadable(path: string): boolean {
  if (statSync(path).isDirectory()) return !/CloudTrail-(Digest|Insight)$/.test(path);
  if (!path.endsWith('.json.gz')) return false;
  try {
    return gunzipSync(readFileSync(path)).includes('"Records"');
  } catch {
    return false;
  }
}
