// Runs scripts/bench.ts as plain JavaScript: a loader for TypeScript also rewrites the compiled program that is measured,
// wraps its functions and constants, and makes loops over columns half as fast as users have them.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
/** As deep as scripts/bench, so that its files find the project. */
const file = join(ROOT, 'bench-data', 'run', 'bench.js');
const bundle = await rolldown({
  input: join(ROOT, 'scripts', 'bench.ts'),
  platform: 'node',
  external: /^[^./]/,
});
await bundle.write({ file, format: 'esm' });
await bundle.close();
await import(pathToFileURL(file));
