import { beforeAll, describe, expect, it } from 'vitest';
import { type Index, openIndex } from '../src/index.js';
import { ingestInto, SAMPLES } from './support.js';

let path: string;
beforeAll(() => {
  path = ingestInto([SAMPLES]).db;
});
function withIndex(use: (index: Index) => void): void {
  const index = openIndex(path);
  try {
    use(index);
  } finally {
    index.close();
  }
}

describe('the library', () => {
  it('gives the same events each time a page is iterated', () => {
    withIndex(index => {
      for (const page of [index.events({ limit: 7 }), index.lookupEvents({ limit: 7 })]) {
        const once = [...page];
        expect(once).toHaveLength(7);
        expect([...page]).toEqual(once);
      }
    });
  });

  it('knows where to go on when an iteration has ended, and not before', () => {
    withIndex(index => {
      const page = index.events({ columns: ['eventID'], limit: 5 });
      expect(page.nextToken()).toBeUndefined();
      const first = [...page];
      const token = page.nextToken()!;
      for (const _ of page) break;
      expect(page.nextToken()).toBeUndefined();
      const rest = [...index.events({ columns: ['eventID'], token })];
      expect([...first, ...rest]).toEqual([...index.events({ columns: ['eventID'] })]);
    });
  });

  it('takes a token of the same question, however it is put', () => {
    withIndex(index => {
      const page = index.events({ service: 's3', eventName: ['PutObject', 'GetObject'], limit: 2 });
      expect([...page]).toHaveLength(2);
      const token = page.nextToken()!;
      const same = { eventName: ['GetObject', 'PutObject'], service: ['s3'], limit: 2, token };
      expect([...index.events(same)]).toHaveLength(2);
      expect(() => index.events({ ...same, service: 'sts' })).toThrow('token');
    });
  });

  it('answers while rows of another question are read', () => {
    withIndex(index => {
      let rounds = 0;
      for (const _ of index.sql('SELECT eventname FROM cloudtrail_logs LIMIT 2')) {
        for (const event of index.events({ limit: 1 })) expect(event.eventName).toBeTypeOf('string');
        expect(index.top({ columns: ['eventname'] }).events).toBe(158);
        expect(index.timeline().untimed).toBe(0);
        expect(index.who('AROA*')?.events).toBeGreaterThan(0);
        expect([...index.lookupEvents({ limit: 1 })]).toHaveLength(1);
        rounds++;
      }
      expect(rounds).toBe(2);
    });
  });

  it('refuses a limit that is none, everywhere', () => {
    withIndex(index => {
      for (const limit of [-1, 1.5, Number.NaN]) {
        const bad = { code: 'BAD_LIMIT' };
        expect(() => index.events({ limit })).toThrow(expect.objectContaining(bad));
        expect(() => index.lookupEvents({ limit })).toThrow(expect.objectContaining(bad));
        expect(() => index.top({ columns: ['eventname'], limit })).toThrow(expect.objectContaining(bad));
        expect(() => index.sessions('AKIA', limit)).toThrow(expect.objectContaining(bad));
      }
    });
  });
});
