/** A table over S3 server access logs as S3 delivers them. */

import { ACCESS_FIELDS, type AccessField, FIELD_COUNTS } from '../access-logs/fields.js';
import { ACCESS_LAKE_COLUMNS } from '../access-logs/lake.js';
import type { DdlEngine, DdlWriter, Refusal } from './ddl-table.js';
import { columnList, hiveType, literalOf, quotedName } from './ddl-text.js';

const COLUMNS = ACCESS_LAKE_COLUMNS.slice(0, ACCESS_FIELDS.length);
const hive = (text: string): string => literalOf(text, 'backslash');

const FORMS: Readonly<Record<AccessField['form'], string>> = {
  token: '([^ ]*)',
  time: '\\[(.*?)\\]',
  // Clients write what they like between the quotes; what follows decides where they end.
  quoted: '(-|".*?")',
};
const patternOf = ({ name, form }: AccessField): string =>
  // An anchor after the request-URI: a status is three digits.
  name === 'httpstatus' ? '(-|[0-9]{3})' : FORMS[form];

/**
 * A line, of any year: fields have only ever been appended, so each group of later ones may be missing. Text between quotes
 * keeps them, as in AWS's own table.
 */
export const LINE_PATTERN = ((): string => {
  const groups = FIELD_COUNTS.map((count, i) =>
    ACCESS_FIELDS.slice(FIELD_COUNTS[i - 1] ?? 0, count)
      .map(patternOf)
      .join(' '),
  );
  const [first = '', ...later] = groups;
  return `${first}${later.map(group => `(?: ${group}`).join('')}${')?'.repeat(later.length)}.*$`;
})();

const athena: DdlWriter = ({ table, location }) =>
  [
    `CREATE EXTERNAL TABLE ${quotedName(table, '`')} (`,
    columnList(COLUMNS, hiveType, '`'),
    ')',
    "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'",
    `WITH SERDEPROPERTIES ('input.regex' = ${hive(LINE_PATTERN)})`,
    "STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'",
    "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'",
    `LOCATION ${hive(`${location}/`)};`,
    '',
  ].join('\n');

const refused = (engine: string): Refusal => ({
  refusal: `${engine} has no reader for lines of access logs that keeps quotes of clients apart from those of the format`,
  hint: 'offtrail export writes a lake of lines, which it reads',
});

export const RAW_LINE_TABLES: Record<DdlEngine, DdlWriter | Refusal> = {
  athena,
  trino: refused('Trino'),
  spark: refused('Spark'),
  duckdb: refused('DuckDB'),
  clickhouse: refused('ClickHouse'),
};
