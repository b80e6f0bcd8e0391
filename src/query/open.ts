/** An index opened for questions, and the record behind an event: what commands begin with. */

export { type Db, openForQueries } from '../store/open.js';
/** Gives the whole record of the event with an `event_rowid`, as JSON text, byte for byte as CloudTrail wrote it but for space. */
export { createRebuilder as createRecordReader } from '../store/rebuild.js';
