/** Random scenarios for `validate-logs`: trees with several things altered at once, and ranges that end anywhere. */

import { rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Scenario } from '../../test/validate-logs/scenarios.js';
import {
  type Chains,
  type Digest,
  linkTo,
  makeKey,
  resign,
  resignFrom,
  saveSignature,
  writeDigest,
  writeKeys,
} from '../digest-chains.js';
import { createRandom, type Random } from '../random.js';
import { isoTime } from '../records.js';

const HOURS = 8;
const START = Date.parse('2026-03-02T19:30:15Z') / 1000;

/** Makes scenarios: the same seed gives the same, but for keys. */
export function randomScenarios(count: number, seed: number): Scenario[] {
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(seed * 100_003 + i);
    const some = (most: number): number[] =>
      Array.from({ length: random.below(most + 1) }, () => random.below(HOURS));
    const organization = random.below(6) === 0 ? 'o-exampleorgid' : '';
    const prefix = random.pick(['', '', 'p', 'p/q']);
    const options = {
      start: isoTime(START),
      hours: HOURS,
      filesPerHour: 1 + random.below(2),
      recordsPerFile: 1,
      organization,
      prefix,
      offHours: random.below(3) === 0 ? some(3) : [],
      emptyHours: some(2),
      backfillHours: random.below(2) === 0 ? some(4) : [],
      keyHours: random.pick([720, 720, 12, 36]),
      seed: 1 + i,
    };
    const times = [time(random), time(random)].sort();
    const isTrails = organization !== '' || random.below(3) === 0;
    return {
      name: `random ${seed} ${i}`,
      options,
      alter: chains => {
        for (let n = random.below(5); n > 0; n--) random.pick(ALTERATIONS)(chains, random);
      },
      args: [
        ...['--start-time', times[0]!, '--end-time', times[1]!],
        ...(isTrails
          ? []
          : ['--s3-bucket', 'example-trail-logs', ...(prefix ? ['--s3-prefix', prefix] : [])]),
        ...(organization && random.below(8) > 0 ? ['--account-id', '111122223333'] : []),
        ...(random.below(4) > 0 ? ['--verbose'] : []),
      ],
    };
  });
}

/** Near an hour of the tree, often on the second. */
const time = (random: Random): string =>
  isoTime(START + (random.below(HOURS + 5) - 2) * 3600 + random.pick([0, 0, -1, 1, 600, 3540]));

type Alteration = (chains: Chains, random: Random) => void;

const before = (endTime: string | undefined, { members }: Digest): boolean =>
  endTime !== undefined && members.digestEndTime !== undefined && endTime < members.digestEndTime;

const digestAlterations: Alteration[] = [
  (chains, random) => rmSync(random.pick(chains.digests).path, { force: true }),
  (chains, random) => {
    const one = random.pick(chains.digests);
    one.signature = random.pick([one.signature?.replace(/^./, '0'), 'abc', 'zz', '', 'ab'.repeat(256)]);
    saveSignature(chains, one);
  },
  (chains, random) => {
    const one = random.pick(chains.digests);
    one.bytes = Buffer.from(
      random.pick(['', '{', `${one.bytes.toString()} `, one.bytes.toString().replace('SHA-256', 'SHA-255')]),
    );
    writeDigest(chains.folders, one);
  },
  (chains, random) => {
    const one = random.pick(chains.digests);
    const members = one.members as unknown as Record<string, unknown>;
    delete members[random.pick(Object.keys(members).filter(name => name !== 'logFiles'))];
    resign(chains, one);
  },
  (chains, random) => {
    const one = random.pick(chains.digests);
    // Never to a later one: the AWS CLI walks in a circle for ever.
    const earlier = chains.digests.filter(({ members }) => before(members.digestEndTime, one));
    Object.assign(one.members, linkTo(random.below(3) > 0 ? undefined : random.pick(earlier)));
    resignFrom(chains, one);
  },
  (chains, random) => {
    const one = random.pick(chains.digests);
    const key = makeKey(one.signer);
    if (random.below(2) === 0) one.members.digestPublicKeyFingerprint = key.fingerprint;
    resign(chains, one, key.privateKey);
  },
  (chains, random) => {
    const one = random.pick(chains.digests);
    one.members.logFiles = one.members.logFiles.slice(1);
    random.pick([resign, resignFrom])(chains, one);
  },
  (chains, random) => {
    const one = random.pick(chains.digests);
    one.members.digestStartTime = isoTime(Date.parse(one.members.digestStartTime) / 1000 - 1800);
    resignFrom(chains, one);
  },
];

const logAlteration: Alteration = (chains, random) => {
  if (chains.logFiles.length === 0) return;
  const { path } = random.pick(chains.logFiles);
  rmSync(path, { force: true });
  if (random.below(3) === 0) return;
  const text = JSON.stringify({
    Records: [{ eventID: random.uuid(), eventName: 'A', eventVersion: '1.08' }],
  });
  const bytes = gzipSync(text);
  writeFileSync(
    path,
    random.pick([
      bytes,
      Buffer.concat([bytes, Buffer.from('tail')]),
      bytes.subarray(0, -9),
      Buffer.from(text),
      Buffer.from('x'),
      gzipSync(`${text}\n`),
    ]),
  );
};

const keyAlteration: Alteration = (chains, random) => {
  if (random.below(4) > 0) return;
  const key = random.pick(chains.keys);
  if (key && random.below(2) === 0) key.validTo = key.validFrom + 3600;
  else chains.keys.splice(chains.keys.indexOf(key), 1);
  writeKeys(chains);
};

const ALTERATIONS: readonly Alteration[] = [
  ...digestAlterations,
  logAlteration,
  logAlteration,
  keyAlteration,
];
