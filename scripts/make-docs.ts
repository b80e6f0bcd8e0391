/** Writes the generated pages: `npm run docs`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedDocs } from './docs.js';

for (const [path, text] of Object.entries(generatedDocs())) {
  const full = join(import.meta.dirname, '..', 'docs', path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}
