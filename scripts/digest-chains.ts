/**
 * Writes trees of log files with the digest files that CloudTrail delivers beside them, hashed, chained and signed:
 * `tsx scripts/digest-chains.ts FOLDER --hours 24 --files 4 --regions us-east-1,eu-west-1 …`. The same options give the
 * same bytes, but for what random keys sign.
 *
 * In the folder: `logs/` is the bucket, `keys/REGION.json` what list-public-keys prints, `signatures/` or
 * `signatures.jsonl` what head-object prints, where it was asked to be there.
 */

import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type ChainOptions, makeChains } from './digest-chains/chains.js';

export { type ChainOptions, type Chains, makeChains } from './digest-chains/chains.js';
export type { Digest, DigestMembers, ListedFile, SignaturePlace } from './digest-chains/digest.js';
export { headObject, linkTo, listed, metadataOf, writeDigest } from './digest-chains/digest.js';
export { fingerprintOf, makeKey, publicKeyList, type SigningKey } from './digest-chains/keys.js';
export type { LogFile } from './digest-chains/logs.js';
export type { Trail } from './digest-chains/names.js';
export {
  chainOf,
  resign,
  resignFrom,
  saveSignature,
  writeKeys,
  writeSignatures,
} from './digest-chains/rewrite.js';

const list = (text: string): string[] => text.split(',').filter(part => part !== '');
const numbers = (text: string): number[] => list(text).map(Number);
const trails = (text: string): ChainOptions['trails'] =>
  list(text).map(part => {
    const [name = '', homeRegion = 'us-east-1'] = part.split('@');
    return { name, homeRegion };
  });

/** Options of the command line: the option of `makeChains` each stands for, and how its text is read. */
const OPTIONS: Record<string, [keyof ChainOptions, (text: string) => unknown]> = {
  accounts: ['accounts', list],
  regions: ['regions', list],
  trails: ['trails', trails],
  organization: ['organization', String],
  prefix: ['prefix', String],
  bucket: ['bucket', String],
  start: ['start', String],
  hours: ['hours', Number],
  files: ['filesPerHour', Number],
  records: ['recordsPerFile', Number],
  seed: ['seed', Number],
  empty: ['emptyHours', numbers],
  off: ['offHours', numbers],
  backfill: ['backfillHours', numbers],
  signatures: ['signatures', String],
  'key-times': ['keyTimes', String],
  'key-encoding': ['keyEncoding', String],
  'key-hours': ['keyHours', Number],
};

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(Object.keys(OPTIONS).map(name => [name, { type: 'string' as const }])),
  });
  const [folder] = positionals;
  if (!folder) {
    const names = Object.keys(OPTIONS).map(name => `[--${name} …]`);
    console.error(`usage: tsx scripts/digest-chains.ts FOLDER ${names.join(' ')}`);
    process.exit(2);
  }
  const options = Object.entries(values).map(([name, text]) => {
    const [option, read] = OPTIONS[name]!;
    return [option, read(text as string)];
  });
  const { digests, logFiles, keys } = makeChains(folder, Object.fromEntries(options) as ChainOptions);
  console.log({ digests: digests.length, logFiles: logFiles.length, keys: keys.length });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
