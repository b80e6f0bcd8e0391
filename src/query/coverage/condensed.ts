/** A list of holes that people can read: many of one kind and place as one, what is only quiet left out. */

import { durationText, type Hole } from './hole.js';

/** More holes than this of one kind and place are told together. */
const MOST_APART = 2;

export interface Condensed {
  holes: Hole[];
  /** Stretches in which digests say that nothing was delivered. */
  quiet: number;
}

/** The holes for reading, in the same order. Holes that are told together say how many they are. */
export function condensed(holes: readonly Hole[]): Condensed {
  const groups = new Map<string, Hole[]>();
  let quiet = 0;
  for (const hole of holes) {
    if (hole.kind === 'quiet') {
      quiet++;
      continue;
    }
    // Each stop of a trail has its own story.
    const apart = hole.kind === 'logging off' ? String(groups.size) : '';
    const region = hole.kind === 'region never seen' ? null : hole.region;
    const key = JSON.stringify([
      hole.kind,
      hole.account,
      region,
      hole.reason.includes('digests stop'),
      apart,
    ]);
    const group = groups.get(key);
    if (group) group.push(hole);
    else groups.set(key, [hole]);
  }
  return { holes: [...groups.values()].flatMap(group => together(group)), quiet };
}

function together(group: Hole[]): Hole[] {
  const [first] = group;
  if (first!.kind === 'region never seen') return [regionsTogether(group)];
  if (group.length <= MOST_APART) return group;
  const seconds = (hole: Hole): number =>
    (Date.parse(hole.to ?? '') - Date.parse(hole.from ?? '')) / 1000 || 0;
  const longest = group.reduce((most, hole) => (seconds(hole) > seconds(most) ? hole : most));
  const files = group.reduce((sum, hole) => sum + hole.files, 0);
  const times = `${group.length.toLocaleString('en-US')} times, the longest ${durationText(seconds(longest))} from ${longest.from ?? '-'}`;
  const what =
    first!.kind === 'not downloaded'
      ? `${files.toLocaleString('en-US')} log files that digests list are not in the index`
      : first!.reason;
  return [{ ...first!, to: group.at(-1)!.to, files, reason: `${times}: ${what}` }];
}

function regionsTogether(group: readonly Hole[]): Hole {
  const regions = group.map(({ region }) => region ?? '-');
  const reason = `no event, file or digest of ${regions.join(', ')}, which others have`;
  return { ...group[0]!, region: group.length === 1 ? group[0]!.region : null, reason };
}
