/** `offtrail sessions <key | role | eventID>`: where credentials come from, and where they went. */

import { OfftrailError } from '../errors.js';
import type { Issue } from '../query/sessions/issued.js';
import type { Session } from '../query/sessions/session.js';
import type { Sessions } from '../query/sessions/sessions.js';
import { answerOn, engineName, ON, ON_NOTES } from './on.js';
import { limit, numberOf, TEXT_SCREEN } from './options.js';
import { EXIT, numberText, print, printValue, say, sayError, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const sessions = verb({
  name: 'sessions',
  words: {
    name: 'session',
    description:
      'an access key, a role or a session (name or ARN), a user name, or the eventID of a sign-in or of a call that gave credentials',
  },
  summary: 'temporary credentials: who issued them, what they did, which roles they assumed',
  description:
    'Follows temporary credentials both ways and across accounts: the AssumeRole, GetSessionToken, GetFederationToken or sign-in that issued them, what was done with them, and which further credentials they got.',
  notes: [ON_NOTES],
  examples: [
    ['offtrail sessions ASIAIOSFODNN7EXAMPLE', 'from a temporary key'],
    ['offtrail sessions deploy --limit all --format json', 'every session of a role'],
  ],
  options: {
    limit: {
      ...limit,
      default: '50',
      description:
        'maximum number of sessions to follow, those with the most events first; and how many more, of those they come from or led to; or all',
    },
    ...ON,
    ...TEXT_SCREEN,
  },
  async run({ words, options }) {
    const { db, format, limit } = options;
    const session = words[0]!;
    const most = numberOf(limit);
    const [{ sessions }, { printable }, { sayHidden }] = await Promise.all([
      import('../query/sessions/sessions.js'),
      import('../output/escape.js'),
      import('./notes.js'),
    ]);
    const printSessions = async (found: Sessions): Promise<void> => {
      if (found.takenFor.length > 0) say(`no session of ${session}; using ${found.takenFor.join(', ')}`);
      if (format === 'text') {
        const mostCalls = most === Number.POSITIVE_INFINITY ? most : CALLS;
        for (const line of treeOf(found, mostCalls)) await print(`${printable(line)}\n`);
      } else {
        const { foundAs, takenFor, roots, notFollowed } = found;
        const all = [...found.sessions.values()];
        await printValue({ foundAs, takenFor, roots, notFollowed, sessions: all }, format);
      }
    };
    const sayRest = ({ notFollowed }: Sessions): void => {
      if (notFollowed > 0)
        say(`${numberText(notFollowed)} more sessions are not followed, nor where they lead: --limit`);
    };
    const name = engineName(options);
    if (name !== undefined)
      return answerOn(name, options, { name: 'sessions', query: { session, limit: most } }, async found => {
        await printSessions(found);
        sayRest(found);
        return EXIT.ok;
      });
    return withIndex(db, async index => {
      const found = orUndefined(() => sessions(index, session, most));
      if (!found) {
        await sayHidden(index, {}, { found: false, isWhole: false });
        return EXIT.failed;
      }
      await printSessions(found);
      await sayHidden(index, {}, { found: true });
      sayRest(found);
      return EXIT.ok;
    });
  },
});

/** What is asked for; undefined where no session is known by the text, after that was said. */
function orUndefined(ask: () => Sessions): Sessions | undefined {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof OfftrailError) || error.code !== 'NO_SUCH_SESSION') throw error;
    sayError(error);
    return undefined;
  }
}

/** Calls of a session that are named, unless all are asked for. */
const CALLS = 10;

/** One block of lines for each session, those it issued below it and further in. */
function* treeOf({ sessions: all, roots }: Sessions, mostCalls: number): Generator<string> {
  const shown = new Set<string>();
  const left: Array<{ key: string; depth: number }> = roots.map(key => ({ key, depth: 0 })).reverse();
  for (let next = left.pop(); next; next = left.pop()) {
    const { key, depth } = next;
    const session = all.get(key);
    if (!session || shown.has(key)) continue;
    shown.add(key);
    const indent = '  '.repeat(depth);
    const [first, ...rest] = linesOf(session, depth === 0, mostCalls);
    yield `${indent}${session.isAsked ? '* ' : '- '}${first}`;
    for (const line of rest) yield `${indent}    ${line}`;
    for (const child of [...session.children].reverse()) left.push({ key: child, depth: depth + 1 });
  }
}

function linesOf(session: Session, isRoot: boolean, mostCalls: number): string[] {
  const { accessKeyId, identity, issuedBy, alsoIn, otherIssues, signIn, missing, events, errors, refused } =
    session;
  const lines = [[accessKeyId, nameOf(session)].filter(Boolean).join('  ')];
  if (issuedBy) {
    const by = isRoot ? `, to ${callerOf(issuedBy)}` : '';
    lines.push(`issued ${issueOf(issuedBy)}${by}`);
    for (const other of alsoIn)
      lines.push(`  also recorded in account ${other.account ?? '-'}: ${other.eventID ?? '-'}`);
    if (otherIssues.length > 0)
      lines.push(
        `  ${numberText(otherIssues.length)} other calls also gave this key, and no sharedEventID says that they are one: who had it is not certain`,
      );
  }
  if (signIn)
    lines.push(
      `probably from ${signIn.eventName} at ${signIn.eventTime} from ${signIn.sourceIPAddress ?? '-'}, by user and time: ${signIn.eventID ?? '-'}`,
    );
  if (missing) lines.push(missing);
  const source = identity?.sourceIdentity ?? issuedBy?.sourceIdentity;
  if (source) lines.push(`source identity ${source}`);
  if (identity?.mfaAuthenticated === 'true') lines.push('with MFA');
  if (events === 0) lines.push('never used in these logs');
  else {
    lines.push(`${events} events, ${errors} errors, from ${session.first ?? '-'} to ${session.last ?? '-'}`);
    lines.push(callsOf(session, mostCalls));
  }
  for (const issue of refused)
    lines.push(
      `refused ${issueOf(issue)}: ${[issue.errorCode, issue.errorMessage].filter(Boolean).join(': ')}`,
    );
  return lines;
}

function callsOf({ calls }: Session, most: number): string {
  const shown = calls
    .slice(0, most)
    .map(
      ({ eventSource, eventName, events }) =>
        `${eventSource?.split('.')[0] ?? '-'} ${eventName ?? '-'} ${events}`,
    );
  const hidden = calls.slice(most);
  if (hidden.length === 0) return shown.join(', ');
  const events = hidden.reduce((sum, call) => sum + call.events, 0);
  return `${shown.join(', ')} and ${numberText(hidden.length)} more calls, ${numberText(events)} events: --limit all`;
}

function nameOf({ identity, issuedBy }: Session): string {
  if (identity?.arn) return identity.arn;
  return issuedBy?.arn ?? issuedBy?.roleArn ?? identity?.username ?? '';
}

function issueOf({
  eventName,
  eventTime,
  eventID,
  account,
  roleArn,
  sessionName,
  userName,
  expiration,
}: Issue): string {
  const role = roleArn ? ` of ${roleArn}` : '';
  const name = sessionName ? ` as ${sessionName}` : '';
  const user = userName ? ` for ${userName}` : '';
  const end = expiration ? `, until ${expiration}` : '';
  return `${eventTime ?? '-'} by ${eventName}${role}${name}${user}, account ${account ?? '-'}${end}: ${eventID ?? '-'}`;
}

function callerOf({ caller }: Issue): string {
  return caller.arn ?? caller.invokedBy ?? caller.accountId ?? caller.type ?? '-';
}
