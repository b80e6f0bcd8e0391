/**
 * Times as chunks and matches have them: `YYYYMMDDhhmmss` as a number, in UTC. They come from rows in one text: an
 * eventTime in CloudTrail's own form as it is, one in another form as `@` and its seconds since 1970, one that cannot
 * be read as `@` alone.
 */

/** That text, of an event `alias`. */
export const timeTextSql = (alias = ''): string => `CASE WHEN ${alias}eventtime IS NULL THEN ''
      WHEN ${alias}odd_time IS NULL THEN ${alias}eventtime
      ELSE '@' || CASE WHEN typeof(${alias}odd_time) = 'text' THEN '' ELSE ${alias}odd_time END END`;

const SEPARATORS = Buffer.from('\0\0\0\0-\0\0-\0\0T\0\0:\0\0:\0\0');
const AT = 0x40;

/** The time whose text stands at `bytes[start, end)`; NaN where there is none. */
export function timeNumber(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] === AT) return oddTimeNumber(bytes.toString('latin1', start + 1, end));
  if (end - start < SEPARATORS.length) return Number.NaN;
  let time = 0;
  for (let i = 0; i < SEPARATORS.length; i++) {
    const c = bytes[start + i]!;
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

/** The same of a text in memory; -Infinity where there is none, so that it can be compared. */
export function comparableTime(text: string): number {
  if (text.length < SEPARATORS.length || text.charCodeAt(0) === AT) {
    const time = text.startsWith('@') ? oddTimeNumber(text.slice(1)) : Number.NaN;
    return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
  }
  // By hand: a search may find a million events.
  let time = 0;
  for (let i = 0; i < SEPARATORS.length; i++)
    if (SEPARATORS[i] === 0) time = time * 10 + text.charCodeAt(i) - 0x30;
  return time;
}

function oddTimeNumber(seconds: string): number {
  if (seconds === '') return Number.NaN;
  const whole = Math.floor(Number(seconds));
  const digits = new Date(whole * 1000).toISOString().slice(0, 19).replaceAll(/\D/g, '');
  return Number(digits) + Number(seconds) - whole;
}
