/** The memory of an ingest stays bounded, whatever the files hold. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { folder, put, statusOf } from './support.js';

const json = JSON.stringify;
const R = (i: number, more: object = {}): string =>
  json({ eventVersion: '1.08', eventName: 'X', eventID: `e${i}`, ...more });

describe.skipIf(process.platform !== 'linux')(
  'memory stays bounded (measured with /proc, skipped elsewhere)',
  () => {
    /** Peak resident memory of the real command, in bytes. */
    function peak(args: string[]): number {
      const program = `process.argv.splice(1, 0, 'offtrail');
      const fs = require('node:fs');
      process.on('exit', () => fs.writeSync(3, /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]));
      import(${json(join(import.meta.dirname, '..', 'dist', 'cli.js'))});`;
      const ran = spawnSync(process.execPath, ['-e', program, '--', ...args], {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        encoding: 'utf8',
      });
      return Number(ran.output[3]) * 1024;
    }

    it('with long rejected texts', () => {
      const line = `${'x'.repeat(1 << 20)}\n`;
      const document = Array.from({ length: 200 }, (_, i) => `${R(i)}\n${line}`).join('');
      const path = put(folder(), 'a.jsonl.gz', gzipSync(document, { level: 1 }));
      const db = join(folder(), 'x.db');
      // All of them, kept, would be 200 MB above the 280 that it takes.
      expect(peak(['ingest', path, '--db', db, '--jobs', '2'])).toBeLessThan(420e6);
      expect(statusOf(db).records).toMatchObject({ stored: 200, rejected: 200 });
    });

    it('with long user agents, each another one', () => {
      const lines = Array.from({ length: 40 }, (_, i) => R(i, { userAgent: `${i}${'y'.repeat(3 << 20)}` }));
      const path = put(folder(), 'a.jsonl.gz', gzipSync(lines.join('\n'), { level: 1 }));
      const db = join(folder(), 'x.db');
      expect(peak(['ingest', path, '--db', db, '--jobs', '1'])).toBeLessThan(480e6);
      expect(statusOf(db).records).toMatchObject({ stored: 40 });
    });

    it('with payloads that inflate', () => {
      const bomb = gzipSync('{"eventID":1,"eventName":1}\n'.repeat(70_000)).toString('base64');
      const path = put(
        folder(),
        'a.jsonl',
        Array.from({ length: 6 }, () => json({ awslogs: { data: bomb } })).join('\n'),
      );
      const db = join(folder(), 'x.db');
      expect(peak(['ingest', path, '--db', db, '--jobs', '2'])).toBeLessThan(260e6);
    });
  },
);
