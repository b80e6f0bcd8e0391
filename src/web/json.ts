/** Answers as JSON for the page: no number loses digits, no text is longer than a page can show. */

/** Longest text of an answer, in UTF-16 units; a record of that size is still shown. */
const LONGEST = 300_000;

/** Whole numbers that a double cannot hold become texts; of longer texts the beginning is left and their length said. */
export const jsonOf = (answer: unknown): string =>
  JSON.stringify(answer, (_, value: unknown) => {
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    // Series of numbers; what is not a number has no other name in JSON than null.
    if (value instanceof Float64Array) return Array.from(value);
    if (typeof value === 'string' && value.length > LONGEST)
      return `${value.slice(0, LONGEST)}… (${value.length.toLocaleString('en-US')} characters)`;
    return value;
  }) ?? 'null';
