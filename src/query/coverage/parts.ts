/** Choices of a map of coverage: what its lines are told apart by, and by what time events count. */

/** What lines can be told apart by. */
export const PARTS = ['account', 'region', 'category'] as const;
export type Part = (typeof PARTS)[number];

/** By what time events count: their own, or that of the delivery of their file. */
export const COVERAGE_TIMES = ['event', 'delivery'] as const;
export type CoverageTime = (typeof COVERAGE_TIMES)[number];
