/** Builds the WebAssembly of `scripts/wasm/` into a module of `src/`: `npm run wasm`. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A module of `src/` that holds the WebAssembly of one of `scripts/wasm/`. */
interface WasmModule {
  source: string;
  module: string;
  constant: string;
}

const GRAMS: WasmModule = { source: 'grams', module: 'src/store/text/grams-wasm.ts', constant: 'GRAMS_WASM' };
const SNAPPY: WasmModule = {
  source: 'snappy',
  module: 'src/export/parquet/snappy-wasm.ts',
  constant: 'SNAPPY_WASM',
};
const BLOOM: WasmModule = {
  source: 'bloom',
  module: 'src/export/parquet/bloom-wasm.ts',
  constant: 'BLOOM_WASM',
};
const MEMBERS: WasmModule = {
  source: 'members',
  module: 'src/read/members-wasm.ts',
  constant: 'MEMBERS_WASM',
};
const ROWS: WasmModule = { source: 'rows', module: 'src/store/file/rows-wasm.ts', constant: 'ROWS_WASM' };
const PAGES: WasmModule = {
  source: 'pages',
  module: 'src/store/pages/pages-wasm.ts',
  constant: 'PAGES_WASM',
};

/** The text of `src/store/text/grams-wasm.ts`. */
export const gramsModule = (): Promise<string> => textOf(GRAMS);
/** The text of `src/export/parquet/snappy-wasm.ts`. */
export const snappyModule = (): Promise<string> => textOf(SNAPPY);
/** The text of `src/export/parquet/bloom-wasm.ts`. */
export const bloomModule = (): Promise<string> => textOf(BLOOM);
/** The text of `src/read/members-wasm.ts`. */
export const membersModule = (): Promise<string> => textOf(MEMBERS);
/** The text of `src/store/file/rows-wasm.ts`. */
export const rowsModule = (): Promise<string> => textOf(ROWS);
/** The text of `src/store/pages/pages-wasm.ts`. */
export const pagesModule = (): Promise<string> => textOf(PAGES);

async function textOf({ source, constant }: WasmModule): Promise<string> {
  const built = new Map<string, Uint8Array | string>();
  const { error, stderr } = await asc.main(
    [
      `scripts/wasm/${source}.ts`,
      '--baseDir',
      ROOT,
      '-O3',
      '--runtime',
      'stub',
      '--use',
      'abort=',
      '--enable',
      'simd',
      '--outFile',
      'built.wasm',
    ],
    { writeFile: (name: string, bytes: Uint8Array | string) => void built.set(name, bytes) } as never,
  );
  const wasm = built.get('built.wasm');
  if (error || wasm === undefined)
    throw new Error(`scripts/wasm/${source}.ts does not compile: ${stderr.toString()}`);
  return `/** Built from \`scripts/wasm/${source}.ts\` by \`npm run wasm\`; a test compares them. */
export const ${constant} =
  '${Buffer.from(wasm as Uint8Array).toString('base64')}';
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const of of [GRAMS, SNAPPY, BLOOM, MEMBERS, ROWS, PAGES])
    writeFileSync(join(ROOT, of.module), await textOf(of));
