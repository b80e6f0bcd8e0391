/** What the tests of `offtrail verify` share: signed trees of which each test has a copy, and what the command says of one. */

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { foldersIn } from '../scripts/digest-chains/folders.js';
import { type ChainOptions, type Chains, type DigestMembers, makeChains } from '../scripts/digest-chains.js';
import type { Finding } from '../src/integrity/findings.js';
import { folder, offtrail, query, type Ran, record, sharedFolder, trailGz } from './support.js';

/** Four hours of two files: digest 1 ends at 12:00 and lists log 2 (11:15) and log 3 (11:45). */
const SMALL: ChainOptions = { hours: 4, filesPerHour: 2, recordsPerFile: 2 };

const trees = new Map<string, Chains>();

/** A tree of its own for the caller. Trees with the same options are copies of one: keys are costly to make. */
export function treeOf(options: ChainOptions = {}): Chains {
  const name = JSON.stringify(options);
  const tree = trees.get(name) ?? makeChains(sharedFolder(), { ...SMALL, ...options });
  trees.set(name, tree);
  return copyOf(tree);
}

/** The same tree in a folder of its own, to be altered. */
export function copyOf(tree: Chains): Chains {
  const root = folder();
  cpSync(tree.folder, root, { recursive: true });
  const moved = (path: string): string => join(root, relative(tree.folder, path));
  const keys = new Map(tree.keys.map(key => [key, { ...key }]));
  return {
    ...tree,
    folder: root,
    logs: moved(tree.logs),
    keyFiles: tree.keyFiles.map(moved),
    keys: [...keys.values()],
    folders: foldersIn(root),
    logFiles: tree.logFiles.map(log => ({ ...log, path: moved(log.path) })),
    digests: tree.digests.map(digest => ({
      ...digest,
      path: moved(digest.path),
      signer: keys.get(digest.signer) ?? digest.signer,
      members: structuredClone(digest.members),
    })),
  };
}

export interface Report {
  code: number | null;
  stderr: string;
  /** `kind: file`, sorted. */
  findings: string[];
  /** Why, by `kind: file`. */
  because: Record<string, string>;
  /** By the name of the file, where it has records. */
  verdicts: Record<string, string>;
  json: {
    findings: Finding[];
    chains: Array<Record<string, unknown>>;
    logFiles: Record<string, number>;
    missingKeys: Array<Record<string, string>>;
  };
}

/** Where the signatures of a tree are, for `--metadata`. */
export function metadataArgs({ folder, options: { signatures } }: Chains): string[] {
  if (signatures === 'folder') return ['--metadata', join(folder, 'signatures')];
  if (signatures === 'lines') return ['--metadata', join(folder, 'signatures.jsonl')];
  return [];
}

/** Indexes a tree, or what is given of it. */
export function indexTree(
  chains: Chains,
  { db = join(chains.folder, 'tree.db'), inputs = [chains.logs], more = [] as readonly string[] } = {},
): Ran & { db: string } {
  return { db, ...offtrail(['ingest', ...inputs, ...metadataArgs(chains), '--db', db, ...more]) };
}

/** What the command says of an index. Files of the tree are named `log 3` and `digest 1`, in the order of `chains`. */
export function verifyTree(
  chains: Chains,
  db: string,
  { hasKeys = true, more = [] as readonly string[] } = {},
): Report {
  const keys = hasKeys ? chains.keyFiles.flatMap(path => ['--public-keys', path]) : [];
  const ran = offtrail(['verify', '--db', db, ...keys, ...more, '--format', 'json']);
  if (ran.stdout === '') throw new Error(`verify: ${ran.stderr}`);
  const json = JSON.parse(ran.stdout) as Report['json'];
  const nameOf = namer(chains);
  const named = json.findings.map(
    ({ kind, file, because }) => [`${kind}: ${nameOf(file)}`, because] as const,
  );
  const rows = query(
    db,
    `SELECT f.path, e.verdict FROM file AS f JOIN evidence AS e ON e.file_id = f.id WHERE NOT f.is_replaced`,
  ) as Array<{ path: string; verdict: string }>;
  return {
    ...{ code: ran.code, stderr: ran.stderr, json },
    findings: named.map(([name]) => name).sort(),
    because: Object.fromEntries(named),
    verdicts: Object.fromEntries(rows.map(({ path, verdict }) => [nameOf(path), verdict])),
  };
}

