/** Arguments of an ingest → the files they name, in one order, and what on the way could not be read. */

import { type Dirent, lstatSync, readdir, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import glob from 'fast-glob';
import { codeOf, UsageError } from '../errors.js';

export interface FoundFile {
  /** Absolute path. */
  path: string;
  /** Size in bytes. */
  size: number;
  /** Modification time in nanoseconds, as decimal text. */
  mtimeNs: string;
}

export interface Unreadable {
  /** Where it is. */
  path: string;
  /** What kept it from being read. */
  reason: string;
}

export interface Walk {
  files: FoundFile[];
  unreadable: Unreadable[];
}

/**
 * Finds the log files under `inputs`.
 * Every regular file counts, whatever its name: what is not a log is recognised by its content, and listed.
 * Long: its functions share what was visited, found and passed over.
 * @param inputs files, folders and globs
 * @param options.exclude absolute paths to leave out: the index itself may lie in the tree
 * @throws UsageError `NO_SUCH_INPUT` where one of them names nothing
 */
export async function walk(
  inputs: readonly string[],
  { cwd = process.cwd(), exclude = [] }: { cwd?: string; exclude?: readonly string[] } = {},
): Promise<Walk> {
  const found = new Map<string, FoundFile>();
  const unreadable = new Map<string, string>();
  const visited = new Set<string>();
  const pass = (path: string, reason: string): void => {
    unreadable.set(path, reason);
  };

  function addFile(path: string): void {
    if (exclude.includes(path)) return;
    try {
      const stat = statSync(path, { bigint: true });
      if (!stat.isFile()) pass(path, whatItIs(stat));
      else found.set(path, { path, size: Number(stat.size), mtimeNs: String(stat.mtimeNs) });
    } catch (error) {
      pass(path, whyNot(error, path));
    }
  }

  /** Not through fast-glob: it passes over names with line breaks, and turns a backslash into a slash. */
  function entriesOf(folder: string): Dirent[] {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      pass(folder, whyNot(error, folder));
      return [];
    }
  }

  function addFolder(folder: string): void {
    // A link may lead back to a folder above it: every real folder is walked once.
    const real = realpathSync(folder);
    if (visited.has(real)) return;
    visited.add(real);
    const links: string[] = [];
    const folders = [folder];
    for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
      for (const entry of entriesOf(at)) {
        const path = join(at, entry.name);
        if (entry.isDirectory()) {
          visited.add(join(real, relative(folder, path)));
          folders.push(path);
        } else if (entry.isSymbolicLink()) links.push(path);
        else if (entry.isFile()) addFile(path);
        else pass(path, whatItIs(entry));
      }
    }
    // After the folders: what a link leads to may have been walked by its own name.
    for (const link of links) addPath(link);
  }

  /** Whatever an argument's glob or a link leads to. */
  function addPath(path: string): void {
    let stat: Stats;
    try {
      stat = statSync(path);
    } catch (error) {
      pass(path, codeOf(error) === 'ENOENT' && isLink(path) ? 'a link to nothing' : whyNot(error, path));
      return;
    }
    if (stat.isFile()) {
      addFile(path);
    } else if (!stat.isDirectory()) {
      pass(path, whatItIs(stat));
    } else if (isLink(path) && isAbove(realpathSync(path), realpathSync(dirname(path)))) {
      pass(path, 'a link that leads back to a folder above it');
    } else {
      addFolder(path);
    }
  }

  for (const input of inputs) {
    // For the system an empty path is the folder at hand; for a person it is a variable that was not set.
    if (input === '') throw noSuchInput(input);
    const path = resolve(cwd, input);
    let stat: Stats | undefined;
    try {
      stat = statSync(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') {
        pass(path, whyNot(error, path));
        continue;
      }
    }
    if (stat?.isDirectory()) addFolder(path);
    else if (stat) addFile(path);
    else {
      const options = {
        cwd,
        absolute: true,
        dot: true,
        onlyFiles: false,
        followSymbolicLinks: false,
      } as const;
      const matches = glob.isDynamicPattern(input)
        ? await glob(input, { ...options, suppressErrors: true, fs: { readdir: readdirReporting(pass) } })
        : [];
      if (matches.length === 0) throw noSuchInput(input);
      for (const match of matches) addPath(match);
    }
  }
  const files = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, unreadable: [...unreadable].map(([path, reason]) => ({ path, reason })) };
}

function noSuchInput(input: string): UsageError {
  return new UsageError(
    'NO_SUCH_INPUT',
    `there is no file or folder ${JSON.stringify(input)}`,
    'check the path; quote a glob so that offtrail expands it',
  );
}

/** fast-glob passes over folders it may not read; this tells of them. */
function readdirReporting(pass: (path: string, reason: string) => void): typeof readdir {
  const reporting = (
    path: string,
    options: object,
    callback: (error: Error | null, entries: Dirent[]) => void,
  ): void => {
    readdir(path, options as { withFileTypes: true }, (error, entries) => {
      if (error) pass(path, whyNot(error, path));
      callback(error, entries);
    });
  };
  return reporting as unknown as typeof readdir;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function isAbove(folder: string, below: string): boolean {
  return below === folder || below.startsWith(join(folder, '/'));
}

interface Kind {
  isDirectory(): boolean;
  isSocket(): boolean;
  isFIFO(): boolean;
}

function whatItIs(entry: Kind): string {
  if (entry.isDirectory()) return 'a folder';
  if (entry.isSocket()) return 'a socket, not a file';
  if (entry.isFIFO()) return 'a named pipe, not a file';
  return 'a device, not a file';
}

function whyNot(error: unknown, path: string): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return basename(path).includes('\ufffd') ? 'a name that is not UTF-8: rename the file' : 'disappeared';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ELOOP':
      return 'a link that leads to itself';
    default:
      return codeOf(error) || String(error);
  }
}
