/** Statements that a connection has bound before: the same text is then neither parsed nor bound again. */

import type { Db } from '../../store/open.js';
import type { PreparedSql } from './execute.js';
import type { Session } from './functions/registry.js';

/** Statements that a connection keeps, and characters of the longest. */
const MOST = 100;
const LONGEST = 10_000;
/** Beyond it names of functions come again; a statement gives its own to the connection each time it runs. */
const MOST_NAMES = 1_000;

/** A session whose clock can be set, and which knows whether it was asked. */
export interface Clock extends Session {
  isAsked: boolean;
}

/** @param now microseconds since 1970 */
export function createClock(now: bigint): Clock {
  let moment = now;
  return {
    zone: 'UTC',
    isAsked: false,
    get now() {
      this.isAsked = true;
      return moment;
    },
    set now(value) {
      moment = value;
    },
  };
}

/** A bound statement, with the clock that its functions ask while they run. */
export interface Recalled {
  prepared: PreparedSql;
  clock: Clock;
  hasPlainTimes: boolean;
}

interface Memory {
  names: number;
  statements: Map<string, Recalled>;
}

const memories = new WeakMap<Db, Memory>();

function memoryOf(db: Db): Memory {
  let memory = memories.get(db);
  if (!memory) {
    memory = { names: 0, statements: new Map() };
    memories.set(db, memory);
  }
  return memory;
}

/** What the names of a statement's own functions and tables begin with. */
export function newPrefix(db: Db): string {
  const memory = memoryOf(db);
  memory.names = (memory.names % MOST_NAMES) + 1;
  return `ot${memory.names}_`;
}

/** Takes a statement out of the memory: two readers of its rows would get in each other's way. */
export function recall(db: Db, text: string): Recalled | undefined {
  const { statements } = memoryOf(db);
  const found = statements.get(text);
  if (found) statements.delete(text);
  return found;
}

/** Keeps a statement whose rows were all read. */
export function keep(db: Db, text: string, recalled: Recalled): void {
  if (text.length > LONGEST) return;
  const { statements } = memoryOf(db);
  if (statements.size >= MOST) statements.clear();
  statements.set(text, recalled);
}
