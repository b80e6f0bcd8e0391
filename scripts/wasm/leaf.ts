/** What those that read rows out of leaf pages and those that lay them out know of the file, in AssemblyScript ("Database File Format", 1.6 and 2.1). */

export const PAGE: i32 = 8192;
export const LEAF: u8 = 0x0d;
export const LEAF_HEAD: i32 = 8;
/** The longest record that stands whole on a leaf. */
export const MOST_LOCAL: i32 = PAGE - 35;

/** Types of bytes and of texts without one; each byte adds two. */
export const BLOB_TYPE: i32 = 12;
export const TEXT_TYPE: i32 = 13;
