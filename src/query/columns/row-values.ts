/** Numbers for the values that only rows have, distinguished as bytes. */

import { createDictionary } from '../../bytes/dictionary.js';
import type { Db } from '../../store/open.js';
import type { Grouping } from './codes.js';
import { createValueReader, MANY_BYTES, type OwnColumn, tooManyValues } from './value-reader.js';

/** Groups by a column that only rows have. */
export function groupingByValues<P extends string>(db: Db, column: OwnColumn): Grouping<P> {
  const known = createDictionary();
  const values = createValueReader<P>(db, column);
  const lengthOf = (code: number): number => (code === 0 ? 0 : known.textOf(code - 1).length);

  return {
    values,
    codes(chosen) {
      const { segment, places } = chosen;
      const codeAt = new Uint32Array(segment.last - segment.first + 1);
      values.read(chosen, (place, view, start, end) => {
        if (known.byteLength() > MANY_BYTES) throw tooManyValues(column.name);
        codeAt[place] = end < 0 ? 0 : known.idOf(view, start, end) + 1;
      });
      return places.map(place => codeAt[place]!);
    },
    valuesOf: code => [code === 0 ? null : known.textOf(code - 1)],
    compare: (a, b) => (a === 0 || b === 0 ? lengthOf(a) - lengthOf(b) : known.compare(a - 1, b - 1)),
  };
}
