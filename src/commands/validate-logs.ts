/** `offtrail validate-logs`: the arguments and the output of `aws cloudtrail validate-logs`. */

import { LookupError } from '../errors.js';
import type { Line } from '../integrity/validate-logs.js';
import { IGNORED_ARGUMENTS } from './lookup-events.js';
import { flag, TEXT, text } from './options.js';
import { print, printValue, say, sayError, withIndex } from './terminal.js';
import { type OptionValues, verb } from './verb.js';

const VALIDATE_OPTIONS = {
  'trail-arn': { ...text('ARN of the trail whose digests are validated'), demandOption: true },
  'start-time': {
    ...text('log files delivered at or after this time, in UTC: 2015-01-08T05:21:42Z'),
    demandOption: true,
  },
  'end-time': text('log files delivered at or before this time [default: now]'),
  's3-bucket': text('bucket of the digests [default: that of the newest digests of the trail]'),
  's3-prefix': text('prefix of the keys of the digests; counts only with --s3-bucket'),
  'account-id': text(
    'account whose digests are validated, for a trail of an organization [default: that of the ARN]',
  ),
  region: text('region whose digests are validated [default: the home region of the trail]'),
  verbose: flag('list valid files as well'),
  'public-keys': {
    type: 'string',
    array: true,
    requiresArg: true,
    description:
      'files with the output of aws cloudtrail list-public-keys [default: those that offtrail verify was given last]',
  },
} as const;

/** The exit code of the AWS CLI where it refuses or cannot go on. */
const REFUSED = 255;

export const validateLogs = verb({
  name: 'validate-logs',
  summary: 'like aws cloudtrail validate-logs, on the index',
  description:
    'The arguments, the output and the exit codes of aws cloudtrail validate-logs, on log files and digests that were downloaded and indexed.',
  examples: [
    [
      'offtrail validate-logs --trail-arn arn:aws:cloudtrail:us-east-1:111122223333:trail/main --start-time 2026-03-02 --verbose',
      'every digest and log file since that day, with the keys that offtrail verify was given',
    ],
  ],
  options: { ...VALIDATE_OPTIONS, ...IGNORED_ARGUMENTS, ...TEXT },
  notes: [
    'Exit code: 0 every digest and log file is valid; 1 one is invalid; 255 the AWS CLI would refuse the arguments, or there is no public key; 2 other errors.',
  ],
  async run({ options }) {
    const values = options as OptionValues<typeof VALIDATE_OPTIONS & typeof TEXT>;
    const [{ textOf, validateLogs, validationData }, { keptKeys }, { readPublicKeys }, { beginReading }] =
      await Promise.all([
        import('../integrity/validate-logs.js'),
        import('../integrity/evidence.js'),
        import('../integrity/public-keys.js'),
        import('../query/snapshot.js'),
      ]);
    return withIndex(values.db, async index => {
      const end = beginReading(index);
      try {
        const keys = values.publicKeys ? readPublicKeys(values.publicKeys) : keptKeys(index);
        if (keys.size === 0)
          say('no public keys: --public-keys FILE takes the output of aws cloudtrail list-public-keys');
        const validation = validateLogs(
          index,
          {
            trailArn: values.trailArn!,
            startTime: values.startTime!,
            endTime: values.endTime,
            bucket: values.s3Bucket,
            prefix: values.s3Prefix,
            accountId: values.accountId,
            region: values.region,
            verbose: values.verbose,
          },
          { keys, now: new Date() },
        );
        if (values.format === 'text') return await printAll(textOf(validation));
        const { data, code } = validationData(validation);
        await printValue(data, values.format);
        return code;
      } catch (error) {
        if (!(error instanceof LookupError)) throw error;
        sayError(error);
        return REFUSED;
      } finally {
        end();
      }
    });
  },
});

/** Prints line by line; returns the exit code. */
async function printAll(lines: Generator<Line, number>): Promise<number> {
  for (;;) {
    const next = lines.next();
    if (next.done) return next.value;
    const { to, text } = next.value;
    if (to === 'note') say(text);
    else if (to === 'stderr') process.stderr.write(text);
    else await print(text);
  }
}