/** Names of files in a tree, by their paths and keys; a file of one's name in another place is said to be elsewhere. */
function namer({ logFiles, digests }: Chains): (path: string) => string {
  const names = new Map<string, string>();
  const add = (name: string, { path, key }: { path: string; key: string }): void => {
    for (const of of [path, key]) names.set(of, name);
    names.set(basename(key), `${name} elsewhere`);
  };
  for (const [i, log] of logFiles.entries()) add(`log ${i}`, log);
  for (const [i, digest] of digests.entries()) add(`digest ${i}`, digest);
  return path => names.get(path) ?? names.get(basename(path)) ?? basename(path);
}

/** The content of a log file, which is any gzipped JSON. */
export const contentOf = (bytes: Buffer): { Records: Array<Record<string, unknown>> } =>
  JSON.parse(gunzipSync(bytes).toString());

/** Writes a log file of one record that CloudTrail never delivered, beside another one; returns its path. */
export function plant(chains: Chains, beside: number, name: string): string {
  const path = join(chains.logFiles[beside]!.path, '..', name);
  writeFileSync(path, trailGz([record({ eventName: 'Planted' })]));
  return path;
}

/** The name of a log file that CloudTrail could have delivered at a time, `20260302T1130Z`. */
export const logName = (time: string, unique = 'PlantedPlanted00'): string =>
  `111122223333_CloudTrail_us-east-1_${time}_${unique}.json.gz`;

/** Removes a digest with its metadata. */
export function removeDigest({ digests }: Chains, at: number): void {
  const { path } = digests[at]!;
  rmSync(path);
  rmSync(`${path}.metadata.json`, { force: true });
}

/** Writes the text of a digest as it is, whatever it is. */
export function writeRaw({ digests }: Chains, at: number, text: string): void {
  writeFileSync(digests[at]!.path, gzipSync(text));
}

/** An alteration of a tree, and all that the command must say of it. */
export interface Alteration {
  /** What was done. */
  name: string;
  options?: ChainOptions;
  alter?: (chains: Chains) => void;
  /** Done between the ingest and `verify --reread`. */
  later?: (chains: Chains) => void;
  /** Default true: all keys of the tree are given. */
  hasKeys?: boolean;
  /** More arguments of the ingest. */
  ingest?: readonly string[];
  /** `kind: file`, each as often as it is said; no others. */
  findings: readonly string[];
  /** Verdicts on files that are not `others`. */
  verdicts?: Readonly<Record<string, string>>;
  /** The verdict on every other log file; default proven. */
  others?: string;
  /** What the reason of a finding must say. */
  because?: Readonly<Record<string, RegExp>>;
}

const GAPS_AND_ALARMS = (report: Report): number =>
  report.json.findings.filter(of => of.level !== 'note').length;

/** Alters a tree, runs the commands, and expects exactly what the alteration says. */
export function examine(of: Alteration): void {
  const chains = treeOf(of.options);
  of.alter?.(chains);
  const { db } = indexTree(chains, { more: of.ingest ?? [] });
  of.later?.(chains);
  const report = verifyTree(chains, db, {
    hasKeys: of.hasKeys ?? true,
    more: of.later ? ['--reread'] : [],
  });
  expect(report.findings).toEqual([...of.findings].sort());
  const others = Object.fromEntries(Object.keys(report.verdicts).map(name => [name, of.others ?? 'proven']));
  expect(report.verdicts).toEqual({ ...others, ...of.verdicts });
  expect(report.code).toBe(GAPS_AND_ALARMS(report) > 0 || report.json.chains.length === 0 ? 1 : 0);
  for (const [name, reason] of Object.entries(of.because ?? {})) expect(report.because[name]).toMatch(reason);
}

/** Changes members of a digest, and leaves its signature as it was. */
export const unsigned =
  (at: number, change: (members: DigestMembers, chains: Chains) => void) =>
  (chains: Chains): void => {
    const digest = chains.digests[at]!;
    change(digest.members, chains);
    writeRaw(chains, at, JSON.stringify(digest.members));
  };

/** The same finding of several digests. */
export const notes = (kind: string, ...digests: number[]): string[] =>
  digests.map(i => `${kind}: digest ${i}`);
