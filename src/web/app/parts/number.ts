/** `1,000,440`. */
export const numberText = (count: number): string => count.toLocaleString('en-US');
