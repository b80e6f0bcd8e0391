/** The pages of an index behind those that SQLite knows of. */

import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { IndexError } from '../../errors.js';
import { PAGE, type PageFile, pageAfter } from './table-pages.js';

/** Pages written at a time. */
const BUFFERED = 128;

export interface IndexPages extends PageFile {
  flush(): void;
  close(): void;
  /** Writes a page that is there already. */
  write(number: number, page: Buffer): void;
  /** @throws IndexError `INDEX_DAMAGED` where pages before the next one are not there */
  checkLength(): void;
  /** Makes the pages so far part of the file, for whoever opens it. */
  setPageCount(): void;
}

/**
 * Long: its functions share the buffer.
 * @param path an index
 * @param next number of the first page to append
 */
export function createPageFile(path: string, next: number): IndexPages {
  const fd = openSync(path, 'r+');
  const buffer = Buffer.alloc(BUFFERED * PAGE);
  /** The first page in the buffer, and how many there are. */
  let first = next;
  let count = 0;

  function writeAll(bytes: Buffer, position: number): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, position + at);
  }
  function flush(): void {
    writeAll(buffer.subarray(0, count * PAGE), (first - 1) * PAGE);
    // Past the lock's page there may be a gap.
    first = next;
    count = 0;
  }

  return {
    next: () => next,
    append(page) {
      if (count === BUFFERED || first + count !== next) flush();
      page.copy(buffer, count * PAGE);
      count++;
      const number = next;
      next = pageAfter(next);
      return number;
    },
    read(number) {
      const page = Buffer.alloc(PAGE);
      if (number >= first) buffer.copy(page, 0, (number - first) * PAGE, (number - first + 1) * PAGE);
      else readSync(fd, page, 0, PAGE, (number - 1) * PAGE);
      return page;
    },
    flush,
    write: (number, page) => writeAll(page, (number - 1) * PAGE),
    checkLength() {
      if (fstatSync(fd).size >= lastPage(next) * PAGE) return;
      throw new IndexError(
        'INDEX_DAMAGED',
        `the index ${path} is shorter than its last ingest left it: the machine went down`,
        'delete it and ingest again; your log files are not affected',
      );
    },
    setPageCount() {
      const header = Buffer.alloc(PAGE);
      readSync(fd, header, 0, PAGE, 0);
      const counter = (header.readUInt32BE(24) + 1) >>> 0;
      header.writeUInt32BE(counter, 24);
      header.writeUInt32BE(counter, 92);
      header.writeUInt32BE(lastPage(next), 28);
      writeAll(header, 0);
    },
    close: () => closeSync(fd),
  };
}

/** The last page before `next`; never the lock's. */
function lastPage(next: number): number {
  return pageAfter(next - 2) === next ? next - 2 : next - 1;
}
