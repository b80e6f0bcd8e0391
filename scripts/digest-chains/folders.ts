/** Folders that a tree needs, each made once. */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Folders {
  root: string;
  /** What `aws s3 sync` of the bucket gives. */
  logs: string;
  /** Makes the folder that a file is in. */
  make(path: string): void;
}

export function foldersIn(root: string): Folders {
  const known = new Set<string>();
  return {
    root,
    logs: join(root, 'logs'),
    make: path => {
      const folder = dirname(path);
      if (known.has(folder)) return;
      mkdirSync(folder, { recursive: true });
      known.add(folder);
    },
  };
}
