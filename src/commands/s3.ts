/** `offtrail s3 <search>`: one of the canned searches. */

import { HAS_RESOURCE } from '../cloudtrail/resources.js';
import type { Format } from '../output/rows.js';
import { inline, printableSql } from '../query/filter/sql-text.js';
import { type S3Search, type S3SearchOptions, s3Statement } from '../query/s3-searches.js';
import { runSql } from '../query/sql.js';
import { EXIT, print, printRows, say, withIndex } from './context.js';
import { sayNothingFound, sayObjectEventsFor, saySpellings } from './nothing-found.js';

export interface S3Arguments {
  db: string | undefined;
  format: Format;
  printSql: boolean;
  printAthena: boolean;
  options: S3SearchOptions;
}

/** Runs the search, or shows its statement. */
export async function runS3(
  search: S3Search,
  { db, format, printSql, printAthena, options }: S3Arguments,
): Promise<number> {
  const { sqlite, athena, spellings } = s3Statement(search, options, new Date());
  if (printSql || printAthena) {
    saySpellings(spellings);
    const text = printSql ? printableSql(inline(sqlite), 'char') : printableSql(athena(), 'chr');
    await print(`${text};\n`);
    if (printSql && sqlite.text.includes(`${HAS_RESOURCE}(`))
      say(
        `${HAS_RESOURCE} is a function of offtrail's own: offtrail sql has it, other SQLite clients do not`,
      );
    return EXIT.ok;
  }
  return withIndex(db, async index => {
    const resolved = s3Statement(search, options, new Date(), { db: index });
    saySpellings(resolved.spellings);
    const count = await printRows(runSql(index, resolved.sqlite), format);
    if (count === 0) sayNothingFound(index, options);
    else {
      if (count === options.limit) say(`stopped at --limit ${count}; there may be more`);
      sayObjectEventsFor(index, options);
    }
    return EXIT.ok;
  });
}
