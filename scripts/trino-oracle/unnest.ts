/**
 * Athena unnests an array of rows into one column of type row: `UNNEST(resources) AS t(resource)`, then `resource.arn`.
 * Trino gives a column for each field, and the setting `deprecated.legacy-unnest-array-rows` that changed this is gone.
 * So the two places that tell rows from other elements are compiled again without that case.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { download, must } from './download.js';
import { type Layout, VERSION } from './layout.js';

interface Change {
  path: string;
  /** The first `before` after this is meant. */
  after: string;
  before: string;
  instead: string;
}

const CHANGES: Change[] = [
  {
    path: 'io/trino/sql/analyzer/StatementAnalyzer.java',
    after: 'protected Scope visitUnnest(',
    before: 'elementType instanceof RowType rowType)',
    instead: 'elementType instanceof RowType rowType && rowType.getFields().isEmpty())',
  },
  {
    path: 'io/trino/operator/unnest/UnnestOperator.java',
    after: 'private static Unnester createUnnester(',
    before: 'elementType instanceof RowType)',
    instead: 'elementType instanceof RowType && elementType.getTypeParameters().isEmpty())',
  },
];

/** Makes a second server beside the one that was unpacked, once; the folders of this one. */
export function rowsKeptWhole(places: Layout): Layout {
  const { root, server } = places;
  const changed = { ...places, server: `${server}-rows-whole` };
  const done = join(changed.server, 'unnest-keeps-rows');
  if (existsSync(done)) return changed;
  rmSync(changed.server, { recursive: true, force: true });
  cpSync(server, changed.server, { recursive: true, verbatimSymlinks: true });
  const sources = download(root, 'trino-main', 'jar:sources');
  const work = join(root, 'unnest');
  const paths = CHANGES.map(({ path, after, before, instead }) => {
    const text = spawnSync('unzip', ['-p', sources, path], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
    const at = text.indexOf(before, text.indexOf(after));
    if (at < 0 || !text.includes(after)) throw new Error(`${path} is not that of Trino ${VERSION}`);
    const target = join(work, 'src', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text.slice(0, at) + instead + text.slice(at + before.length));
    return target;
  });
  const classes = join(work, 'classes');
  const lib = join(changed.server, 'lib');
  const options = ['-nowarn', '-proc:none', '-parameters', '--release', '24'];
  must('javac', [...options, '-cp', join(lib, '*'), '-d', classes, ...paths]);
  must('jar', ['uf', join(lib, `io.trino_trino-main-${VERSION}.jar`), '-C', classes, 'io']);
  writeFileSync(done, '');
  return changed;
}
