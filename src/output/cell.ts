/** A value of a row. */
export type Cell = string | number | bigint | boolean | Buffer | null;

/** The cell as text: bytes in hexadecimal digits, nothing for a null. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  return Buffer.isBuffer(cell) ? cell.toString('hex') : String(cell);
}

/** About how many characters a cell has. */
export function cellSize(cell: Cell): number {
  if (typeof cell === 'string') return cell.length;
  return Buffer.isBuffer(cell) ? cell.length * 2 : 20;
}
