/** The texts without which conditions cannot hold: the index for text says which events may have them. */

import { fieldsAt } from '../../../cloudtrail/fields.js';
import { literals } from '../../text/pattern.js';
import { evaluate } from '../emit/compile.js';
import { membersFor } from '../emit/guard.js';
import type { Needed } from '../emit/own-table.js';
import { likeParts } from '../text/like.js';
import type { Bound } from './bound.js';
import { isConstant } from './bound.js';

/** Columns that stand in an event's own text as they are. */
const OWN: ReadonlySet<string> = new Set(fieldsAt('event', 'detail').map(({ column }) => column));
/** A column that comes from the JSON text of another. */
const OBJECT_KEY = /^\w+\."objectkey"$/;

/** Where a text is looked for: whether numbers may stand there in another form than in the record. */
interface Subject {
  mayBeNumber: boolean;
}

/** @returns undefined where the condition may hold for an event with any text */
export function neededTexts(condition: Bound): Needed | undefined {
  switch (condition.kind) {
    case 'and':
      return together([...condition.terms.map(neededTexts), ...ofRanges(condition.terms)]);
    case 'or':
      return anyOf(condition.terms.map(neededTexts));
    default:
      return together([ofMembers(condition), ofValues(condition)]);
  }
}

/** Names of members of a JSON text without which the condition is null, or in IS NOT NULL false. */
function ofMembers(condition: Bound): Needed | undefined {
  const tested = condition.kind === 'not' && condition.value.kind === 'is null' ? condition.value : undefined;
  const members = membersFor(tested?.value ?? condition);
  return members && subjectOf(members.text) && inSubject({ mayBeNumber: false }, members.names);
}

function ofValues(condition: Bound): Needed | undefined {
  switch (condition.kind) {
    case 'compare':
      return ofComparison(condition);
    case 'in': {
      const subject = subjectOf(condition.value);
      return subject && anyOf(condition.list.map(value => inSubject(subject, [textOf(value)])));
    }
    case 'like': {
      const subject = subjectOf(condition.value);
      const [pattern, by] = [textOf(condition.pattern), condition.escape && textOf(condition.escape)];
      if (!subject || pattern === undefined || (condition.escape && by === undefined)) return undefined;
      return inSubject(
        subject,
        likeParts(pattern, by).map(part => (typeof part === 'object' ? part.text : '')),
      );
    }
    case 'call':
      return condition.name === 'regexp_like' ? ofExpression(condition.args) : undefined;
    default:
      return undefined;
  }
}

function ofComparison({ op, left, right }: Bound & { kind: 'compare' }): Needed | undefined {
  if (op === '=') {
    const [value, constant] = isConstant(left) ? [right, left] : [left, right];
    const subject = subjectOf(value);
    return subject && inSubject(subject, [textOf(constant)]);
  }
  // strpos(text, part) > 0
  if (op !== '>' || left.kind !== 'call' || left.name !== 'strpos' || left.args.length !== 2)
    return undefined;
  if (!isConstant(right) || evaluate(right) !== 0n) return undefined;
  const subject = subjectOf(left.args[0]!);
  return subject && inSubject(subject, [textOf(left.args[1]!)]);
}

/** What is between two texts begins as both do. */
function ofRanges(terms: readonly Bound[]): Array<Needed | undefined> {
  const ranges = new Map<string, { subject: Subject; low?: string; high?: string }>();
  for (const term of terms) {
    if (term.kind !== 'compare' || !/^[<>]=?$/.test(term.op)) continue;
    const isTurned = isConstant(term.left);
    const [value, constant] = isTurned ? [term.right, term.left] : [term.left, term.right];
    const subject = subjectOf(value);
    const text = textOf(constant);
    if (!subject || text === undefined || value.kind !== 'leaf') continue;
    const range = ranges.get(value.sql) ?? { subject };
    ranges.set(value.sql, { ...range, [(term.op[0] === '>') === isTurned ? 'high' : 'low']: text });
  }
  return Array.from(ranges.values(), ({ subject, low, high }) =>
    low === undefined || high === undefined ? undefined : inSubject(subject, [commonStart(low, high)]),
  );
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

function ofExpression([value, pattern]: readonly Bound[]): Needed | undefined {
  const subject = value && subjectOf(value);
  const text = pattern && textOf(pattern);
  // In (?x) a space is none.
  if (!subject || text === undefined || text.includes('(?')) return undefined;
  return inSubject(subject, literals(text));
}

function subjectOf(bound: Bound): Subject | undefined {
  if (bound.kind === 'leaf') {
    if (bound.type.kind !== 'varchar') return undefined;
    if (OBJECT_KEY.test(bound.sql)) return { mayBeNumber: true };
    return bound.column !== undefined && OWN.has(bound.column) && bound.sql.endsWith(`."${bound.column}"`)
      ? { mayBeNumber: bound.scalars === undefined }
      : undefined;
  }
  if (bound.kind !== 'call') return undefined;
  const [text] = bound.args;
  if (bound.name === 'lower') return text && subjectOf(text);
  if (bound.name === 'json_extract_scalar' && text?.kind === 'leaf' && text.scalars !== undefined)
    return subjectOf(text) && { mayBeNumber: true };
  return undefined;
}

/** The value of a constant text; undefined where it is none. */
function textOf(bound: Bound): string | undefined {
  if (!isConstant(bound) || bound.type.kind !== 'varchar') return undefined;
  const value = evaluate(bound);
  return typeof value === 'string' ? value : undefined;
}

/** Runs of what JSON never needs to escape; shorter ones say nothing. */
const RUNS = /[\w .:@=+,#%&*-]{3,}/g;
/** Runs that could be of a number, or of a value that is no text. */
const LIKE_NUMBERS = /^(?:[-+\d.eE]*|true|false)$/;

/** All of the texts, as far as they say something. */
function inSubject({ mayBeNumber }: Subject, texts: ReadonlyArray<string | undefined>): Needed | undefined {
  const runs = texts.flatMap(text => text?.match(RUNS) ?? []);
  const telling = runs.filter(run => !(mayBeNumber && LIKE_NUMBERS.test(run)));
  return telling.length === 0 ? undefined : { all: telling.map(text => ({ text })) };
}

function together(parts: ReadonlyArray<Needed | undefined>): Needed | undefined {
  const all = parts.filter(part => part !== undefined);
  return all.length === 0 ? undefined : { all };
}

function anyOf(parts: ReadonlyArray<Needed | undefined>): Needed | undefined {
  const any = parts.filter(part => part !== undefined);
  return any.length === parts.length && any.length > 0 ? { any } : undefined;
}
