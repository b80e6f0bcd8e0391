/** `offtrail coverage`: what the logs here cover, and what is missing. */

import type { Cell } from '../output/cell.js';
import type { CoverageMap, CoverageOptions } from '../query/coverage/coverage.js';
import { COVERAGE_TIMES, PARTS, type Part } from '../query/coverage/parts.js';
import { flag, given, limit, namesOf, numberOf, ROWS, text } from './options.js';
import {
  counted,
  EXIT,
  numberText,
  print,
  printJson,
  printRows,
  printValue,
  say,
  withIndex,
} from './terminal.js';
import { verb } from './verb.js';

const values = (description: string) => ({ type: 'string', array: true, nargs: 1, description }) as const;

export const coverage = verb({
  name: 'coverage',
  summary: 'what the logs cover, account by account and region by region, and the holes between',
  description:
    'Draws a map of events, log files and digests over time, a line for each account and region, and lists the holes below it, each with its kind and reason. --format json and jsonl give cells and holes, csv gives cells; --holes gives the holes alone.',
  notes: [
    'Events count at their eventTime, files and digests when they were delivered, which the names of files say; --time delivery counts events where their file was delivered. --account and --region select lines: the account and region of a file’s folder or name, and of a record.',
    'A hole is certain where a digest or an event says so, and possible where nothing but silence does. It is at least a step long: --every 1h finds those of an hour.',
  ],
  examples: [
    ['offtrail coverage', 'all there is'],
    [
      'offtrail coverage --holes --every 1h --from 2019-07-05 --to 2019-07-06',
      'the holes of a day, hour by hour',
    ],
    ['offtrail coverage --by account,region,category --format json', 'as data, with categories'],
    ['offtrail coverage --trails', 'who changed which trail, and what can be in these logs at all'],
  ],
  options: {
    from: text(
      'from this time on, as the filters of other commands [default: the first event, file or digest of these accounts and regions]',
    ),
    to: text('up to this time [default: the last event, file or digest of all accounts and regions]'),
    account: values('only this account; repeatable, a value that begins with ! must not match'),
    region: values('only this region; repeatable, a value that begins with ! must not match'),
    by: text(
      `what lines are told apart by, with commas between: ${PARTS.join(', ')} [default: account,region]`,
    ),
    every: text('width of a step: 30m, 1h, 6h, 1d, 1w [default: one that gives up to 100 steps]'),
    time: {
      choices: COVERAGE_TIMES,
      default: 'event',
      requiresArg: true,
      description: 'when an event counts: at its eventTime, or when its file was delivered',
    },
    holes: flag('list every hole, without the map'),
    trails: flag(
      'how trails were changed, by whom and to what, and which kinds of events can be in these logs, without the map',
    ),
    limit: {
      ...limit,
      default: 'all',
      description:
        'maximum number of holes with --holes, of rows with --trails, or of cells with --format csv, or all',
    },
    ...ROWS,
  },
  conflicts: { trails: ['holes', 'by', 'every'] },
  async run({ options }) {
    const { db, format, holes } = options;
    const most = numberOf(options.limit);
    const isWide = options.wide === true;
    const [{ coverageMap }, { sayPassedOver, saySpellings }] = await Promise.all([
      import('../query/coverage/map.js'),
      import('./notes.js'),
    ]);
    const { from, to, account, region, every, time } = options;
    const query: CoverageOptions = {
      ...given({ from, to, account, region, every, time }),
      ...(options.by === undefined ? {} : { by: namesOf([options.by]) }),
    };
    return withIndex(db, async index => {
      if (options.trails) {
        const [{ trailHistories }, { printTrails }] = await Promise.all([
          import('../query/coverage/trail-history.js'),
          import('./coverage-trails.js'),
        ]);
        await printTrails(trailHistories(index, query, new Date()), format, most);
        return EXIT.ok;
      }
      const map = coverageMap(index, query, new Date());
      saySpellings(map.spellings);
      if (holes) await printHoles(map, { format, most, isWide });
      else if (format === 'table') await printMap(map, isWide);
      else await printData(map, format, most);
      sayOutside(map);
      sayPassedOver(index);
      return EXIT.ok;
    });
  },
});

type Format = Parameters<typeof printRows>[1];

