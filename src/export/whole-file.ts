/**
 * A file that is there whole or not at all, however the process ends: it is written beside its place under a name that
 * says so, and gets its own name when the disk has it. What a killed process left is removed by the next export to that
 * place.
 */

import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { codeOf, IndexError, messageOf, OfftrailError, UsageError } from '../errors.js';

export interface WholeFileOptions {
  /** Whether the bytes are compressed. */
  isGzip: boolean;
  /** Whether a file of this name is replaced. */
  force: boolean;
  signal?: AbortSignal | undefined;
  /** Told how many bytes of the file have been written. */
  onBytes?: ((bytes: number) => void) | undefined;
}

/** A file that was written. */
export interface WrittenFile {
  path: string;
  bytes: number;
  /** Of the file's bytes, in hex. */
  sha256: string;
}

/**
 * Writes a file of pieces, which are made while it is written.
 * @throws UsageError `FILE_EXISTS`; IndexError `DISK_FULL`, `FILE_UNWRITABLE`; the reason of the signal; what the pieces
 *   throw. There is no new file then.
 */
export async function writeWholeFile(
  path: string,
  pieces: Iterable<string | Uint8Array>,
  { isGzip, force, signal, onBytes }: WholeFileOptions,
): Promise<WrittenFile> {
  checkFree(path, force);
  return withPartialFile(path, { force, signal }, async (partial, file) => {
    const hash = createHash('sha256');
    let bytes = 0;
    const sink = async (chunks: AsyncIterable<string | Uint8Array>): Promise<void> => {
      for await (const chunk of chunks) {
        const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        hash.update(buffer);
        await writeAll(file, buffer, partial);
        bytes += buffer.length;
        onBytes?.(bytes);
      }
    };
    const wait = signal ? { signal } : {};
    if (isGzip) await pipeline(pieces, createGzip(), sink, wait);
    else await pipeline(pieces, sink, wait);
    return { path, bytes, sha256: hash.digest('hex') };
  });
}

/** Errors of the file system, apart from those of what is written. */
class WriteFailure extends Error {}

async function writeAll(file: FileHandle, bytes: Uint8Array, path: string): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += (await file.write(bytes, at)).bytesWritten;
    } catch (error) {
      throw new WriteFailure(path, { cause: error });
    }
  }
}

/**
 * Lets `write` fill a file beside `path`, and gives it that name when the disk has it.
 * @throws as `writeWholeFile`
 */
export async function withPartialFile<T>(
  path: string,
  { force, signal }: Pick<WholeFileOptions, 'force' | 'signal'>,
  write: (partial: string, file: FileHandle) => Promise<T>,
): Promise<T> {
  const partial = join(dirname(path), partialName(path));
  removeLeftOvers(path);
  let file: FileHandle | undefined;
  try {
    file = await open(partial, 'wx');
    const written = await write(partial, file);
    await file.sync();
    await file.close();
    file = undefined;
    signal?.throwIfAborted();
    place(partial, path, force);
    syncFolder(dirname(path));
    return written;
  } catch (error) {
    await file?.close().catch(() => undefined);
    rmSync(partial, { force: true });
    if (signal?.aborted) throw signal.reason;
    if (error instanceof WriteFailure) throw unwritable(path, error.cause);
    throw error instanceof OfftrailError || codeOf(error) === '' || !isOfSystem(error)
      ? error
      : unwritable(path, error);
  }
}

const isOfSystem = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).syscall === 'string';

/** @throws UsageError `FILE_EXISTS` where there is something of this name that must not be replaced */
export function checkFree(path: string, force: boolean): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isFile() && !there.isSymbolicLink())
    throw new UsageError('FILE_EXISTS', `${path} is there, and is not a file`, 'name another');
  if (!force)
    throw new UsageError(
      'FILE_EXISTS',
      `${path} is there already`,
      'name another file, or replace it with `force`',
    );
}

/** Puts the file under its name. A link never replaces a file that has appeared meanwhile; some file systems have none. */
function place(partial: string, path: string, force: boolean): void {
  if (force) {
    renameSync(partial, path);
    return;
  }
  try {
    linkSync(partial, path);
    rmSync(partial);
  } catch {
    checkFree(path, false);
    renameSync(partial, path);
  }
}

/** A new name is safe when its folder is. Some systems do not open folders. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file itself is on the disk.
  }
}

const MARK = '.offtrail-export-';
let made = 0;

/** Of fixed length: the file's own may be as long as a name can be. */
const prefixOf = (path: string): string =>
  `${MARK}${createHash('sha256').update(basename(path)).digest('hex').slice(0, 16)}-`;

const partialName = (path: string): string => `${prefixOf(path)}${process.pid}-${++made}.partial`;

/** Removes what exports to this place left that do not run any more. */
function removeLeftOvers(path: string): void {
  const folder = dirname(path);
  const prefix = prefixOf(path);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    // Opening the new file says what is wrong.
    return;
  }
  for (const name of names) {
    const [, pid] =
      /^(\d+)-\d+\.partial$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '') ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** What the system said of a file that was to be written, and what to do about it. */
export function unwritable(path: string, error: unknown): OfftrailError {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new IndexError(
      'DISK_FULL',
      `the disk of ${path} is full; nothing was written`,
      'free some space and run the same command again',
      { cause: error },
    );
  const missing = code === 'ENOENT' ? `there is no folder ${dirname(resolve(path))}` : undefined;
  return new IndexError(
    'FILE_UNWRITABLE',
    `${path} cannot be written: ${missing ?? messageOf(error)}`,
    missing ? 'make the folder, or name another place' : 'name a place on a disk that you can write to',
    { cause: error },
  );
}
