/** `offtrail verify`: what CloudTrail's digests say of the log files. */

import type { PublicKeys } from '../integrity/public-keys.js';
import type { FileVerdict, Verification } from '../integrity/verify.js';
import type { Cell } from '../output/cell.js';
import type { Db } from '../query/open.js';
import { flag, limit, numberOf, ROWS, text } from './options.js';
import {
  counted,
  EXIT,
  numberText as n,
  print,
  printRows,
  printValue,
  say,
  warn,
  withIndex,
} from './terminal.js';
import { verb } from './verb.js';

export const verify = verb({
  name: 'verify',
  summary: 'whether log files are what CloudTrail’s digests say, and which are missing or unlisted',
  description:
    'Checks every digest file in the index: its signature, its links to the one before it, and the hash of every log file that it lists. It takes all trails, accounts and regions at once, and needs no network.',
  notes: [
    'It answers from the hashes that the ingest took; --reread takes them again from the files. The verdict on each log file stays in the index: the column evidence and the filter --evidence. Keys that you give stay there, too: another run adds to them, and --forget-keys drops them.',
    'A key file proves nothing that its source does not: get it with aws cloudtrail list-public-keys yourself. docs/integrity.md says what digests can prove, and what no program can tell offline.',
    'Exit code: 0 no alarm and no gap; 1 an alarm (a file is not what CloudTrail wrote), a gap (something is not here) or no digest at all; 2 error. What could not be checked for lack of a key or a signature is a note.',
  ],
  examples: [
    ['offtrail verify', 'check chains and hashes, and say which keys the signatures need'],
    ['offtrail verify --reread', 'compare with the files on the disk as they are now'],
    ['offtrail verify --files --format csv', 'every log file with its hash, digest and verdict'],
  ],
  options: {
    'public-keys': {
      ...text(
        'files with the output of aws cloudtrail list-public-keys; keys that were given before count as well',
      ),
      array: true,
    },
    'forget-keys': flag('drop the keys that were given before'),
    reread: flag('hash the files on the disk again, in place of the hashes of the ingest'),
    files: flag('list every log file with its verdict, in place of the findings'),
    report: text('write a report for a case file into this new or empty folder'),
    limit: {
      ...limit,
      default: '50',
      description: 'maximum number of rows of a list, of files of one kind of finding in a table, or all',
    },
    ...ROWS,
  },
  async run({ options: { db, format, files, reread, publicKeys, forgetKeys, report, limit } }) {
    return withIndex(db, async index => {
      const { verification, notKept, keys } = await verified(
        index,
        { files: publicKeys ?? [], forgets: forgetKeys === true },
        reread === true,
      );
      sayBadKeys(keys);
      if (notKept !== undefined) say(`the verdicts are not kept in the index: ${notKept}`);
      if (report !== undefined) {
        const { writeEvidenceReport } = await import('../integrity/report.js');
        const options = { folder: report, keys, isReread: reread === true, now: new Date() };
        for (const path of writeEvidenceReport(index, verification, options)) say(`wrote ${path}`);
      }
      if (format === 'json') await printValue(asData(verification), format);
      else if (files) {
        const { fileVerdicts } = await import('../integrity/verify.js');
        await printRows(fileRows(fileVerdicts(verification)), format, numberOf(limit));
      } else if (format === 'table') await printOverview(verification, numberOf(limit));
      else await printRows(findingRows(verification), format, numberOf(limit));
      sayMissingKeys(verification);
      const { sayPassedOver } = await import('./notes.js');
      sayPassedOver(index);
      if (verification.chains.length === 0) {
        warn('no digest that can be checked is in the index: nothing can be said of the log files');
        warn('  download AWSLogs/<account>/CloudTrail-Digest as well, and ingest it');
        return EXIT.incomplete;
      }
      return verification.findings.some(({ level }) => level !== 'note') ? EXIT.incomplete : EXIT.ok;
    });
  },
});

/** Checks the index, and keeps the verdicts in it. */
async function verified(
  index: Db,
  given: { files: readonly string[]; forgets: boolean },
  rereads: boolean,
): Promise<{ verification: Verification; notKept: string | undefined; keys: PublicKeys }> {
  const [{ verifyDigests }, { keepVerification, keptKeys }, { byFingerprint, readSomeKeys }] =
    await Promise.all([
      import('../integrity/verify.js'),
      import('../integrity/evidence.js'),
      import('../integrity/public-keys.js'),
    ]);
  const kept = given.forgets ? [] : [...keptKeys(index).values()].flat();
  const keys = byFingerprint([...[...readSomeKeys(given.files).values()].flat(), ...kept]);
  const { changedFiles, rereadFiles } = await import('../integrity/reread.js');
  // The threads read while this one checks.
  const reading = rereads ? rereadFiles(index) : undefined;
  // What is kept speaks of what was indexed, whatever the files are now.
  const verification = verifyDigests(index, { keys });
  const notKept = keepVerification(index, verification, keys);
  if (!reading) return { verification, notKept, keys };
  const changes = changedFiles(index, await reading);
  // Most often nothing has changed, and the answer is the same.
  return changes.size === 0
    ? { verification, notKept, keys }
    : { verification: verifyDigests(index, { keys, reread: changes }), notKept, keys };
}