async function printHoles(
  { holes }: CoverageMap,
  { format, most, isWide }: { format: Format; most: number; isWide: boolean },
): Promise<void> {
  const { fitsTable, HOLE_COLUMNS, holeLines, holeRow } = await import('./coverage-holes.js');
  const rows = holes.map(holeRow);
  const width = isWide ? undefined : terminalWidth();
  if (format !== 'table' || width === undefined || fitsTable(HOLE_COLUMNS, rows, width)) {
    await printRows({ columns: HOLE_COLUMNS, rows: rows.values() }, format, most);
    return;
  }
  await print(holeLines(holes.slice(0, most), { isWhole: true }));
  if (holes.length > most) say(`there are more rows than --limit ${most}`);
}

/** Characters of a line of the terminal; undefined where the output goes to none. */
const terminalWidth = (): number | undefined => (process.stdout.isTTY && process.stdout.columns) || undefined;

/** Cells and holes as data: together in JSON, line by line in JSON lines; rows of cells in what has one table alone. */
async function printData(map: CoverageMap, format: Format, most: number): Promise<void> {
  const { cellsOf } = await import('../query/coverage/coverage.js');
  if (format === 'json') {
    const { steps: _, lines: __, stops: ___, holes, ...summary } = map;
    await printValue({ ...summary, cells: [...cellsOf(map)], holes }, format);
  } else if (format === 'jsonl') {
    for (const cell of cellsOf(map)) await printJson({ type: 'cell', ...cell }, 0);
    for (const hole of map.holes) await printJson({ type: 'hole', ...hole }, 0);
  } else {
    const counts = ['events', 'files', 'digests', 'listed', 'missing'] as const;
    const columns = ['time', ...map.by, ...counts, 'hole'] as const;
    function* rows(): Generator<Cell[]> {
      for (const cell of cellsOf(map)) yield columns.map(name => cell[name]);
    }
    await printRows({ columns: [...columns], rows: rows() }, format, most);
  }
}

/** Characters of a line where the output does not go to a terminal. */
const WIDTH = 120;
/** Holes that are listed below the map. */
const LISTED = 20;

async function printMap(map: CoverageMap, isWide: boolean): Promise<void> {
  const [{ grid }, { groupHoles }, { coverageGrid }, { fitsTable, holeLines, LIST_COLUMNS, listRow }] =
    await Promise.all([
      import('../output/grid.js'),
      import('../query/coverage/hole-groups.js'),
      import('./coverage-grid.js'),
      import('./coverage-holes.js'),
    ]);
  if (!map.steps) {
    say('nothing of these accounts and regions is in the index: offtrail status shows what there is');
    return;
  }
  const width = terminalWidth();
  await print(grid(coverageGrid(map, width ?? WIDTH)));
  const { holes, quiet } = groupHoles(map.holes);
  if (holes.length > 0) {
    await print('\n');
    const listed = holes.slice(0, LISTED);
    const rows = listed.map(listRow);
    if (width === undefined || isWide || fitsTable(LIST_COLUMNS, rows, width))
      await printRows({ columns: LIST_COLUMNS, rows: rows.values() }, 'table');
    else await print(holeLines(listed, { isWhole: false }));
  }
  const more = Math.max(0, holes.length - LISTED);
  if (more > 0) say(`${numberText(more)} more holes: --holes lists all, --account and --from fewer`);
  if (quiet > 0)
    say(
      `${counted(quiet, 'quiet stretch', 'quiet stretches')}, of which digests say that nothing was delivered: --holes lists them`,
    );
}

/** Says what the map leaves out, and what it cannot know. */
function sayOutside({
  untimedEvents,
  undatedFiles,
  filesOfDays,
  undatedMissing,
  hasDigests,
  steps,
  by,
}: CoverageMap): void {
  if (untimedEvents > 0)
    say(`${counted(untimedEvents, 'event')} without a time that can be read: not in the map`);
  if (undatedFiles > 0)
    say(
      `${counted(undatedFiles, 'file')} whose names and folders do not say when they were delivered: not in the map`,
    );
  if (filesOfDays > 0)
    say(`${counted(filesOfDays, 'file')} of which only the day of delivery is known: --every 1d has them`);
  if (undatedMissing > 0)
    say(
      `not in the index: ${counted(undatedMissing, 'log file')} that digests list, delivered at an unknown time`,
    );
  if (steps && !hasDigests)
    say('no digests are in the index: what was delivered cannot be told from what was downloaded');
  if (by.includes('category' satisfies Part))
    say('files and digests are of management and data events together: they have lines without a category');
}
