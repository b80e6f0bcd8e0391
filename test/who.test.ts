import { describe, expect, it } from 'vitest';
import { admin, build, db, HERE, key, LONG, THERE } from './session-events.js';
import { offtrail, record } from './support.js';

describe('offtrail who', () => {
  const who = (name: string, ...more: string[]) => offtrail(['who', name, '--db', db, ...more]);
  const page = (name: string): Record<string, unknown> =>
    JSON.parse(who(name, '--format', 'json').stdout) as Record<string, unknown>;

  it('tells what an identity is, when and from where it was seen, what it did', () => {
    expect(page(key('admin'))).toMatchObject({
      foundAs: ['access key'],
      events: 5,
      errors: 2,
      first: '2024-03-01T10:03:00Z',
      last: '2024-03-01T10:10:00Z',
      identities: [
        { type: 'AssumedRole', arn: admin.arn, username: 'ana-admin', accountid: THERE, events: 5 },
      ],
      addresses: [{ sourceIPAddress: '203.0.113.7', events: 5 }],
      userAgents: [{ userAgent: '[aws-cli/2.15]' }],
      errorCodes: [{ errorCode: 'AccessDenied' }, { errorCode: 'EntityAlreadyExists' }],
    });
    const calls = page(key('admin')).calls as Array<Record<string, unknown>>;
    expect(calls[0]).toMatchObject({ eventName: 'CreateUser', readOnly: 'false', events: 2, errors: 1 });
  });

  it.each([
    ['arn:aws:iam::111122223333:user/ana', ['ARN']],
    ['bo', ['user name']],
    ['AIDAANA', ['principal id']],
    ['admin', ['role']],
    [`arn:aws:iam::${HERE}:role/jump`, ['role']],
    [THERE, ['account']],
    ['203.0.113.7', ['source address']],
    ['203.0.113.0/24', ['source address']],
    ['203.0.113.*', ['source address']],
    ['arn:aws:iam::*:user/b*', ['ARN']],
  ])('knows %s', (name, found) => {
    expect(page(name).foundAs).toEqual(found);
    expect(who(name).stdout.split('\n')[0]).toBe(`${name}: ${found.join(', ')}`);
  });

  it('lists the sessions in order', () => {
    const list = page('203.0.113.7').sessions as Array<Record<string, string>>;
    expect(list.map(one => one.accesskeyid)).toEqual([
      LONG,
      key('jump'),
      key('admin'),
      key('orphan'),
      key('console'),
      'AKIABACKDOOREXAMPLE1',
    ]);
  });

  it('takes the filters, and ends with 1 where there is nothing', () => {
    expect(JSON.parse(who('203.0.113.7', '--format', 'json', '--errors-only').stdout)).toMatchObject({
      events: 2,
      errors: 2,
    });
    const none = who('nobody');
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('no event was made by, or from, nobody');
  });

  it('shows nothing of a hostile name raw', () => {
    const name = '\u001b[31mred\u202e\n';
    const own = build([
      record({ userIdentity: { type: 'IAMUser', userName: name, accessKeyId: `ASIA${name}` } }),
    ]);
    for (const verb of ['who', 'sessions']) {
      const { code, stdout, stderr } = offtrail([verb, name, '--db', own]);
      expect(code).toBe(0);
      expect(stdout).toContain('\\u{1b}[31mred\\u{202e}\\n');
      expect(['\u001b', '\u202e'].filter(c => (stdout + stderr).includes(c))).toEqual([]);
    }
  });
});
