/** The cells of a coverage as the lines of a grid. */

import type { Coverage, CoverageCell } from '../../../query/coverage/coverage.js';
import { DELIVERED_SIGN, HOLE_SIGNS, isStrong } from '../../../query/coverage/hole.js';
import type { GridCell, GridLine } from '../parts/grid.js';

/** Looks of cells with events: by how many. */
const LEVELS = 4;

/** The beginning of each step, UTC; none where there is nothing. */
export function stepsOf({ cells, width, from, to }: Coverage): string[] {
  if (cells.length === 0 || from === null || to === null) return [];
  // Steps begin where those of the cells do.
  const seconds = (time: string): number => Date.parse(time) / 1000;
  const origin = seconds(cells[0]!.time);
  const stepOf = (time: string): number => Math.floor((seconds(time) - origin) / width);
  const first = Math.min(stepOf(from), ...cells.map(({ time }) => stepOf(time)));
  const last = Math.max(stepOf(to), ...cells.map(({ time }) => stepOf(time)));
  return Array.from({ length: last - first + 1 }, (_, i) =>
    new Date((origin + (first + i) * width) * 1000).toISOString().replace('.000Z', 'Z'),
  );
}

/** The lines in the order of the cells, each with a cell for every step. */
export function linesOf({ cells, by }: Coverage, steps: readonly string[]): GridLine[] {
  const numbers = new Map(steps.map((step, i) => [step, i]));
  const most = cells.reduce((max, { events }) => Math.max(max, events), 0);
  const lines = new Map<string, GridCell[]>();
  for (const cell of cells) {
    const label = by.map(part => cell[part] ?? (part === 'category' ? '(files)' : '–')).join(' ');
    let line = lines.get(label);
    if (!line) {
      line = Array<GridCell>(steps.length).fill(NOTHING);
      lines.set(label, line);
    }
    line[numbers.get(cell.time)!] = gridCell(cell, most);
  }
  return Array.from(lines, ([label, ofLine]) => ({ label, cells: ofLine }));
}

const NOTHING: GridCell = { look: '', sign: '', text: 'nothing' };

function gridCell(cell: CoverageCell, most: number): GridCell {
  const text = countsText(cell);
  const { hole, events } = cell;
  if (hole !== null) {
    const [sign, , meaning] = HOLE_SIGNS[hole];
    const look = isStrong(hole) ? 'hole-strong' : 'hole';
    return { look, sign, text: text === '' ? meaning : `${meaning}; ${text}` };
  }
  if (events > 0) return { look: `events-${levelOf(events, most)}`, sign: '', text };
  return { look: 'hole', sign: DELIVERED_SIGN[0], text: `${DELIVERED_SIGN[2]}: ${text}` };
}

/** From 1 to `LEVELS`, by the order of magnitude. */
export const levelOf = (events: number, most: number): number =>
  most <= 1 ? LEVELS : 1 + Math.floor(((LEVELS - 1) * Math.log(events)) / Math.log(most));

const COUNTS: ReadonlyArray<[name: 'events' | 'files' | 'digests' | 'listed' | 'missing', text: string]> = [
  ['events', 'events'],
  ['files', 'log files'],
  ['digests', 'digests'],
  ['listed', 'files that digests list'],
  ['missing', 'of them not here'],
];

const countsText = (cell: CoverageCell): string =>
  COUNTS.filter(([name]) => cell[name] > 0)
    .map(([name, text]) => `${cell[name].toLocaleString('en-US')} ${text}`)
    .join(', ');
