/** Where reading stands in a document: what the modes of the splitter share. */

import type { RecordSink } from './encoder.js';
import { createFinder, type Finder } from './finder.js';
import { ITEM_NAMES } from './item-names.js';
import { MAX_NESTING } from './items.js';
import { MEMBER, type Members, newMembers } from './json-scan.js';
import type { Depth, Passing } from './resync.js';
import { createTally, type Tally } from './tally.js';

export interface SplitOptions {
  /** Number of the file within its task. */
  file: number;
  /** Where its records go. */
  sink: RecordSink;
  /** Path of the file. Default: empty. */
  path?: string;
  /** A record longer than this many bytes is rejected. */
  maxRecordBytes: number;
  /** Ordinal of the first item. Default 0. */
  firstOrdinal?: number;
  /** Documents around this one. Default 0. */
  nesting?: number;
}

/**
 * What is read next.
 * - `top`: a value, or a line of text
 * - `object`: a member of an object, which may turn out to be a container
 * - `array`: an element of an array of items
 * - `lost`: what follows a piece that was given up
 * - `over`: nothing; the document is something else
 */
export type Mode = 'top' | 'object' | 'array' | 'lost' | 'over';

/** What a mode ends with: more bytes are needed, the bytes are at their end, or go on in `mode`. */
export type Step = 'more' | 'done' | 'next';

/** A piece given up: where it began, what of it is kept, and how the next item is looked for. */
export interface Lost {
  /** The mode it was met in. */
  mode: 'top' | 'object' | 'array';
  reason: string;
  /** Its offset in the document. */
  offset: number;
  head: Buffer;
  bytes: number;
  /** Place in the bytes at hand up to which its bytes were counted. */
  taken: number;
  /** Passes a piece that is too long or too deep and not broken; undefined for others. */
  regular: Passing | undefined;
  /** Whether a broken piece may have an end of its own; then that is looked for first. */
  mayEnd: boolean;
  depth: Depth;
  /** True where its depth is not known, so that only a container that reads on to its end says enough. */
  isBlind: boolean;
}

export interface Cursor {
  readonly options: Required<SplitOptions>;
  readonly tally: Tally;
  readonly finder: Finder;
  /** Members of the object that was scanned last. */
  readonly members: Members;
  /** The bytes at hand: those of the last piece, and what of earlier ones was not done with. */
  b: Uint8Array;
  /** Pieces that came after them and have not been looked at. */
  pieces: Uint8Array[];
  /** Number of the bytes at hand. */
  end: number;
  /** Whether the document ends with them. */
  isLast: boolean;
  /** Offset of `b[0]` in the document. */
  base: number;
  /** Place in `b` of what is read next. */
  at: number;
  mode: Mode;
  /** In mode `object`: where the object begins, and whether it turned out to be a container. */
  objectStart: number;
  isContainer: boolean;
  /** In mode `array`: whether the array is a member of an object. */
  isInObject: boolean;
  /** In mode `array`: whether a comma, or the beginning, stands before what is next. */
  isSeparated: boolean;
  /** In mode `lost`. */
  lost: Lost | undefined;
}

/** Members of documents that are done with: of a small one, making them anew would be a tenth of the work. */
const spareMembers: Members[] = [];
const NO_BYTES = new Uint8Array(0);

/** Numbers of a list that is kept: a hostile one is let go of. */
const LONG_LIST = 1024 * MEMBER.width;

/** Lets go of a cursor that is not used any more. */
export function release({ members }: Cursor): void {
  if (members.list.length <= LONG_LIST && spareMembers.length <= MAX_NESTING) spareMembers.push(members);
}

/** A cursor before the first byte. */
export function createCursor({
  file,
  path = '',
  sink,
  maxRecordBytes,
  firstOrdinal = 0,
  nesting = 0,
}: SplitOptions): Cursor {
  return {
    options: { file, path, sink, maxRecordBytes, firstOrdinal, nesting },
    tally: createTally(file, sink, firstOrdinal),
    finder: createFinder(),
    members: spareMembers.pop() ?? newMembers(ITEM_NAMES),
    b: NO_BYTES,
    pieces: [],
    end: 0,
    isLast: false,
    base: 0,
    at: 0,
    mode: 'top',
    objectStart: 0,
    isContainer: false,
    isInObject: false,
    isSeparated: true,
    lost: undefined,
  };
}

/** Begins the array of items at `to`, in a member of an object. */
export function openArray(c: Cursor, form: string, to: number): Step {
  c.at = to;
  c.isContainer = true;
  if (form === 'Records') c.tally.noteContainer();
  c.tally.noteShape(form);
  c.isInObject = true;
  c.isSeparated = true;
  c.mode = 'array';
  return 'next';
}
