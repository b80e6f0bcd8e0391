/** Long answers as far as a page can show them: the exports have all of it. */

import { UsageError } from '../errors.js';
import type { FindingKind } from '../integrity/findings.js';
import type { LogVerification } from '../integrity/verify.js';
import type { Coverage } from '../query/coverage/coverage.js';
import { groupHoles } from '../query/coverage/hole-groups.js';
import type { Metrics } from '../query/metrics/metrics.js';

/** Cells and lines of a grid, steps of a grid and of a chart, holes of a list, findings of a kind, chains. */
const CELLS = 40_000;
const LINES = 200;
const GRID_STEPS = 2000;
const CHART_STEPS = 5000;
const HOLES = 500;
const FINDINGS_OF_A_KIND = 50;
const CHAINS = 500;

/** A coverage with the cells of the first lines, and its holes in groups as people read them. */
export interface ShownCoverage extends Coverage {
  linesLeftOut: number;
  /** Holes, and stretches among them in which digests say that nothing was delivered: these are not in the list. */
  holeCount: number;
  quiet: number;
  /** Groups of holes that are not in the list. */
  holesLeftOut: number;
}

/** @throws UsageError `BAD_WIDTH` where there are more steps than a page can show */
export function shownCoverage(coverage: Coverage): ShownCoverage {
  const { cells, holes, from, to, width } = coverage;
  const steps =
    from === null || to === null ? 0 : Math.ceil((Date.parse(to) - Date.parse(from)) / 1000 / width);
  checkSteps(steps, GRID_STEPS);
  const mostLines = Math.min(LINES, Math.floor(CELLS / Math.max(1, steps)));
  const lines = new Set<string>();
  const shown = cells.filter(({ account, region, category }) => {
    const line = JSON.stringify([account, region, category]);
    // Cells come line by line: those of a line that was left out are left out as well.
    lines.add(line);
    return lines.size <= mostLines;
  });
  const groups = groupHoles(holes);
  return {
    ...coverage,
    cells: shown,
    holes: groups.holes.slice(0, HOLES),
    linesLeftOut: Math.max(0, lines.size - mostLines),
    holeCount: holes.length,
    quiet: groups.quiet,
    holesLeftOut: Math.max(0, groups.holes.length - HOLES),
  };
}

/** @throws UsageError `BAD_WIDTH` where there are more steps than a page can show */
export function shownMetrics(metrics: Metrics): Metrics {
  checkSteps(metrics.times.length, CHART_STEPS);
  return metrics;
}

function checkSteps(steps: number, most: number): void {
  if (steps > most)
    throw new UsageError(
      'BAD_WIDTH',
      `these are ${steps.toLocaleString('en-US')} steps, and a page shows ${most.toLocaleString('en-US')} at most`,
      'take wider steps, a shorter time, or the command that is shown',
    );
}

/** A verification without its list of files, and with the first findings of each kind. */
export interface ShownVerification extends Omit<LogVerification, 'files'> {
  chainsLeftOut: number;
  /** Number of findings of each kind. */
  counts: Array<{ kind: FindingKind; count: number }>;
}

export function shownVerification({ files: _, ...verification }: LogVerification): ShownVerification {
  const counts = new Map<FindingKind, number>();
  const findings = verification.findings.filter(({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= FINDINGS_OF_A_KIND;
  });
  const { chains } = verification;
  return {
    ...verification,
    findings,
    chains: chains.slice(0, CHAINS),
    chainsLeftOut: Math.max(0, chains.length - CHAINS),
    counts: Array.from(counts, ([kind, count]) => ({ kind, count })),
  };
}
