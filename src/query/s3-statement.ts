/** A canned S3 search as statements: for the index, and for Athena. */

import type { Dimension } from '../dimensions.js';
import { UsageError } from '../errors.js';
import type { Db } from '../store/open.js';
import type { Order } from './columns/order.js';
import { resolveFilters, type Spelling } from './columns/spelling.js';
import { type AthenaTerms, DOCUMENTED_TERMS } from './filter/athena-terms.js';
import { type Condition, condition, conditions, type DimensionCondition } from './filter/condition.js';
import { ACCESS_KEY, type Filters } from './filter/filter.js';
import type { Sql } from './filter/sql-text.js';
import { EVENT_SECONDS, hasOddTimes } from './filter/time.js';
import { checkedLimit } from './limit.js';
import { EVENT_ID, IN_S3, type OwnCondition, type S3Search } from './s3-searches.js';

export interface S3SearchOptions extends Filters {
  /** The access key, for the search `access-key`. */
  accessKeyId?: string | undefined;
  /** Search every service, not only S3. Default false. */
  allServices?: boolean | undefined;
  /** Maximum number of rows. Default: all. */
  limit?: number | undefined;
  /** By eventTime. Default newest first. */
  order?: Order | undefined;
  /** Also the eventID of each row, as the last column; searches that count have none. Default false. */
  withEventId?: boolean | undefined;
}

/** A table of events elsewhere. */
export interface AthenaTable {
  /** Quoted and ready for a statement. */
  name: string;
  terms: AthenaTerms;
  /** Conditions on its partitions. */
  partitions: readonly string[];
  /** What its events are in order of, so that the same limit gives the same events. */
  order(direction: 'ASC' | 'DESC'): string;
}

/** A search as statements. */
export interface S3Statement {
  sqlite: Sql;
  /** The same where the columns of the index say which events are left, and in what order; undefined where they cannot. */
  byEvent: EventStatement | undefined;
  /** @param on the table it is asked of; default the documented one, under the name that Athena's guide gives it */
  athena(on?: AthenaTable): string;
  /** What became of values of filters that no event has as they were given. */
  spellings: Spelling[];
}

/** What an event must hold, and how its row is read. */
export interface EventStatement {
  filters: Filters;
  more: ReadonlyArray<Condition | DimensionCondition>;
  /** Gives the rows of a JSON array of `event_rowid`s, in its order. */
  sqlite: string;
}

/**
 * The statement a search runs on the index, and the one it stands for in Athena.
 * @param on.db the index whose values the filters mean; without it they are taken as they are given
 * @param on.odd false where every event's time is known to be in CloudTrail's own form: the statement is then shorter,
 *   and an index answers for the times alone. Default: what `db` says, else true
 * @throws UsageError `MISSING_ARGUMENT`, `UNEXPECTED_ARGUMENT`, `BAD_LIMIT`, `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
 */
export function s3Statement(
  search: S3Search,
  {
    accessKeyId: argument,
    allServices = false,
    limit,
    order = 'newest',
    withEventId = false,
    ...options
  }: S3SearchOptions,
  now: Date,
  { db, odd = db ? hasOddTimes(db) : true }: { db?: Db; odd?: boolean } = {},
): S3Statement {
  const most = checkedLimit(limit);
  if (search.argument && argument === undefined) {
    throw new UsageError('MISSING_ARGUMENT', `${search.name} needs ${search.argument.description}`);
  }
  if (!search.argument && argument !== undefined) {
    throw new UsageError('UNEXPECTED_ARGUMENT', `${search.name} takes no argument`);
  }
  conditions(options, now);
  const { filters, spellings } = resolveFilters(db, options);
  const ofKey = argument === undefined ? [] : [condition(ACCESS_KEY, [argument], false, now)];
  const given = [...ofKey, ...conditions(filters, now, odd)];
  const own = [...search.where, ...(search.onlyS3 && !allServices ? [IN_S3] : [])];
  const where = [...own.map(({ sqlite }) => ({ text: sqlite, params: [] })), ...given.map(c => c.onView)];
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const end = most === Number.POSITIVE_INFINITY ? '' : `\nLIMIT ${most}`;
  const whereText = (parts: string[]): string =>
    parts.length > 0 ? `\nWHERE ${parts.join('\n  AND ')}` : '';
  const columns = withEventId && !search.grouped ? [...search.columns, EVENT_ID] : search.columns;
  const select = (expressions: readonly string[], quote: string): string =>
    columns
      .map(({ name }, i) => (expressions[i] === name ? name : `${expressions[i]} AS ${quote}${name}${quote}`))
      .join(',\n  ');
  const selected = `SELECT\n  ${select(
    columns.map(c => c.sqlite),
    '"',
  )}`;
  return {
    sqlite: {
      text: [
        `${selected}\nFROM cloudtrail_logs`,
        whereText(where.map(c => c.text)),
        search.grouped
          ? '\nGROUP BY useridentity_arn\nORDER BY 2 DESC, 1'
          : `\nORDER BY ${odd ? EVENT_SECONDS : 'eventTime'} ${direction}, event_rowid ${direction}`,
        end,
      ].join(''),
      params: where.flatMap(c => c.params),
    },
    athena({ name, terms, partitions, order: ordered } = DOCUMENTED_TABLE) {
      const conditions = [
        ...partitions,
        ...own.map(c => c.athena(terms)),
        ...given.map(c => c.athena(terms)),
      ];
      return [
        `SELECT\n  ${select(
          columns.map(c => c.athena(terms)),
          '',
        )}\nFROM ${name}`,
        whereText(conditions),
        search.grouped
          ? `\nGROUP BY userIdentity.arn\nORDER BY 2 DESC, 1 NULLS FIRST`
          : `\nORDER BY ${ordered(direction)}`,
        end,
      ].join('');
    },
    byEvent: own.every(isOnDimension)
      ? { filters, more: [...own.map(ofDimension), ...ofKey], sqlite: `${selected}\n${FROM_EVENTS}` }
      : undefined,
    spellings,
  };
}

/** SQLite keeps the order of a cross join's tables, and that of the array's elements. */
const FROM_EVENTS =
  'FROM json_each(?) AS wanted CROSS JOIN cloudtrail_logs\nWHERE event_rowid = wanted.value';

type OnDimension = OwnCondition & { home: Dimension };
const isOnDimension = (own: OwnCondition): own is OnDimension => own.home !== 'event';
const ofDimension = ({ home, onHome }: OnDimension): DimensionCondition => ({
  home,
  onHome: { text: onHome, params: [] },
  holdsForNone: false,
});

const DOCUMENTED_TABLE: AthenaTable = {
  name: 'cloudtrail_logs',
  terms: DOCUMENTED_TERMS,
  partitions: [],
  order: direction => `eventTime ${direction}`,
};
