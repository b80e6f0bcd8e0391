// Bundles the command line into dist/bin: node then opens a few files instead of two hundred, and `--help` reads none
// of the code that opens an index. The library stays as the compiler wrote it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The version as text: the package's own file need not be read. */
const versionAsText = {
  name: 'version-as-text',
  load: id =>
    id === join(ROOT, 'dist/version.js') ? `export const VERSION = ${JSON.stringify(version)};` : null,
};

/**
 * yargs lays out its help before every command, and measures each word of it: string-width takes 25 ms to load, and is
 * needed for none of these words.
 */
const quickWidth = {
  name: 'quick-width',
  resolveId(source, importer) {
    if (source !== 'string-width' || importer === '\0quick-width') return null;
    return '\0quick-width';
  },
  load(id) {
    if (id !== '\0quick-width') return null;
    return `const PLAIN = /^[ -~’…]*$/;
      export default function width(text, options) {
        return PLAIN.test(text) ? text.length : require('string-width').default(text, options);
      }`;
  },
};

/** yargs can resolve a configuration by import.meta, and has none here; several commands may import one module when they run. */
const QUIET = new Set(['EMPTY_IMPORT_META', 'INEFFECTIVE_DYNAMIC_IMPORT']);

const COMMON = {
  platform: 'node',
  // These have parts that are compiled at their own installation; Athena's client is one that need not be installed.
  external: ['better-sqlite3', 'zlib-sync', '@aws-sdk/client-athena'],
  plugins: [versionAsText, quickWidth],
  onLog: (level, log, write) => QUIET.has(log.code) || write(level, log),
};
const folder = join(ROOT, 'dist/bin');

/** Writes programs with what several of them need in files of its own, and what only some calls need as well. */
async function write(input, cleanDir) {
  const bundle = await rolldown({ ...COMMON, input });
  await bundle.write({
    dir: folder,
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    cleanDir,
  });
  await bundle.close();
}

await write(
  {
    offtrail: join(ROOT, 'dist/cli.js'),
    'command-line': join(ROOT, 'dist/commands/command-line.js'),
    worker: join(ROOT, 'dist/ingest/worker.js'),
    'text-worker': join(ROOT, 'dist/ingest/text-worker.js'),
    'sort-worker': join(ROOT, 'dist/store/load/sort-worker.js'),
    'encode-worker': join(ROOT, 'dist/export/encode-worker.js'),
    'hash-worker': join(ROOT, 'dist/integrity/hash-worker.js'),
    'sql-process': join(ROOT, 'dist/web/sql-process.js'),
  },
  true,
);
// One file: the page's first rows wait for it, and a hundred files take as long to open as to run.
await write({ 'question-process': join(ROOT, 'dist/web/question-process.js') }, false);
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
