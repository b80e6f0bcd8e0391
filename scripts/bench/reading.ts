/** The parts of reading one file: scanning, inflating, hashing. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parserStream } from 'stream-json';
import zlibSync from 'zlib-sync';
import { scanValue } from '../../src/read/json-scan.js';
import { best, mb, ms, ratio } from './measure.js';
import { row } from './report.js';

export async function reading(folder: string): Promise<void> {
  const gz = spawnSync('sh', ['-c', 'find "$0" -name "*.gz" | sort | head -40', folder], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map(path => readFileSync(path));
  const docs = gz.map(bytes => gunzipSync(bytes));
  const records = docs.reduce(
    (sum, doc) => sum + (JSON.parse(doc.toString()) as { Records: unknown[] }).Records.length,
    0,
  );
  const each = (milliseconds: number): string =>
    `${Math.round(records / (milliseconds / 1000)).toLocaleString('en-US')} records/s`;
  const time = (run: () => void): number =>
    best(3, () => {
      const began = performance.now();
      run();
      return performance.now() - began;
    });
  const parse = time(() => {
    for (const doc of docs) JSON.parse(doc.toString('utf8'));
  });
  const scan = time(() => {
    for (const doc of docs) scanValue(doc, 0, doc.length);
  });
  const began = performance.now();
  for (const doc of docs.slice(0, 4)) {
    await new Promise<void>((done, fail) => {
      const stream = parserStream({ packValues: true, streamValues: false });
      stream.on('data', () => {});
      stream.on('end', () => done());
      stream.on('error', fail);
      stream.end(doc);
    });
  }
  const tokens = (performance.now() - began) * (docs.length / 4);
  row('scan of a document, one thread', each(scan), `${each(parse)} (JSON.parse)`, ratio(scan, parse), '');
  row(
    'scan of a document, one thread',
    each(scan),
    `${each(tokens)} (stream-json, tokens)`,
    ratio(scan, tokens),
    '',
  );
  const whole = time(() => {
    for (const bytes of gz) gunzipSync(bytes, { chunkSize: bytes.readUInt32LE(bytes.length - 4) + 64 });
  });
  const sync = time(() => {
    for (const bytes of gz) {
      const inflate = new zlibSync.Inflate({ chunkSize: 1 << 20, windowBits: 31 });
      inflate.push(bytes, zlibSync.Z_FINISH);
      void inflate.result;
    }
  });
  row('inflate, large files', ms(whole), `${ms(sync)} (zlib-sync)`, ratio(whole, sync), '');
  const tiny = gzipSync(JSON.stringify(JSON.parse(docs[0]!.toString()).Records.slice(0, 5)));
  const before = process.memoryUsage().rss;
  const tinySync = time(() => {
    for (let i = 0; i < 5000; i++) {
      const inflate = new zlibSync.Inflate({ chunkSize: 1 << 16, windowBits: 31 });
      inflate.push(tiny, zlibSync.Z_FINISH);
      void inflate.result;
    }
  });
  const leaked = process.memoryUsage().rss - before;
  const tinyWhole = time(() => {
    for (let i = 0; i < 5000; i++) gunzipSync(tiny);
  });
  row(
    'inflate 5,000 files of 5 records',
    ms(tinyWhole),
    `${ms(tinySync)} (zlib-sync, ${mb(leaked)} not freed after 15,000)`,
    ratio(tinyWhole, tinySync),
    '',
  );
  const sha = time(() => {
    for (const doc of docs) createHash('sha256').update(doc).digest();
  });
  row('SHA-256 of the inflated bytes', each(sha), '', '', '');
}
