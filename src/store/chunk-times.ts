/** Times as chunks keep them: `YYYYMMDDhhmmss` as a number, to the second. */

const SEPARATORS = Buffer.from('\0\0\0\0-\0\0-\0\0T\0\0:\0\0:\0\0');
const QUOTE = 0x22;

/** The time that stands at `bytes[start]`, in quotes or not; NaN where it is something else. */
export function timeNumber(bytes: Uint8Array, start: number, end: number): number {
  const from = bytes[start] === QUOTE ? start + 1 : start;
  if (end - from < SEPARATORS.length) return Number.NaN;
  let time = 0;
  for (let i = 0; i < SEPARATORS.length; i++) {
    const c = bytes[from + i]!;
    const separator = SEPARATORS[i]!;
    if (separator !== 0) {
      if (c !== separator) return Number.NaN;
    } else if (c < 0x30 || c > 0x39) {
      return Number.NaN;
    } else {
      time = time * 10 + c - 0x30;
    }
  }
  return time;
}

/** The first 19 characters of an eventTime of that second. */
export function timeText(time: number): string {
  const digits = String(time).padStart(14, '0');
  const part = (from: number, to: number): string => digits.slice(from, to);
  return `${part(0, 4)}-${part(4, 6)}-${part(6, 8)}T${part(8, 10)}:${part(10, 12)}:${part(12, 14)}`;
}