/** What JSON has: everything but the list of files, which `--files` gives. */
function asData({ chains, logFiles, findings, missingKeys }: Verification): object {
  return { chains, logFiles, findings, missingKeys };
}

const CHAIN_COLUMNS = [
  ...['account', 'region', 'trail', 'digests', 'valid', 'invalid', 'not checked'],
  ...['from', 'to', 'log files listed', 'not here'],
];

async function printOverview({ chains, logFiles, findings }: Verification, most: number): Promise<void> {
  if (chains.length > 0) await printRows(chainRows(chains), 'table');
  const files = Object.entries(logFiles).map(([verdict, count]) => `${n(count)} ${verdict}`);
  await print(`\nlog files here: ${files.join(', ')}\n`);
  const count = (level: string): number => findings.filter(of => of.level === level).length;
  await print(
    `findings: ${counted(count('alarm'), 'alarm')}, ${counted(count('gap'), 'gap')}, ${counted(count('note'), 'note')}\n`,
  );
  await printFindings(findings, most);
}

const chainRows = (
  chains: Verification['chains'],
): { columns: string[]; rows: IterableIterator<Cell[]> } => ({
  columns: CHAIN_COLUMNS,
  rows: chains
    .map((c): Cell[] => [
      c.account,
      c.region,
      c.isBackfill ? `${c.trail} (backfill)` : c.trail,
      ...[n(c.digests), n(c.valid), n(c.invalid), n(c.unchecked)],
      ...[c.from, c.to, n(c.listed), n(c.missing)],
    ])
    .values(),
});

/** The findings by their kind, with what each kind means. Files are named but for notes, which `--format csv` lists. */
async function printFindings(findings: Verification['findings'], most: number): Promise<void> {
  const [{ FINDINGS }, { printable }] = await Promise.all([
    import('../integrity/findings.js'),
    import('../output/escape.js'),
  ]);
  for (const kind of new Set(findings.map(of => of.kind))) {
    const { level, meaning } = FINDINGS[kind];
    const all = findings.filter(of => of.kind === kind);
    await print(`\n${level}: ${kind} (${n(all.length)}): ${meaning}\n`);
    const shown = level === 'note' ? [] : all.slice(0, most);
    for (const { file, because } of shown) await print(`  ${printable(file)}\n    ${printable(because)}\n`);
    if (shown.length < all.length && level !== 'note')
      await print(`  and ${n(all.length - shown.length)} more: --limit all, or --format csv\n`);
  }
}

const findingRows = ({ findings }: Verification): { columns: string[]; rows: IterableIterator<Cell[]> } => ({
  columns: ['level', 'finding', 'file', 'because'],
  rows: findings.map((of): Cell[] => [of.level, of.kind, of.file, of.because]).values(),
});

const fileRows = (files: readonly FileVerdict[]): { columns: string[]; rows: IterableIterator<Cell[]> } => ({
  columns: ['verdict', 'path', 'size', 'sha256', 'digest'],
  rows: files.map((of): Cell[] => [of.verdict, of.path, of.size, of.sha256, of.digest]).values(),
});

/** A key that is not used proves nothing, and its digests count as not checked. */
function sayBadKeys(keys: PublicKeys): void {
  for (const { fingerprint, source, problem } of [...keys.values()].flat())
    if (problem !== '') warn(`the key ${fingerprint} of ${source} is not used: ${problem}`);
}

/** Commands that are printed, of a long list. */
const COMMANDS = 10;

function sayMissingKeys({ missingKeys }: Verification): void {
  if (missingKeys.length === 0) return;
  warn(
    `signatures of ${counted(
      missingKeys.reduce((sum, { digests }) => sum + digests, 0),
      'digest',
    )} were not checked for lack of keys; get them with`,
  );
  for (const { command } of missingKeys.slice(0, COMMANDS)) warn(`  ${command}`);
  if (missingKeys.length > COMMANDS)
    warn(`  and ${n(missingKeys.length - COMMANDS)} more: --format json lists them`);
}
