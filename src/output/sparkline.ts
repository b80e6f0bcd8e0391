/** Values over time as one line of small bars. */

const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_LEVELS = ['_', '.', ':', '-', '=', '+', '*', '#'];

export interface SparklineOptions {
  /** What is added up, step by step. */
  sums: ArrayLike<number>;
  /** What the sums are divided by, where averages are shown. */
  samples?: ArrayLike<number> | undefined;
  /** Characters, at most: several steps share one. */
  width: number;
  isAscii: boolean;
}

/** Bars up to the largest value; a space where there is none. The lowest bar is above 0, whatever is there shows. */
export function sparkline({ sums, samples, width, isAscii }: SparklineOptions): string {
  const perCharacter = Math.max(1, Math.ceil(sums.length / Math.max(1, width)));
  const values: number[] = [];
  for (let from = 0; from < sums.length; from += perCharacter) {
    let sum = 0;
    let count = 0;
    for (let i = from; i < Math.min(sums.length, from + perCharacter); i++) {
      sum += sums[i]!;
      count += samples?.[i] ?? 0;
    }
    values.push(samples && count > 0 ? sum / count : sum);
  }
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  const levels = isAscii ? ASCII_LEVELS : LEVELS;
  return values
    .map(value =>
      value > 0 ? levels[Math.min(levels.length - 1, Math.floor((value / most) * levels.length))] : ' ',
    )
    .join('');
}
