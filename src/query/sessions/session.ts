/** A session: an access key with what is known of it. */

import { compareText } from '../columns/order.js';
import type { Issue } from './issued.js';

/** An access key, what it is, and what was done with it. */
export interface Session {
  /** The access key. */
  accessKeyId: string;
  /** True for those that were asked for. */
  isAsked: boolean;
  /** The call that issued it, in the record that says most about the caller. */
  issuedBy: Issue | undefined;
  /** The records of the same call in other accounts: those with its sharedEventID. */
  alsoIn: Issue[];
  /** Other calls that gave the same key. Only one can have: in redacted logs one name stands for several keys. */
  otherIssues: Issue[];
  /** The sign-in that it comes from, by the user and the time: records do not name the keys of a sign-in. */
  signIn: SignIn | undefined;
  /** Why no event is known that issued it; undefined where one is. */
  missing: string | undefined;
  /** Who had it; undefined where no event was made with it. */
  identity: Identity | undefined;
  /** Number of events that were made with it. */
  events: number;
  /** Number of those that failed. */
  errors: number;
  /** eventTime of the first one; null where none has a time. */
  first: string | null;
  /** eventTime of the last one. */
  last: string | null;
  /** What was done with it, all of it: calls that write before the others, and the rare before the frequent. */
  calls: SessionCall[];
  /** The access key it was issued to. */
  parent: string | undefined;
  /** The access keys that were issued to it, in order of time. */
  children: string[];
  /** Calls by it for credentials that did not give any. */
  refused: Issue[];
}

/** A call that was made with a key. */
export interface SessionCall {
  /** The service, `s3.amazonaws.com`. */
  eventSource: string | null;
  /** The API action. */
  eventName: string | null;
  /** `false` for a call that writes; old records do not all say it. */
  readOnly: string | null;
  /** How often it was called. */
  events: number;
  /** How often it failed. */
  errors: number;
}

/** Who had a key, in the latest event with it. */
export interface Identity {
  /** `AssumedRole`, `IAMUser`, … */
  type: string | null;
  /** ARN of the caller. */
  arn: string | null;
  /** As lookup-events has it. */
  username: string | null;
  /** Account of the caller. */
  accountId: string | null;
  /** ARN of the role behind a session. */
  roleArn: string | null;
  /** The source identity of the session. */
  sourceIdentity: string | null;
  /** When the session began. */
  creationDate: string | null;
  /** `true` or `false`. */
  mfaAuthenticated: string | null;
  /** The service that made requests with it. */
  invokedBy: string | null;
}

/** A sign-in to the console, or a switch of roles in it. */
export interface SignIn {
  /** Its `event_rowid`. */
  eventRowid: number;
  /** The id that CloudTrail gave. */
  eventID: string | null;
  /** When it was. */
  eventTime: string;
  /** `ConsoleLogin`, … */
  eventName: string;
  /** Address of the user. */
  sourceIPAddress: string | null;
  /** ARN of the user. */
  arn: string | null;
}

/** A session of which nothing is known but its key. */
export function createSession(accessKeyId: string, isAsked: boolean): Session {
  return {
    accessKeyId,
    isAsked,
    issuedBy: undefined,
    alsoIn: [],
    otherIssues: [],
    signIn: undefined,
    missing: undefined,
    identity: undefined,
    events: 0,
    errors: 0,
    first: null,
    last: null,
    calls: [],
    parent: undefined,
    children: [],
    refused: [],
  };
}

const beginOf = (session: Session): string => session.issuedBy?.eventTime ?? session.first ?? '';

/** Sorts sessions by the time they began. */
export function inTime(all: Session[]): Session[] {
  return all.sort((a, b) => compareText(beginOf(a), beginOf(b)));
}
