/** A canned search of access logs as statements: the one that runs on the index, and the one it stands for in Athena. */

import { UsageError } from '../../errors.js';
import { ACCESS_COLUMNS } from '../../store/access-view.js';
import type { Order } from '../columns/order.js';
import type { Spelling } from '../columns/spelling.js';
import type { Sql } from '../filter/sql-text.js';
import { checkedLimit } from '../limit.js';
import { type AccessFilters, ATHENA_TIME, accessConditions, withoutWider } from './filters.js';
import { type AccessGroup, type AccessSearch, type AccessSearchColumn, GROUP_COLUMNS } from './searches.js';

/** Options of a canned search of access logs; all filters are among them. */
export interface S3AccessOptions extends AccessFilters {
  /** What `bytes` adds up by. Default requester. */
  by?: AccessGroup | undefined;
  /** Of `slow`: only requests that took at least so many milliseconds. Default: all. */
  minMs?: number | undefined;
  /** Maximum number of rows. Default: all. */
  limit?: number | undefined;
  /** By time; `slow` by time among requests that took as long. Default newest first. */
  order?: Order | undefined;
}

/** A search as statements. */
export interface AccessStatement {
  sqlite: Sql;
  /** @param on the table it is asked of; default the one of AWS's guide */
  athena(on?: AccessAthenaTable): string;
  /** What became of addresses of buckets and objects. */
  spellings: Spelling[];
}

/** A table of lines elsewhere, with the columns of AWS's guide. */
export interface AccessAthenaTable {
  /** What stands in FROM. */
  name: string;
  /** Conditions on its partitions. */
  partitions: readonly string[];
  /** The expression of a column that lines are grouped by. */
  grouped(column: AccessSearchColumn): string;
  /** What follows the time in the order of lines, so that the same limit gives the same ones. */
  thenBy: readonly string[];
}

/** The table of AWS's guide. */
const ATHENA_TABLE: AccessAthenaTable = {
  name: 's3_access_logs_db.mybucket_logs',
  partitions: [],
  grouped: ({ athena }) => athena,
  thenBy: [],
};

/** Tables of what repeats, in an order of joining that SQLite keeps: lines first, by the index that the filters choose. */
const JOINS: ReadonlyArray<[alias: string, join: string]> = [
  ['b', 'CROSS JOIN access_bucket AS b ON b.id = l.bucket_id'],
  ['c', 'CROSS JOIN access_call AS c ON c.id = l.call_id'],
  ['r', 'LEFT JOIN access_requester AS r ON r.id = l.requester_id'],
  ['a', 'LEFT JOIN access_address AS a ON a.id = l.address_id'],
  ['g', 'LEFT JOIN access_agent AS g ON g.id = l.agent_id'],
  ['h', 'LEFT JOIN access_channel AS h ON h.id = l.channel_id'],
  ['f', 'LEFT JOIN file AS f ON f.id = l.file_id'],
];

/** A line with all of them: what is read of lines by their ids. */
export const LINE_JOINS = ['access_log AS l', ...JOINS.map(([, join]) => join)].join('\n  ');

/** Those that expressions need, behind `access_log AS l`. */
export const joinsFor = (expressions: readonly string[]): string =>
  JOINS.filter(([alias]) => expressions.some(expression => new RegExp(`\\b${alias}\\.`).test(expression)))
    .map(([, join]) => `\n  ${join}`)
    .join('');

/** Lines with those tables that expressions need. */
export const linesFor = (expressions: readonly string[]): string => `access_log AS l${joinsFor(expressions)}`;

const VIEW = new Map(ACCESS_COLUMNS.map(({ column, expression }) => [column, expression]));
const expressionOf = ({ name, sqlite }: AccessSearchColumn): string => sqlite ?? VIEW.get(name)!;

/**
 * The statement a search runs on the index, and the one it stands for in Athena.
 * @throws UsageError `MISSING_ARGUMENT`, `UNEXPECTED_ARGUMENT`, `BAD_VALUE`, `BAD_LIMIT`, `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
 */
