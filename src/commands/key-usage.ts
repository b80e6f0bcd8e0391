/** `offtrail key-usage <key | ARN>`: who uses an access key, of CloudTrail and access logs together. */

import type { KeyUsage } from '../query/access/key-usage.js';
import type { Candidate } from '../query/access/last-used.js';
import type { LineCount } from '../query/access/requester-lines.js';
import type { Counted } from '../query/columns/counts.js';
import { FOUND_NOTES, given, limit, numberOf, TEXT_SCREEN, text } from './options.js';
import { counted, EXIT, numberText, print, printRows, printValue, say, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const keyUsage = verb({
  name: 'key-usage',
  words: {
    name: 'key',
    description: 'an access key, or the ARN of an IAM user, a role or a session',
  },
  summary: 'who uses an access key: CloudTrail and S3 access logs together, and what fits its last use',
  description:
    'What CloudTrail and S3 access logs each know of an access key: whose it is, its events, the lines of its requester, and, for the last use that IAM shows, the rows around that time, those first that fit best. Says what cannot be known, and why.',
  notes: [FOUND_NOTES],
  examples: [
    ['offtrail key-usage AKIAKQ6IQI7PMFXZWLNZ', 'an access key'],
    [
      'offtrail key-usage arn:aws:iam::111122223333:user/ana --last-used 2019-07-05T14:02Z --service s3 --region us-east-1',
      'what aws iam get-access-key-last-used printed',
    ],
  ],
  options: {
    'last-used': text('when IAM says that it was last used; a whole minute stands for all of it'),
    service: text('the service that IAM names with it: s3, ec2, …; needs --last-used'),
    region: text('the region that IAM names with it; needs --last-used'),
    within: text('minutes before and after --last-used in which rows are looked at [default: 10]'),
    limit: { ...limit, default: '10', description: 'maximum number of rows of each section, or all' },
    ...TEXT_SCREEN,
  },
  async run({ words, options: { db, format, limit, ...asked } }) {
    const key = words[0]!;
    const most = numberOf(limit);
    const [{ keyUsage }, { sayHidden }] = await Promise.all([
      import('../query/access/key-usage.js'),
      import('./notes.js'),
    ]);
    const { lastUsed, service, region, within } = asked;
    const options = { ...given({ lastUsed, service, region, within }), limit: most };
    return withIndex(db, async index => {
      const usage = keyUsage(index, key, options, new Date());
      if (!usage) {
        say(
          'these logs have nothing of it: no event, no call that issued it, no access log line of its requester',
        );
        if (!key.startsWith('arn:'))
          say(
            `  aws iam get-access-key-last-used --access-key-id names its user: ask with the user’s ARN, and --last-used`,
          );
        await sayHidden(index, {}, { found: false, isWhole: false });
        return EXIT.nothingFound;
      }
      if (format === 'text') await printUsage(usage, most);
      else await printValue(usage, format);
      await sayHidden(index, {}, { found: true });
      return EXIT.ok;
    });
  },
});

async function printUsage(usage: KeyUsage, most: number): Promise<void> {
  await printOwners(usage);
  if (usage.lastUsed) await printLastUsed(usage.lastUsed);
  await printAddresses(usage, most);
  await printCloudTrail(usage, most);
  await printAccessLog(usage, most);
  await printLines('what cannot be known', usage.unknown);
}

/** Lines below a heading, safe whatever is in them. */
async function printLines(title: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const { printable } = await import('../output/escape.js');
  await print(`\n${title}\n${lines.map(line => `  ${printable(line)}\n`).join('')}`);
}

async function printOwners({ asked, foundAs, owners, keys, issues, linesOfKeys }: KeyUsage): Promise<void> {
  const { printable } = await import('../output/escape.js');
  await print(`${printable(asked)}: ${foundAs}\n`);
  await printLines(
    'whose it is',
    owners.map(({ arn, sources }) => `${arn}: ${sources.join('; ')}`),
  );
  await printLines(
    'issued',
    issues.map(
      ({ eventTime, eventName, caller, sourceIPAddress, eventID }) =>
        `${eventTime ?? '-'} by ${eventName}, to ${caller.arn ?? caller.invokedBy ?? '-'} from ${sourceIPAddress ?? '-'}: ${eventID ?? '-'}`,
    ),
  );
  const linesOf = new Map(linesOfKeys.map(({ accessKeyId, lines }) => [accessKeyId, lines]));
  await printLines(
    'keys of the owner in these logs',
    keys.map(({ accessKeyId, events }) => {
      const lines = linesOf.get(accessKeyId);
      const joined = lines === undefined ? '' : `, of which access logs have ${counted(lines, 'line')}`;
      return `${accessKeyId}: ${counted(events, 'CloudTrail event')}${joined}`;
    }),
  );
}

const FIT_COLUMNS = [
  ...['fit', 'time', 'seconds apart', 'call', 'bucket', 'key', 'region', 'requester', 'address'],
  ...['user agent', 'instance', 'status', 'access key', 'seen', 'request id', 'why'],
];

const fitRow = (of: Candidate): Array<string | number | null> => [
  of.fit,
  of.time,
  of.secondsApart,
  of.operation ?? of.eventName,
  of.bucket,
  of.key,
  of.region,
  of.requester,
  of.address,
  of.userAgent,
  of.instance,
  of.status ?? of.errorCode,
  of.accessKeyId,
  of.seen,
  of.requestId,
  of.reasons.join('; '),
];

async function printLastUsed({ time, candidates, more }: NonNullable<KeyUsage['lastUsed']>): Promise<void> {
  const rest = more > 0 ? `, ${numberText(more)} more: --limit` : '';
  await print(`\nlast used ${time}: ${counted(candidates.length, 'row')} around it, the best first${rest}\n`);
  if (candidates.length > 0)
    await printRows({ columns: FIT_COLUMNS, nested: [], rows: candidates.map(fitRow).values() }, 'table');
}

async function printAddresses({ addresses }: KeyUsage, most: number): Promise<void> {
  const rows = addresses.flatMap(({ address, neighbours }) =>
    neighbours
      .slice(0, most)
      .map(({ arn, instance, events, lines, first, last }) => [
        address,
        arn,
        instance,
        events,
        lines,
        first,
        last,
      ]),
  );
  if (rows.length === 0) return;
  await print('\nwho else was at its addresses, sessions of instances first\n');
  const columns = ['address', 'who', 'instance', 'events', 'lines', 'first', 'last'];
  await printRows({ columns, nested: [], rows: rows.values() }, 'table');
}

async function printCloudTrail({ cloudTrail }: KeyUsage, most: number): Promise<void> {
  if (!cloudTrail) return print('\nCloudTrail: no event by it\n');
  const { events, errors, first, last } = cloudTrail;
  await print(
    `\nCloudTrail: ${counted(events, 'event')}, ${counted(errors, 'error')}, from ${first ?? '-'} to ${last ?? '-'}\n`,
  );
  const sections: Array<[columns: string[], rows: Counted[]]> = [
    [['service', 'call'], cloudTrail.calls],
    [['address'], cloudTrail.addresses],
    [['user agent'], cloudTrail.agents],
    [['region'], cloudTrail.regions],
  ];
  for (const [columns, rows] of sections) {
    await printRows(
      {
        columns: [...columns, 'events', 'errors', 'first', 'last'],
        nested: [],
        rows: rows
          .slice(0, most)
          .map(({ values, events, errors, first, last }) => [...values, events, errors, first, last])
          .values(),
      },
      'table',
    );
  }
}

async function printAccessLog({ accessLog }: KeyUsage, most: number): Promise<void> {
  if (!accessLog) return print('\naccess logs: no line of its requester\n');
  const { lines, errors, first, last } = accessLog;
  await print(
    `\naccess logs: ${counted(lines, 'line')} of its requester, whatever the key, ${counted(errors, 'error')}, from ${first ?? '-'} to ${last ?? '-'}\n`,
  );
  const sections: Array<[column: string, rows: LineCount[]]> = [
    ['requester', accessLog.requesters],
    ['bucket', accessLog.buckets],
    ['operation', accessLog.operations],
    ['address', accessLog.addresses],
    ['user agent', accessLog.agents],
  ];
  for (const [column, rows] of sections)
    await printRows(
      {
        columns: [column, 'lines', 'errors', 'first', 'last'],
        nested: [],
        rows: rows
          .slice(0, most)
          .map(({ value, lines, errors, first, last }) => [value, lines, errors, first, last])
          .values(),
      },
      'table',
    );
}
