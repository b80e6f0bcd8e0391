/**
 * Parses the statements of questions with Trino's own parser, of a version near to Athena's. Tests write them down:
 * `TRINO_STATEMENTS=FILE npx vitest run test/questions`, then `npx tsx scripts/trino-parser.ts FILE`. Needs `mvn` and a
 * JDK from 17 on.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { must, withJava } from './trino-oracle/download.js';

const VERSION = '435';

const file = process.argv[2];
if (file === undefined) throw new Error('usage: npx tsx scripts/trino-parser.ts FILE');
const folder = join(tmpdir(), `trino-parser-${VERSION}`);
const libraries = join(folder, 'lib');
if (!existsSync(libraries)) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>offtrail</groupId><artifactId>parser</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>io.trino</groupId><artifactId>trino-parser</artifactId><version>${VERSION}</version>
</dependency></dependencies></project>
`,
  );
  must('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], folder);
}
const program = join(import.meta.dirname, 'trino', 'Parse.java');
const { status } = spawnSync('java', ['-cp', join(libraries, '*'), program, resolve(file)], {
  env: withJava(),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
