/** The one form in which CloudTrail writes times to the second, `2015-08-17T14:01:31Z`. Other forms: `store/times.ts`. */

/** The text of a whole second since 1970. */
export const isoSecond = (second: number): string => `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;

/** Seconds since 1970; null for a text in any other form, and for a time that no calendar has. */
export function secondOf(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return null;
  const second = Date.parse(text) / 1000;
  // Date.parse takes the 30th of February for a day in March.
  return Number.isFinite(second) && isoSecond(second) === text ? second : null;
}
