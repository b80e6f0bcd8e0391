/** What CloudTrail's digests say of the log files: findings by level, keys that are missing, and the chains. */

import { VERDICTS, type Verdict } from '../../../cloudtrail/digest.js';
import { FINDINGS, type FindingKind, type Level } from '../../../integrity/findings.js';
import type { ChainSummary, MissingKey } from '../../../integrity/verify.js';
import type { ShownVerification } from '../../shortened.js';
import { useAnswer } from '../ask.js';
import { CommandLine, Copy, ErrorNote, Waiting } from '../parts/notes.js';
import { numberText } from '../parts/number.js';
import { Exports, Table, type TableColumn } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import './verify.css';

/** The levels, the worst first, and what each is. */
const LEVELS: ReadonlyArray<[level: Level, title: string, about: string]> = [
  ['alarm', 'Alarms', 'something is not what CloudTrail wrote, or does not fit what it wrote'],
  ['gap', 'Gaps', 'something is not here, so that nothing can be said of it'],
  ['note', 'Notes', 'what could not be checked, and why; an untouched copy may have it'],
];

export function VerifyPage() {
  const { answer, command, error, isWaiting } = useAnswer<ShownVerification>('verify', {});
  return (
    <>
      <h1>Verify</h1>
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {answer && <Findings verification={answer} />}
      <CommandLine command={command} />
    </>
  );
}

function Findings({ verification }: { verification: ShownVerification }) {
  const { chains, chainsLeftOut, logFiles, missingKeys } = verification;
  return (
    <>
      {chains.length === 0 && (
        <p class="note">
          No digest that can be checked is in the index: nothing can be said of the log files. Download
          AWSLogs/ACCOUNT/CloudTrail-Digest as well, and ingest it.
        </p>
      )}
      <Verdicts logFiles={logFiles} />
      {missingKeys.length > 0 && <MissingKeys missingKeys={missingKeys} />}
      {LEVELS.map(([level, title, about]) => (
        <LevelSection key={level} level={level} title={title} about={about} verification={verification} />
      ))}
      {verification.findings.length > 0 && (
        <p>
          All findings: <Exports question="verify" options={{}} />
        </p>
      )}
      {chains.length > 0 && (
        <>
          <h2>Chains of digests</h2>
          <Table label="Chains of digests" columns={CHAIN_COLUMNS} rows={chains} />
          {chainsLeftOut > 0 && <p>and {numberText(chainsLeftOut)} more</p>}
        </>
      )}
    </>
  );
}

function Verdicts({ logFiles }: Pick<ShownVerification, 'logFiles'>) {
  const rows = Object.entries(VERDICTS).map(([verdict, meaning]) => ({
    verdict,
    meaning,
    files: logFiles[verdict as Verdict],
  }));
  return (
    <>
      <h2>Log files here</h2>
      <Table
        label="Log files by verdict"
        columns={[
          { name: 'verdict', cell: row => row.verdict },
          { name: 'files', isNumber: true, cell: row => numberText(row.files) },
          { name: 'meaning', cell: row => row.meaning },
        ]}
        rows={rows}
      />
    </>
  );
}

/** Commands that are named, of a long list. */
const COMMANDS = 20;

function MissingKeys({ missingKeys }: { missingKeys: readonly MissingKey[] }) {
  const digests = missingKeys.reduce((sum, key) => sum + key.digests, 0);
  return (
    <>
      <h2>Public keys</h2>
      <p>
        {numberText(digests)} {digests === 1 ? 'signature was' : 'signatures were'} not checked for lack of
        keys. Get them with these, and give them to <code>offtrail verify --public-keys</code>:
      </p>
      <ul class="commands">
        {missingKeys.slice(0, COMMANDS).map(({ command }) => (
          <li key={command}>
            <code>
              <LogText value={command} />
            </code>{' '}
            <Copy text={command} what="the command" />
          </li>
        ))}
      </ul>
      {missingKeys.length > COMMANDS && (
        <p>and {numberText(missingKeys.length - COMMANDS)} more: the JSON has them</p>
      )}
    </>
  );
}

function LevelSection({
  level,
  title,
  about,
  verification: { counts, findings },
}: {
  level: Level;
  title: string;
  about: string;
  verification: ShownVerification;
}) {
  const kinds = counts.filter(({ kind }) => FINDINGS[kind].level === level);
  const total = kinds.reduce((sum, { count }) => sum + count, 0);
  return (
    <section aria-label={title}>
      <h2 class={total > 0 ? `level-${level}` : undefined}>
        {title}: {numberText(total)}
      </h2>
      {total > 0 && <p class="about">{about}</p>}
      {kinds.map(({ kind, count }) => (
        <Kind
          key={kind}
          kind={kind}
          count={count}
          rows={findings.filter(finding => finding.kind === kind)}
          isOpen={level !== 'note'}
        />
      ))}
    </section>
  );
}

function Kind({
  kind,
  count,
  rows,
  isOpen,
}: {
  kind: FindingKind;
  count: number;
  rows: ShownVerification['findings'];
  isOpen: boolean;
}) {
  return (
    <details class="finding-kind" open={isOpen}>
      <summary>
        <strong>{kind}</strong> ({numberText(count)})
      </summary>
      <p class="about">{FINDINGS[kind].meaning}</p>
      <Table label={kind} columns={[{ name: 'file' }, { name: 'because', title: 'rests on' }]} rows={rows} />
      {count > rows.length && <p>and {numberText(count - rows.length)} more, which the exports have</p>}
    </details>
  );
}

const count = (name: keyof ChainSummary & string, title: string): TableColumn<ChainSummary> => ({
  ...{ name, title, isNumber: true },
  cell: chain => numberText(chain[name] as number),
});

const CHAIN_COLUMNS: ReadonlyArray<TableColumn<ChainSummary>> = [
  { name: 'account' },
  { name: 'region' },
  {
    name: 'trail',
    cell: ({ trail, isBackfill }) => <LogText value={isBackfill ? `${trail} (backfill)` : trail} />,
  },
  count('digests', 'digests'),
  count('valid', 'valid'),
  count('invalid', 'invalid'),
  count('unchecked', 'not checked'),
  { name: 'from' },
  { name: 'to' },
  count('listed', 'log files listed'),
  count('missing', 'not here'),
];
