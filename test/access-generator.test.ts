/** The generator of believable access logs: what it writes is read back, and joined with its CloudTrail events. */

import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeAccessLogs } from '../scripts/access-logs.js';
import { ACCESS_FIELDS, type AccessFieldName } from '../src/access-logs/fields.js';
import { createLine } from '../src/access-logs/layout.js';
import { parseLine } from '../src/access-logs/line.js';
import { isAnonymous, keyOf, textOf } from '../src/access-logs/meaning.js';
import { operationOf } from '../src/access-logs/operations.js';
import { isAccessLogLine } from '../src/access-logs/recognition.js';
import { filesBelow, folder } from './support.js';

interface GeneratedEvent {
  requestID: string;
  eventName: string;
  additionalEventData: Record<string, unknown>;
  requestParameters: Record<string, unknown>;
}

/** The rows of a folder of access logs, each as its fields. */
function rowsIn(root: string): Array<Partial<Record<AccessFieldName, string | null>>> {
  const line = createLine();
  return filesBelow(root).flatMap(path => {
    const bytes = readFileSync(path);
    expect(isAccessLogLine(bytes.subarray(0, 4096))).toBe(true);
    const rows: Array<Partial<Record<AccessFieldName, string | null>>> = [];
    let from = 0;
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      expect(parseLine(bytes, from, to, line)).toBe(true);
      expect(line.isAmbiguous).toBe(false);
      rows.push(Object.fromEntries(ACCESS_FIELDS.map(({ name }) => [name, textOf(bytes, line, name)])));
      from = to + 1;
    }
    return rows;
  });
}

describe('generated logs', () => {
  it('are the same for the same options, and named as S3 names them', () => {
    const [one, two] = [folder(), folder()];
    const options = {
      files: 6,
      linesPerFile: 40,
      buckets: 3,
      seed: 5,
      layout: 'partitioned',
      prefix: 'logs/',
    } as const;
    expect(makeAccessLogs(one, options)).toEqual(makeAccessLogs(two, options));
    const files = filesBelow(one);
    expect(files.map(path => relative(one, path))).toEqual(filesBelow(two).map(path => relative(two, path)));
    for (const [i, path] of filesBelow(two).entries())
      expect(readFileSync(path).equals(readFileSync(files[i]!))).toBe(true);
    expect(relative(one, files[0]!)).toMatch(
      /^logs\/\d{12}\/[a-z0-9-]+\/[a-z0-9-]+\/2026\/\d\d\/\d\d\/2026-\d\d-\d\d-00-00-00-[0-9A-F]{16}$/,
    );
    const simple = folder();
    makeAccessLogs(simple, { files: 2, linesPerFile: 5 });
    for (const path of filesBelow(simple))
      expect(basename(path)).toMatch(/^2026-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$/);
  });

  it.each([18, 24, 25, 26, 27])(
    'of %d fields are read without a doubt, and every operation is known',
    fields => {
      const root = folder();
      const { lines } = makeAccessLogs(root, { files: 8, linesPerFile: 200, fields, seed: fields });
      const rows = rowsIn(root);
      expect(rows).toHaveLength(lines);
      for (const { operation, key } of rows) expect(operationOf(operation!, key !== null)).not.toBeNull();
      const has = (test: (row: (typeof rows)[number]) => boolean): number => rows.filter(test).length;
      expect(
        has(({ operation, requester }) => isAnonymous({ operation: operation!, requester: requester! })),
      ).toBeGreaterThan(20);
      expect(has(({ operation }) => operation === 'BATCH.DELETE.OBJECT')).toBeGreaterThan(5);
      expect(has(({ httpstatus }) => /^[45]/.test(httpstatus ?? ''))).toBeGreaterThan(20);
      expect(has(({ hostid }) => hostid !== null)).toBe(fields === 18 ? 0 : lines);
      expect(has(({ authtype }) => authtype === 'QueryString') > 0).toBe(fields > 18);
    },
  );

  it('have a CloudTrail event for a share of the requests, with the same ids, sizes and keys', () => {
    const [logs, trail] = [folder(), folder()];
    const { events } = makeAccessLogs(logs, {
      files: 8,
      linesPerFile: 150,
      events: { folder: trail, share: 0.5 },
    });
    const byId = new Map(
      rowsIn(logs)
        .filter(({ operation }) => !/_GET$|^BATCH/.test(operation!))
        .map(row => [row.requestid, row]),
    );
    const records = filesBelow(trail).flatMap(
      path =>
        (JSON.parse(gunzipSync(readFileSync(path)).toString()) as { Records: GeneratedEvent[] }).Records,
    );
    expect(records).toHaveLength(events);
    expect(events).toBeGreaterThan(300);
    for (const { requestID, eventName, additionalEventData, requestParameters } of records) {
      const row = byId.get(requestID)!;
      expect(additionalEventData['x-amz-id-2']).toBe(row.hostid);
      expect(additionalEventData.bytesTransferredOut).toBe(Number(row.bytessent ?? 0));
      expect(operationOf(row.operation!, row.key !== null)?.api).toBe(eventName);
      if (row.key !== null) expect(keyOf(row.key!, row.operation!)).toBe(requestParameters.key);
    }
  });
});