export function accessStatement(
  search: AccessSearch,
  { by, minMs, limit, order = 'newest', ...filters }: S3AccessOptions,
  now: Date,
): AccessStatement {
  const most = checkedLimit(limit);
  checkArguments(search, { by, minMs, filters });
  const { times, conditions, wider, spellings } = accessConditions(filters, now);
  const groups = search.isGrouped ? GROUP_COLUMNS[by ?? 'requester'] : [];
  const columns = [...groups, ...search.columns];
  const where = [
    ...search.where,
    ...(search.isBySlowness ? [slowness(minMs ?? 0)] : []),
    ...times,
    ...conditions,
  ];
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const end = most === Number.POSITIVE_INFINITY ? '' : `\nLIMIT ${most}`;
  const expressions = columns.map(expressionOf);
  const conditionText = whereText(where.map(({ sqlite }) => sqlite.text));
  return {
    sqlite: {
      text: [
        `SELECT\n  ${columns.map(({ name }, i) => named(expressions[i]!, name)).join(',\n  ')}`,
        `\nFROM ${linesFor(expressions)}`,
        withoutWider(conditionText, wider),
        groups.length > 0
          ? groupText(groups.map(expressionOf))
          : `\nORDER BY ${search.isBySlowness ? 'l.totaltime DESC, ' : ''}l.time ${direction}, l.id ${direction}`,
        end,
      ].join(''),
      params: where.flatMap(({ sqlite }) => sqlite.params),
    },
    athena({ name, partitions, grouped, thenBy } = ATHENA_TABLE) {
      const selected = [...groups.map(column => ({ ...column, athena: grouped(column) })), ...search.columns];
      return [
        `SELECT\n  ${selected.map(inAthena).join(',\n  ')}`,
        `\nFROM ${name}`,
        whereText([...partitions, ...where.map(({ athena }) => athena)]),
        groups.length > 0
          ? groupText(groups.map(grouped), ' NULLS FIRST')
          : `\nORDER BY ${search.isBySlowness ? `${ATHENA_DURATION} DESC, ` : ''}${[ATHENA_TIME, ...thenBy].map(key => `${key} ${direction}`).join(', ')}`,
        end,
      ].join('');
    },
    spellings,
  };
}

/** An expression under a name, unless it is the column of that name. */
const named = (expression: string, name: string): string =>
  /^\w\.(\w+)$/.exec(expression)?.[1] === name ? expression : `${expression} AS ${name}`;

/** The duration of a request, which AWS's table has as text. */
const ATHENA_DURATION = 'TRY_CAST(totaltime AS bigint)';

const slowness = (least: number) => ({
  sqlite: { text: 'l.totaltime >= ?', params: [least] },
  athena: `${ATHENA_DURATION} >= ${least}`,
});

const whereText = (parts: readonly string[]): string =>
  parts.length > 0 ? `\nWHERE ${parts.join('\n  AND ')}` : '';

/** By bytes sent, then by requests, then by the group. */
const groupText = (groups: readonly string[], nulls = ''): string =>
  `\nGROUP BY ${groups.join(', ')}\nORDER BY ${groups.length + 2} DESC, ${groups.length + 1} DESC, ${groups.map((_, i) => `${i + 1}${nulls}`).join(', ')}`;

const inAthena = ({ name, athena, athenaName = name }: AccessSearchColumn): string =>
  athena === athenaName ? athena : `${athena} AS ${athenaName}`;

function checkArguments(
  { name, argument, isGrouped, isBySlowness }: AccessSearch,
  { by, minMs, filters }: Pick<S3AccessOptions, 'by' | 'minMs'> & { filters: AccessFilters },
): void {
  if (argument && filters[argument.filter] === undefined)
    throw new UsageError('MISSING_ARGUMENT', `${name} needs \`${argument.filter}\`: ${argument.description}`);
  if (by !== undefined && !isGrouped)
    throw new UsageError('UNEXPECTED_ARGUMENT', `${name} does not take \`by\``, 'only bytes does');
  if (minMs === undefined) return;
  if (!isBySlowness)
    throw new UsageError('UNEXPECTED_ARGUMENT', `${name} does not take \`minMs\``, 'only slow does');
  if (!Number.isSafeInteger(minMs) || minMs < 0)
    throw new UsageError(
      'BAD_VALUE',
      `\`minMs\` must be a whole number of milliseconds, not ${String(minMs)}`,
    );
}
