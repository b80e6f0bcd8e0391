/** Sessions put to an engine: the chains, callers and calls that the index knows. */

import { beforeAll, describe, expect, it } from 'vitest';
import { createAsker } from '../src/engine/questions/asker.js';
import { askSessions } from '../src/engine/questions/sessions.js';
import { type Sessions, sessions } from '../src/query/sessions/sessions.js';
import { type Db, openForQueries } from '../src/store/open.js';
import { type LocalEngine, localEngine } from './questions-engine.js';
import { build, CHAIN, first, HERE, key, LONG, second, THERE } from './session-events.js';

const NOW = new Date('2026-02-01T00:00:00Z');
const FORMS = ['raw', 'lake'] as const;
let db: Db;
const engines = {} as Record<(typeof FORMS)[number], LocalEngine>;
beforeAll(() => {
  const path = build(CHAIN);
  db = openForQueries(path);
  for (const form of FORMS) engines[form] = localEngine(openForQueries(path), form);
});

/** An answer without rows of an index, and for a raw table without what Athena's columns do not have. */
function shown(answer: Sessions, form: (typeof FORMS)[number]): unknown {
  const all = [...answer.sessions.values()].sort((a, b) => (a.accessKeyId < b.accessKeyId ? -1 : 1));
  return JSON.parse(
    JSON.stringify({ ...answer, sessions: all }, (name, value: unknown) =>
      name === 'eventRowid' || (form === 'raw' && name === 'sourceIdentity') ? undefined : value,
    ),
  );
}

describe.each(FORMS)('on a table of the form %s', form => {
  it.each([
    LONG,
    key('jump'),
    key('admin'),
    key('never'),
    key('console'),
    'AKIABACKDOOREXAMPLE1',
    'jump',
    `arn:aws:iam::${THERE}:role/admin`,
    `arn:aws:sts::${HERE}:assumed-role/lost/who`,
    'ana',
    'bo',
    'backdoor',
    String(first.eventID),
    String(second.eventID),
  ])('the sessions of %s are those of the index', async text => {
    const asker = createAsker(engines[form], NOW);
    expect(shown(await askSessions(asker, { session: text }), form)).toEqual(
      shown(sessions(db, text, 50), form),
    );
  });

  it('follows as many as the limit says, and counts the others', async () => {
    for (const limit of [1, 2]) {
      const there = await askSessions(createAsker(engines[form], NOW), { session: LONG, limit });
      const here = sessions(db, LONG, limit);
      expect([...there.sessions.keys()].sort()).toEqual([...here.sessions.keys()].sort());
      expect(there.notFollowed > 0).toBe(here.notFollowed > 0);
    }
  });

  it('says that there is none', async () => {
    await expect(askSessions(createAsker(engines[form], NOW), { session: "no'body" })).rejects.toThrow(
      'no session belongs to "no\'body"',
    );
  });
});
