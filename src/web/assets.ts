/** The files of the page, which the build made: read once, named by the list and never by a request. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export interface Asset {
  type: string;
  /** Compressed with gzip, which every browser takes. */
  gzip: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'licenses.txt': 'text/plain; charset=utf-8',
};

/** Where the build puts them, seen from the bundled command and from the library's modules. */
const FOLDERS = ['../web/app/', './app/'];

/** @returns the files by name */
export function readAssets(): ReadonlyMap<string, Asset> {
  const folder = FOLDERS.map(path => fileURLToPath(new URL(path, import.meta.url))).find(path =>
    existsSync(join(path, 'index.html')),
  );
  if (folder === undefined) throw new Error('the page is not built: npm run build');
  return new Map(
    Object.entries(TYPES).map(([name, type]) => [
      name,
      { type, gzip: gzipSync(readFileSync(join(folder, name))) },
    ]),
  );
}
