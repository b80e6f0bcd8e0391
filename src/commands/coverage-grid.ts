/** The map of coverage as a grid: labels of its lines, and the sign of each hole. */

import type { GridOptions, GridSign } from '../output/grid.js';
import type { CoverageMap } from '../query/coverage/coverage.js';
import { DELIVERED_SIGN, HOLE_KINDS, HOLE_SIGNS, isStrong } from '../query/coverage/hole.js';
import type { Line } from '../query/coverage/lines.js';
import type { Part } from '../query/coverage/parts.js';

const [SIGN, ASCII, MEANING] = DELIVERED_SIGN;
const DELIVERED: GridSign = { sign: SIGN, ascii: ASCII, meaning: MEANING, isStrong: false };

/** @param width characters of a line */
export function coverageGrid({ steps, lines, by, time }: CoverageMap, width: number): GridOptions {
  const { origin = 0, width: stepWidth = 1, count = 0 } = steps ?? {};
  return {
    lines: lines.map(line => ({
      label: labelOf(line, by),
      counts: line.series.events,
      signs: signsOf(line),
    })),
    signs: [
      ...HOLE_KINDS.map((kind): GridSign => {
        const [sign, ascii, meaning] = HOLE_SIGNS[kind];
        return { sign, ascii, meaning, isStrong: isStrong(kind) };
      }),
      DELIVERED,
    ],
    counted:
      time === 'event'
        ? 'events by eventTime, files and digests by delivery'
        : 'events by the delivery of their files',
    origin,
    stepWidth,
    steps: count,
    width,
    isAscii: isAsciiOnly(process.env),
  };
}

function labelOf(line: Line, by: readonly Part[]): string {
  return by.map(part => line[part] ?? (part === 'category' ? '(files)' : '-')).join(' ');
}

function signsOf({ marks, series }: Line): Uint8Array {
  return marks.map((code, step) => {
    if (code !== 0 || series.events[step]! > 0) return code;
    return series.files[step]! + series.digests[step]! + series.listed[step]! > 0 ? HOLE_KINDS.length + 1 : 0;
  });
}

/** Whether the locale or the terminal has nothing beyond ASCII. Without a locale, any is possible. */
export function isAsciiOnly({ LC_ALL, LC_CTYPE, LANG, TERM }: NodeJS.ProcessEnv): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  return TERM === 'dumb' || (locale !== '' && !/utf-?8/i.test(locale));
}
