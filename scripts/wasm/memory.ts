/** Where in the memory of the scan of members what is, in AssemblyScript. */

/**
 * Numbers of four bytes: whether there was white space between tokens, whether the bytes ended too soon, the members; two
 * hashes; of a kind the members of the channel, those that are no field, and whether one of its values is an object or a list.
 */
export const RESULT: usize = 0;
/** Five numbers a member: slot or -1, where its name begins and ends, where its value begins and ends. */
export const LIST: usize = 64;
export const MEMBER_BYTES: usize = 20;
