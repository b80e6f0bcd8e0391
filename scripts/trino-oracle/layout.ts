/** Where the parts of a Trino server are in its folder. */

import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const VERSION = '476';

export interface Layout {
  /** Downloads. */
  root: string;
  server: string;
  /** Of the server's own. */
  data: string;
  /** Root of the catalog `hive`: what tables are made from. */
  files: string;
  log: string;
}

/** Default: `trino` in the folder for temporary files. */
export function layout(folder: string = join(tmpdir(), 'trino')): Layout {
  const root = resolve(folder);
  return {
    root,
    server: join(root, 'server'),
    data: join(root, 'data'),
    files: join(root, 'files'),
    log: join(root, 'server.log'),
  };
}
