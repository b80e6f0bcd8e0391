import { expect, it } from 'vitest';
import { folder, ingestInto, offtrail, put, query, record, trail } from './support.js';

it('an event without userIdentity is not anonymous, in every command', () => {
  const anonymous = { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' };
  const list = [
    record({ userIdentity: anonymous, eventID: 'anonymous' }),
    record({ userIdentity: undefined, eventID: 'none' }),
    record({ userIdentity: null, eventID: 'null' }),
    record({ eventID: 'ana' }),
  ];
  const { db } = ingestInto([put(folder(), 'a.json', trail(list))]);
  const json = (...args: string[]): unknown =>
    JSON.parse(offtrail([...args, '--db', db, '--format', 'json']).stdout);

  expect(query(db, 'SELECT eventid FROM cloudtrail_logs WHERE NOT is_anonymous ORDER BY 1')).toEqual([
    { eventid: 'ana' },
    { eventid: 'none' },
    { eventid: 'null' },
  ]);
  expect(json('top', 'is_anonymous')).toMatchObject([
    { is_anonymous: '0', events: 3 },
    { is_anonymous: '1', events: 1 },
  ]);
  // Together with another column of the same table.
  expect(json('top', 'is_anonymous', 'user')).toMatchObject([
    { is_anonymous: '0', username: null, events: 2 },
    { is_anonymous: '0', username: 'ana', events: 1 },
    { is_anonymous: '1', username: null, events: 1 },
  ]);
  const sorted = json('events', '--columns', 'eventID', 'is_anonymous', '--sort', 'is_anonymous:desc');
  expect(sorted).toMatchObject([
    { is_anonymous: 1 },
    { is_anonymous: 0 },
    { is_anonymous: 0 },
    { is_anonymous: 0 },
  ]);
  expect(json('timeline', '--by', 'is_anonymous', '--every', '1d')).toMatchObject([
    { is_anonymous: '0', events: 3 },
    { is_anonymous: '1', events: 1 },
  ]);
  expect(json('s3', 'anonymous')).toHaveLength(1);
  const printed = offtrail(['s3', 'anonymous', '--print-sql']).stdout.replace(/;\n$/, '');
  expect(query(db, printed)).toHaveLength(1);
});
