import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  act,
  admin,
  ana,
  assume,
  build,
  CHAIN,
  db,
  first,
  HERE,
  jump,
  key,
  LONG,
  second,
  secondThere,
  session,
  sessions,
  sts,
  THERE,
} from './session-events.js';
import { folder, ingestInto, offtrail, put, query, REAL_DATA, trail } from './support.js';

describe('offtrail sessions', () => {
  it('follows an access key up to the key it comes from, and down to all that it got', () => {
    const { foundAs, roots, of, sessions: all } = sessions(key('jump'));
    expect(foundAs).toBe('access key');
    expect(roots).toEqual([LONG]);
    expect(all.map(one => one.accessKeyId).sort()).toEqual(
      [LONG, key('jump'), key('admin'), key('never'), 'AKIABACKDOOREXAMPLE1'].sort(),
    );
    expect(of(key('jump'))).toMatchObject({
      isAsked: true,
      parent: LONG,
      children: [key('admin')],
      events: 1,
      identity: { sourceIdentity: 'ana@corp' },
      issuedBy: {
        eventID: first.eventID,
        eventName: 'AssumeRole',
        roleArn: `arn:aws:iam::${HERE}:role/jump`,
        sessionName: 'ana-jump',
        caller: { arn: ana.arn, accessKeyId: LONG },
      },
    });
  });

  it('crosses accounts: the record that names the caller’s key is told, the other beside it', () => {
    const { of } = sessions(key('admin'));
    const { issuedBy, alsoIn, events, errors, calls, first: from, last } = of(key('admin'));
    expect(issuedBy).toMatchObject({
      eventID: second.eventID,
      account: HERE,
      caller: { accessKeyId: key('jump') },
    });
    expect(alsoIn).toMatchObject([{ eventID: secondThere.eventID, account: THERE, sharedEventID: 's2' }]);
    expect({ events, errors, from, last }).toEqual({
      events: 5,
      errors: 2,
      from: '2024-03-01T10:03:00Z',
      last: '2024-03-01T10:10:00Z',
    });
    expect(calls[1]).toEqual({
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      readOnly: 'false',
      events: 2,
      errors: 1,
    });
  });

  it('tells of credentials that were never used, were refused, or are long-term keys', () => {
    const { of } = sessions(key('admin'));
    expect(of(key('never'))).toMatchObject({
      events: 0,
      parent: key('admin'),
      issuedBy: { eventName: 'GetSessionToken' },
    });
    expect(of(key('admin')).refused).toMatchObject([
      { errorCode: 'AccessDenied', roleArn: `arn:aws:iam::${THERE}:role/root-of-all` },
    ]);
    expect(of('AKIABACKDOOREXAMPLE1')).toMatchObject({
      events: 1,
      issuedBy: { eventName: 'CreateAccessKey' },
    });
  });

  it('says that an issuer is not in the logs', () => {
    expect(sessions(key('orphan')).of(key('orphan'))).not.toHaveProperty('parent');
    expect(sessions(key('orphan')).of(key('orphan')).missing).toContain('is not in these logs');
    expect(sessions(LONG).of(LONG).missing).toContain('CreateAccessKey');
  });

  it('finds the sign-in of a session by user and time', () => {
    expect(sessions(key('console')).of(key('console')).signIn).toMatchObject({
      eventName: 'ConsoleLogin',
      eventTime: '2024-03-01T10:08:00Z',
    });
  });

  it.each([
    ['a role’s ARN', `arn:aws:iam::${THERE}:role/admin`, 'role'],
    ['a role’s name', 'admin', 'role'],
    ['the ARN of a session', `arn:aws:sts::${THERE}:assumed-role/admin/ana-admin`, 'ARN'],
    ['an event of it', CHAIN[3]!.eventID as string, 'eventID'],
  ])('starts at %s', (_, name, found) => {
    const answer = sessions(name);
    expect(answer.foundAs).toBe(found);
    expect(answer.sessions.filter(one => one.isAsked).map(one => one.accessKeyId)).toEqual([key('admin')]);
    expect(answer.roots).toEqual([LONG]);
  });

  it('starts at the event that issued a key, and at a key that was never used', () => {
    const asked = sessions(second.eventID as string).sessions.filter(one => one.isAsked);
    expect(asked.map(one => one.accessKeyId).sort()).toEqual([key('admin'), key('jump')].sort());
    expect(sessions(key('never')).roots).toEqual([LONG]);
  });

  it('shows the chain as a tree, with what was asked for marked', () => {
    const { stdout, code } = offtrail(['sessions', key('admin'), '--db', db]);
    expect(code).toBe(0);
    const heads = stdout.split('\n').filter(line => /^ *[*-] /.test(line));
    expect(heads.map(line => line.replace(/ {2}arn.*/, ''))).toEqual([
      `- ${LONG}`,
      `  - ${key('jump')}`,
      `    * ${key('admin')}`,
      `      - ${key('never')}`,
      '      - AKIABACKDOOREXAMPLE1',
    ]);
    expect(stdout).toContain('refused 2024-03-01T10:06:00Z by AssumeRole');
    expect(stdout).toContain('never used in these logs');
  });

  it('ends where keys issue each other', () => {
    const [a, b] = [session(HERE, 'a', 'a', key('a')), session(HERE, 'b', 'b', key('b'))];
    const round = build([
      sts(1, 'AssumeRole', a, assume(HERE, 'b', 'b', key('b'))),
      sts(2, 'AssumeRole', b, assume(HERE, 'a', 'a', key('a'))),
      sts(3, 'AssumeRole', a, assume(HERE, 'a', 'a', key('a'))),
    ]);
    expect(sessions(key('a'), round).sessions).toHaveLength(2);
    expect(sessions(key('a'), round).roots).toHaveLength(1);
    const { code, stdout } = offtrail(['sessions', key('a'), '--db', round]);
    expect(code).toBe(0);
    for (const one of [key('a'), key('b')]) expect(stdout).toContain(one);
  });

  it('follows no more than the limit, and says so', () => {
    const many = build([
      first,
      ...Array.from({ length: 9 }, (_, i) =>
        sts(10 + i, 'AssumeRole', jump, assume(THERE, 'admin', `s${i}`, key(`m${i}`))),
      ),
    ]);
    const ran = offtrail(['sessions', key('jump'), '--db', many, '--limit', '4']);
    expect(ran.stderr).toBe('6 more sessions are not followed, nor where they lead: --limit\n');
    const few = sessions(key('jump'), many, '--limit', '4');
    expect(few.sessions).toHaveLength(5);
    expect(few.notFollowed).toBe(6);
    expect(sessions(key('jump'), many).sessions).toHaveLength(11);
    expect(sessions('admin', many).sessions.filter(one => one.isAsked)).toHaveLength(9);
    for (const limit of ['1', '2', '5', '8']) {
      const answer = sessions('admin', many, '--limit', limit);
      expect(answer.sessions.length + answer.notFollowed).toBe(11);
    }
  });

  it('follows the earliest of very many that a key led to, whatever file they are in', () => {
    const at = (minute: number): string =>
      new Date(Date.UTC(2024, 2, 1, 10, minute)).toISOString().replace('.000', '');
    // Of the key's two identities the one that the log has first is that of the later calls.
    const later = session(HERE, 'jump', 'ana-jump', key('jump'), { sourceIdentity: 'later' });
    const calls = Array.from({ length: 240 }, (_, i) => ({
      ...sts(0, 'AssumeRole', i < 120 ? jump : later, assume(THERE, 'admin', `s${i}`, key(`m${i}`))),
      eventTime: at(i),
    }));
    const many = ingestInto([put(folder(), 'log.json', trail(calls.reverse()))]).db;
    const answer = sessions(key('jump'), many, '--limit', '3');
    expect(answer.sessions.filter(one => !one.isAsked).map(one => one.accessKeyId)).toEqual(
      ['m0', 'm1', 'm2'].map(key),
    );
    expect(answer.notFollowed).toBe(237);
  });

  it('leaves room for both ways of a long chain', () => {
    const name = (i: number): string => key(`link${String(i).padStart(2, '0')}`);
    const chain = Array.from({ length: 14 }, (_, i) =>
      sts(i, 'AssumeRole', session(HERE, `r${i}`, 's', name(i)), assume(HERE, `r${i + 1}`, 's', name(i + 1))),
    );
    const answer = sessions(name(7), build(chain), '--limit', '4');
    expect(answer.sessions.map(one => one.accessKeyId).sort()).toEqual([5, 6, 7, 8, 9].map(name));
    expect(answer.notFollowed).toBe(2);
  });

  it('finds the keys that were made for a user, used or not', () => {
    const own = build(CHAIN.filter(one => one.eventName !== 'ListBuckets'));
    const answer = sessions('backdoor', own);
    expect(answer.foundAs).toBe('user name');
    expect(answer.sessions.filter(one => one.isAsked).map(one => one.accessKeyId)).toEqual([
      'AKIABACKDOOREXAMPLE1',
    ]);
    expect(answer.roots).toEqual([LONG]);
    expect(sessions('backdoor').sessions.find(one => one.isAsked)!.events).toBe(1);
  });

  it('follows those with the most events where there are more than the limit', () => {
    const uses = [1, 5, 2, 7].flatMap((count, i) =>
      Array.from({ length: count }, (_, j) =>
        act(10 * i + j, 'ListUsers', session(HERE, 'busy', `s${i}`, key(`busy${i}`))),
      ),
    );
    const answer = sessions('busy', build(uses), '--limit', '2');
    expect(answer.sessions.map(one => one.accessKeyId).sort()).toEqual([key('busy1'), key('busy3')]);
    expect(answer.notFollowed).toBe(2);
  });

  it('follows a sign-in by its eventID, and takes none for that of a caller without an ARN', () => {
    const login = CHAIN.find(one => one.eventName === 'ConsoleLogin')!;
    const answer = sessions(login.eventID as string);
    expect(answer.sessions.map(one => one.accessKeyId)).toEqual([key('console')]);
    const nameless = {
      type: 'IAMUser',
      accessKeyId: key('nameless'),
      sessionContext: { attributes: { creationDate: '2024-03-01T10:08:20Z' } },
    };
    const own = build([
      act(9, 'ListRoles', nameless),
      sts(8, 'ConsoleLogin', { type: 'IAMUser' }, { responseElements: { ConsoleLogin: 'Success' } }),
    ]);
    expect(sessions(key('nameless'), own).of(key('nameless')).signIn).toBeUndefined();
  });

  it('tells for whom a key was made, why a call was refused, and what a service did for its caller', () => {
    const denied = 'not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/root-of-all';
    const own = build([
      ...CHAIN,
      sts(12, 'AssumeRole', admin, {
        requestParameters: null,
        responseElements: null,
        errorCode: 'AccessDenied',
        errorMessage: denied,
      }),
      act(13, 'Decrypt', {
        ...session(HERE, 'jump', 'ana-jump', key('forward')),
        invokedBy: 'secretsmanager.amazonaws.com',
      }),
    ]);
    const { stdout } = offtrail(['sessions', key('admin'), '--db', own]);
    expect(stdout).toContain('by CreateAccessKey for backdoor, account');
    expect(stdout).toContain(`AccessDenied: ${denied}`);
    expect(offtrail(['sessions', key('forward'), '--db', own]).stdout).toContain(
      'secretsmanager.amazonaws.com used it, and keys that a service uses for its caller often have none',
    );
  });

  it('is not led astray by odd credentials, and says where there is no session', () => {
    const odd = build(
      [{ accessKeyId: { a: 1 } }, { accessKeyId: 7 }, [], 'x'].map(credentials =>
        sts(1, 'AssumeRole', jump, { responseElements: { credentials } }),
      ),
    );
    expect(offtrail(['sessions', key('jump'), '--db', odd]).code).toBe(0);
    const none = offtrail(['sessions', 'nobody', '--db', db]);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('no session belongs to "nobody"');
  });

  const stratus = join(REAL_DATA, 'stratus-red-team/docs/detonation-logs');
  it.skipIf(!existsSync(stratus))(
    'finds the issuer of every key in real logs that is there, and of no other',
    () => {
      const path = ingestInto([stratus]).db;
      const used = query(
        path,
        "SELECT DISTINCT useridentity_accesskeyid AS k FROM cloudtrail_logs WHERE k GLOB 'A?IA*'",
      ).map(row => row.k as string);
      const issued = new Set(
        query(
          path,
          "SELECT json_extract(responseelements, '$.credentials.accessKeyId') AS k, json_extract(responseelements, '$.accessKey.accessKeyId') AS l FROM cloudtrail_logs WHERE errorcode IS NULL",
        ).flatMap(row => [row.k, row.l]),
      );
      expect(used.filter(one => issued.has(one)).length).toBeGreaterThan(0);
      for (const one of used) {
        const answer = sessions(one, path).of(one);
        expect(answer.issuedBy !== undefined, one).toBe(issued.has(one));
        expect(answer.events).toBe(
          query(
            path,
            `SELECT count(*) AS n FROM cloudtrail_logs WHERE useridentity_accesskeyid = '${one}'`,
          )[0]!.n,
        );
      }
    },
  );
});
