/** The report of a verification for a case file: the findings, in words and as data, and a list of every file. */

import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { VERDICTS } from '../cloudtrail/digest.js';
import { messageOf, UsageError } from '../errors.js';
import type { Cell } from '../output/cell.js';
import { CSV, csvCell } from '../output/csv.js';
import { printable } from '../output/escape.js';
import { jsonPieces } from '../output/json.js';
import type { Db } from '../store/open.js';
import { VERSION } from '../version.js';
import { FINDINGS, type Finding } from './findings.js';
import { type PublicKeys, validityText } from './public-keys.js';
import { fileVerdicts, type Verification } from './verify.js';

export interface ReportOptions {
  /** A folder that is not there, or empty. */
  folder: string;
  /** The keys that the verification was made with. */
  keys: PublicKeys;
  /** True where the files were hashed again. */
  isReread: boolean;
  now: Date;
}

/**
 * Writes the report. The folder appears whole, or not at all.
 * @returns the files, in the order in which to read them
 * @throws UsageError `BAD_VALUE` where the folder holds something; errors of the system
 */
export function writeEvidenceReport(db: Db, verification: Verification, options: ReportOptions): string[] {
  const folder = resolve(options.folder);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UsageError(
      'BAD_VALUE',
      `${folder} is not empty`,
      'give a folder that does not exist yet, or an empty one',
    );
  const facts = factsOf(db, verification, options);
  const contents: Array<[name: string, pieces: Iterable<string>]> = [
    ['README.md', [readme(verification, facts)]],
    ['summary.json', jsonPieces({ ...facts, ...summaryOf(verification) }, 2)],
    ['findings.csv', csvOf(['level', 'finding', 'file', 'because'], findingCells(verification.findings))],
    [
      'files.csv',
      csvOf(['path', 'bytes', 'sha256_of_inflated_bytes', 'digest', 'verdict'], fileCells(db, verification)),
    ],
    ['events.csv', csvOf(EVENT_COLUMNS, eventCells(db))],
  ];
  mkdirSync(dirname(folder), { recursive: true });
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    const sums = contents.map(([name, pieces]) => `${writeWhole(join(partial, name), pieces)}  ${name}\n`);
    writeWhole(join(partial, 'SHA256SUMS'), sums);
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw new UsageError(
      'BAD_VALUE',
      `the report cannot be written to ${folder}: ${messageOf(error)}`,
      'give a folder on a disk that you can write to',
      {
        cause: error,
      },
    );
  }
  return [...contents.map(([name]) => join(folder, name)), join(folder, 'SHA256SUMS')];
}

