/** The arguments of `aws cloudtrail validate-logs`, with errors in the words of the AWS CLI. */

import { LookupError } from '../../errors.js';
import { awsTime } from './time.js';

/** The arguments as text. */
export interface ValidateLogsOptions {
  trailArn: string;
  startTime: string;
  /** Default now. */
  endTime?: string | undefined;
  /** Default the bucket of the trail's newest digests. */
  bucket?: string | undefined;
  /** Counts where `bucket` is given, as for the AWS CLI. */
  prefix?: string | undefined;
  /** Account whose digests are validated, in a trail of an organization. Default the account of the ARN. */
  accountId?: string | undefined;
  /** Region whose digests are validated. Default the trail's home region. */
  region?: string | undefined;
  /** Whether valid files are shown as well. Default false. */
  verbose?: boolean | undefined;
}

/** A trail's digests of one region. */
export interface TrailRegion {
  name: string;
  homeRegion: string;
  /** Where what they list happened. */
  region: string;
}

export interface Request extends TrailRegion {
  arn: string;
  /** Milliseconds since 1970. */
  start: number;
  end: number;
  bucket: string | undefined;
  prefix: string;
  accountId: string | undefined;
  /** The account in the ARN. */
  owner: string;
  isVerbose: boolean;
}

/**
 * Reads the arguments.
 * @throws LookupError for a time or an ARN that is not valid, and for a range that ends before it begins
 */
export function requestOf(options: ValidateLogsOptions, now: Date): Request {
  const start = timeOf(options.startTime);
  const end = options.endTime ? timeOf(options.endTime) : now.getTime();
  if (start > end) throw refused('Invalid time range specified: start-time must occur before end-time');
  const { trailArn } = options;
  if (!/^arn:.+:cloudtrail:.+:\d{12}:trail\/.+/.test(trailArn))
    throw refused(`Invalid trail ARN provided: ${trailArn}`);
  const parts = trailArn.split(':');
  const homeRegion = parts[3]!;
  return {
    arn: trailArn,
    start,
    end,
    name: trailArn.slice(trailArn.lastIndexOf('/') + 1),
    homeRegion,
    region: options.region || homeRegion,
    bucket: options.bucket,
    prefix: options.prefix ?? '',
    accountId: options.accountId || undefined,
    owner: parts[4]!,
    isVerbose: options.verbose === true,
  };
}

/** An error of the AWS CLI. */
export const refused = (message: string): LookupError => new LookupError('ParamValidation', message);

/** @throws LookupError where the text is not a time */
export function timeOf(text: string): number {
  const time = awsTime(text);
  if (time === undefined) throw refused(unreadableTime(text));
  return time;
}

export const unreadableTime = (text: string): string => `Unable to parse date value: ${text}`;
