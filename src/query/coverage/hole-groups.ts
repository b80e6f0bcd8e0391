/** Holes as people read them: many of one kind and place as one, and those that are only quiet as a number. */

import { grouped } from '../../grouped.js';
import { durationText, type Hole } from './hole.js';

/** As many holes of one kind and place are listed one by one. */
const MOST_APART = 2;

export interface HoleGroups {
  /** A hole that stands for several says in its reason how many they are. */
  holes: Hole[];
  /** Stretches in which digests say that nothing was delivered. */
  quiet: number;
}

/** Puts holes of one kind and place together, in the same order. */
export function groupHoles(holes: readonly Hole[]): HoleGroups {
  const shown = holes.filter(({ kind }) => kind !== 'quiet');
  const groups = grouped(shown.entries(), ([i, hole]) => groupOf(hole, i));
  return {
    holes: [...groups.values()].flatMap(group => together(group.map(([, hole]) => hole))),
    quiet: holes.length - shown.length,
  };
}

/** @param i place in the list: no other hole has it */
function groupOf({ kind, account, region, reason }: Hole, i: number): string {
  // Each stop of a trail has its own story.
  if (kind === 'logging off' || kind === 'not recorded') return JSON.stringify([kind, i]);
  if (kind === 'region never seen') return JSON.stringify([kind, account]);
  return JSON.stringify([kind, account, region, reason.includes('digests stop')]);
}

function together(group: readonly Hole[]): readonly Hole[] {
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
