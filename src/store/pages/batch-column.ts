/** What a column of a table has, of rows of a batch that are laid out as pages. */

/** The same numbers in `scripts/wasm/pages.ts`. */
export const CODE = {
  null: 0,
  text: 1,
  int: 2,
  hash: 3,
  number: 4,
  value: 5,
  textIf: 6,
  blobIf: 7,
  time: 8,
} as const;

/** A code, and positions in the row of the batch. */
export type BatchColumn = readonly [code: number, position: number, condition: number];

export const batchColumn = {
  /** Of a row that is added alone, the odd number where there is one. */
  null: [CODE.null, 0, 0] as BatchColumn,
  /** The text whose start and length stand at `position`; NULL where it starts below 0. */
  text: (position: number): BatchColumn => [CODE.text, position, 0],
  int: (position: number): BatchColumn => [CODE.int, position, 0],
  /** The content hash whose halves stand there. */
  hash: (position: number): BatchColumn => [CODE.hash, position, 0],
  /** What a column for numbers has for such a text. */
  number: (position: number): BatchColumn => [CODE.number, position, 0],
  /** One of the values that come with the row; NULL where it is below 0. */
  value: (index: number): BatchColumn => [CODE.value, index, 0],
  /** The text, where the number at `condition` is not 0. */
  textIf: (position: number, condition: number): BatchColumn => [CODE.textIf, position, condition],
  /** The bytes, where the number at `condition` is not 0. */
  blobIf: (position: number, condition: number): BatchColumn => [CODE.blobIf, position, condition],
  /** Seconds in two halves of 2^20; NULL where the first is below 0. */
  time: (position: number): BatchColumn => [CODE.time, position, 0],
};
