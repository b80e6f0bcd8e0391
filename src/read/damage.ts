/** What the ledger says of a file that was not read as it is, or not to its end. */

export const tooLarge = (limits: { maxFileBytes: number }): string =>
  `inflates to more than the limit of ${limits.maxFileBytes} bytes`;
export const BAD_UTF8 = 'bytes that are not UTF-8 were replaced by U+FFFD';