/** Writes a file and waits for the disk. @returns the SHA-256 of what was written */
function writeWhole(path: string, pieces: Iterable<string>): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'wx');
  try {
    for (const piece of pieces) {
      const bytes = Buffer.from(piece, 'utf8');
      hash.update(bytes);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

type Facts = ReturnType<typeof factsOf>;

/** What the verification was made of. */
function factsOf(db: Db, { missingKeys }: Verification, { keys, isReread, now }: ReportOptions) {
  const runs = db.prepare('SELECT started, finished, version, inputs FROM run ORDER BY id').all() as Array<
    Record<'started' | 'finished' | 'version' | 'inputs', string | null>
  >;
  return {
    made: now.toISOString(),
    offtrail: VERSION,
    index: resolve(db.name),
    ingests: runs.map(({ inputs, ...run }) => ({ ...run, inputs: JSON.parse(inputs ?? '[]') as string[] })),
    hashes: isReread
      ? 'taken from the files when this report was made'
      : 'taken when the files were ingested',
    keys: [...keys.values()].flat().map(({ fingerprint, source, validFrom, validTo, problem }) => ({
      fingerprint,
      source: resolve(source),
      validFrom: validityText(validFrom),
      validTo: validityText(validTo),
      problem: problem || null,
    })),
    missingKeys,
  };
}

const summaryOf = ({ chains, logFiles, findings }: Verification) => ({ chains, logFiles, findings });

const findingCells = (findings: readonly Finding[]): Cell[][] =>
  findings.map(({ level, kind, file, because }) => [level, kind, file, because]);

/** Every file of the ledger; in place of a verdict, files that are not logs say what they are. */
function* fileCells(db: Db, verification: Verification): Generator<Cell[]> {
  const verdicts = new Map(fileVerdicts(verification).map(of => [of.path, of]));
  const gone = new Set(
    verification.findings.flatMap(({ kind, file }) => (kind === 'gone since the ingest' ? [file] : [])),
  );
  const signatures = new Map(verification.digests.map(of => [of.file.path, of.signature.result]));
  const files = db
    .prepare(
      'SELECT path, size, sha256, coalesce(shape, reason) AS what FROM file WHERE NOT is_replaced ORDER BY path',
    )
    .all() as Array<{ path: string; size: number | null; sha256: string | null; what: string | null }>;
  for (const { path, size, sha256, what } of files) {
    const of = verdicts.get(path);
    const signature = signatures.get(path);
    const verdict =
      of?.verdict ?? (signature ? `digest, signature: ${signature}` : `(${what ?? 'not a log'})`);
    if (gone.has(path)) yield [path, null, null, null, 'gone since the ingest'];
    else yield [path, size, of?.sha256 ?? sha256, of?.digest ?? null, verdict];
  }
}

/** Columns of the events of files that digests speak against. */
const EVENT_COLUMNS = [
  ...['verdict', 'eventTime', 'eventName', 'eventSource', 'who', 'sourceIPAddress', 'awsRegion'],
  ...['errorCode', 'eventID', 'file', 'record'],
];

/** The events of altered files and of those that no digest lists. */
function* eventCells(db: Db): Generator<Cell[]> {
  yield* db
    .prepare(
      `SELECT v.verdict, e.eventtime, k.eventname, k.eventsource, coalesce(i.arn, i.username, i.invokedby, i.principalid),
        a.sourceipaddress, k.awsregion, k.errorcode, e.eventid, f.path, e.ordinal + 1
      FROM evidence AS v
        JOIN event AS e ON e.file_id = v.file_id
        JOIN file AS f ON f.id = v.file_id
        JOIN kind AS k ON k.id = e.kind_id
        LEFT JOIN identity AS i ON i.id = e.identity_id
        LEFT JOIN address AS a ON a.id = e.address_id
      WHERE v.verdict IN ('altered', 'unlisted') ORDER BY v.verdict, f.path, e.ordinal`,
    )
    .raw(true)
    .iterate() as Iterable<Cell[]>;
}

function* csvOf(columns: readonly string[], rows: Iterable<Cell[]>): Generator<string> {
  yield stringify([columns as string[]], CSV);
  // People look at a report with cat, too: names of files and texts of logs must not move the cursor.
  for (const row of rows)
    yield stringify([row.map(cell => csvCell(typeof cell === 'string' ? printable(cell) : cell))], CSV);
}

/** A path for Markdown, as it can be copied. */
const code = (path: string): string => `\`${printable(path).replaceAll('`', "'")}\``;

/** Text for Markdown: nothing in it is markup. */
const plain = (text: string): string => printable(text).replaceAll(/[\\`*_{}[\]<>()#+!|~]/g, '\\$&');

/** Findings that the summary names, of each kind; the others are in the list. */
const NAMED = 100;

function readme({ chains, logFiles, findings }: Verification, facts: Facts): string {
  const rows = chains.map(
    c =>
      `| ${[c.account, c.region, c.isBackfill ? `${c.trail} (backfill)` : c.trail, c.digests, c.valid, c.invalid, c.unchecked, c.from, c.to, c.listed, c.missing].map(cell => plain(String(cell))).join(' | ')} |`,
  );
  const kinds = [...new Set(findings.map(({ kind }) => kind))].flatMap(kind => {
    const all = findings.filter(of => of.kind === kind);
    const { level, meaning } = FINDINGS[kind];
    return [
      `### ${level}: ${kind} (${all.length})\n\n${meaning}\n`,
      ...all.slice(0, NAMED).map(({ file, because }) => `- ${code(file)}: ${plain(because)}`),
      ...(all.length > NAMED ? [`- and ${all.length - NAMED} more in findings.csv`] : []),
      '',
    ];
  });
  return [
    '# Integrity of CloudTrail log files\n',
    `Made on ${facts.made} by offtrail ${facts.offtrail} from the index ${plain(facts.index)}. The hashes were ${facts.hashes}.\n`,
    '## Log files by verdict\n',
    '| verdict | files | meaning |\n| --- | --- | --- |',
    ...Object.entries(VERDICTS).map(
      ([verdict, meaning]) => `| ${verdict} | ${logFiles[verdict as keyof typeof VERDICTS]} | ${meaning} |`,
    ),
    '\n## Chains of digests\n',
    '| account | region | trail | digests | signatures valid | invalid | not checked | from | to | log files listed | not here |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '\n## Public keys\n',
    facts.keys.length === 0
      ? 'No keys were given: no signature was checked, and whoever can write the files could have written the digests.\n'
      : 'The verdicts hold as far as these keys are CloudTrail’s: the index does not know where their files came from.\n',
    ...facts.keys.map(
      key =>
        `- ${plain(key.fingerprint)}, from ${plain(key.source)}, valid ${key.validFrom ?? '…'} to ${key.validTo ?? '…'}${key.problem ? `: not used, ${key.problem}` : ''}`,
    ),
    ...facts.missingKeys.map(({ command, digests }) => `- not given, for ${digests} digests: \`${command}\``),
    '\n## Findings\n',
    ...(kinds.length > 0 ? kinds : ['None.\n']),
    '## Checking a file by hand\n',
    'The hash of a log file or digest is that of its inflated bytes. This prints it, and the digest that files.csv names has it as `hashValue`, beside the key of the log file as `s3Object`:\n',
    '```sh\ngunzip -c FILE | sha256sum\ngunzip -c DIGEST | grep -o \'"s3Object":"[^"]*","hashValue":"[^"]*"\'\n```\n',
    '## Files of this report\n',
    `\`summary.json\`: the same as data. \`findings.csv\`: every finding. \`files.csv\`: every file that was ingested, with its bytes on disk, the SHA-256 of its inflated bytes, the digest that speaks of it, and the verdict. \`events.csv\`: the events of altered files and of files that no digest lists. \`SHA256SUMS\`: hashes of these files, for \`sha256sum -c\`; keep the hash of SHA256SUMS itself elsewhere, signed or on paper.\n`,
  ].join('\n');
}
