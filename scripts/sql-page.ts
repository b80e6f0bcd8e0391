/** The page of the functions of Athena's dialect, from the list of functions. */

import { FAMILIES } from '../src/query/sql/functions/functions.js';

/** The families of functions, each as a table of signatures. */
export function functionsPage(): string[] {
  const all = FAMILIES.flatMap(([, lists]) => lists.flat());
  const names = new Set(all.filter(({ name }) => !name.startsWith('$')).map(({ name }) => name));
  return [
    `\`offtrail sql\` has these ${names.size} functions, with Trino’s semantics. A capital letter stands for any type, the same everywhere in a signature: \`N\` for a number, \`W\` for a whole number, \`D\` for a decimal, \`O\` for a type with an order, \`C\` for one with equality; \`T...\` for one or more arguments. \`SHOW FUNCTIONS LIKE 'json%'\` lists them too.\n`,
    'Besides them: CAST, TRY_CAST, TRY, COALESCE, NULLIF, IF, CASE, EXTRACT, typeof, GROUPING, JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_OBJECT, JSON_ARRAY, `||`, `AT TIME ZONE`, current_date, current_timestamp, localtimestamp.\n',
    ...FAMILIES.flatMap(([title, lists]) => {
      const rows = lists
        .flat()
        .filter(({ name }) => !name.startsWith('$'))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
        .map(
          ({ signature, meaning }) =>
            `| \`${signature.replaceAll('|', '\\|')}\` | ${meaning.replaceAll('|', '\\|')} |`,
        );
      return [`## ${title}\n`, `| signature | meaning |\n| --- | --- |\n${rows.join('\n')}\n`];
    }),
  ];
}
