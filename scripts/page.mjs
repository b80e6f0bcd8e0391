// Builds the page into dist/web/app: one script, one style sheet, and the licences of what is in them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const APP = join(ROOT, 'src/web/app');
const OUT = join(ROOT, 'dist/web/app');

const { metafile } = await build({
  entryPoints: { app: join(APP, 'main.tsx') },
  outdir: OUT,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfig: join(APP, 'tsconfig.json'),
  absWorkingDir: ROOT,
  metafile: true,
  legalComments: 'none',
});
// The icon stands in the document: a browser asks for it again with every change of the address.
const icon = readFileSync(join(APP, 'icon.svg'), 'utf8').trim();
const document = readFileSync(join(APP, 'index.html'), 'utf8');
writeFileSync(
  join(OUT, 'index.html'),
  document.replace('/icon.svg', `data:image/svg+xml,${encodeURIComponent(icon)}`),
);

const packages = new Set(
  Object.keys(metafile.inputs).flatMap(path => {
    const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path) ?? [];
    return name ? [name] : [];
  }),
);
const licenceOf = name => {
  const folder = join(ROOT, 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`;
};
writeFileSync(
  join(OUT, 'licenses.txt'),
  [...packages]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(72)}\n\n`),
);
