/** Builds the WebAssembly of `scripts/wasm/` into a module of `src/`: `npm run wasm`. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The text of `src/store/text/grams-wasm.ts`. */
export async function gramsModule(): Promise<string> {
  const built = new Map<string, Uint8Array | string>();
  const { error, stderr } = await asc.main(
    [
      'scripts/wasm/grams.ts',
      '--baseDir',
      ROOT,
      '-O3',
      '--runtime',
      'stub',
      '--use',
      'abort=',
      '--outFile',
      'grams.wasm',
    ],
    { writeFile: (name: string, bytes: Uint8Array | string) => void built.set(name, bytes) } as never,
  );
  const wasm = built.get('grams.wasm');
  if (error || wasm === undefined)
    throw new Error(`scripts/wasm/grams.ts does not compile: ${stderr.toString()}`);
  return `/** Built from \`scripts/wasm/grams.ts\` by \`npm run wasm\`; a test compares them. */
export const GRAMS_WASM =
  '${Buffer.from(wasm as Uint8Array).toString('base64')}';
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(ROOT, 'src/store/text/grams-wasm.ts'), await gramsModule());
