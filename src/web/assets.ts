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

/** The files of the page besides its document. */
export interface Assets {
  files: ReadonlyMap<string, Asset>;
  /** The document, with what its script reads first. */
  documentWith(start: string): string;
}

const DOCUMENT = 'index.html';
/** What the document has where its script's first reading goes. */
const START = /(?<=<script type="application\/json" id="start">)(?=<\/script>)/;
const TYPES: Readonly<Record<string, string>> = {
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
  'licenses.txt': 'text/plain; charset=utf-8',
};

/** Where the build puts them, seen from the bundled command and from the library's modules. */
const FOLDERS = ['../web/app/', './app/'];

export function readAssets(): Assets {
  const folder = FOLDERS.map(path => fileURLToPath(new URL(path, import.meta.url))).find(path =>
    existsSync(join(path, DOCUMENT)),
  );
  if (folder === undefined) throw new Error('the page is not built: npm run build');
  const document = readFileSync(join(folder, DOCUMENT), 'utf8');
  return {
    files: new Map(
      Object.entries(TYPES).map(([name, type]) => [
        name,
        { type, gzip: gzipSync(readFileSync(join(folder, name))) },
      ]),
    ),
    documentWith: start => document.replace(START, () => start),
  };
}
