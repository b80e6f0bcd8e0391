/** The tree of a statement. `at` is where a node begins, in UTF-16 units of the statement's text. */

import type { Type } from '../types.js';

export interface Identifier {
  at: number;
  /** As it is compared: in lower case. */
  name: string;
  /** As it was written, without quotes. */
  written: string;
  isQuoted: boolean;
}

/** A type as it is written in CAST and in column lists. */
export interface TypeNode {
  at: number;
  type: Type;
}

export interface SortItem {
  at: number;
  value: Expression;
  isDescending: boolean;
  nulls: 'first' | 'last' | undefined;
}

export interface FrameBound {
  at: number;
  kind: 'unbounded preceding' | 'preceding' | 'current row' | 'following' | 'unbounded following';
  value?: Expression;
}

export interface WindowSpec {
  at: number;
  /** A named window that this one goes on from. */
  base?: Identifier;
  partitionBy: Expression[];
  orderBy: SortItem[];
  frame?: { at: number; unit: 'rows' | 'range' | 'groups'; from: FrameBound; to?: FrameBound };
}

/** What JSON functions do where nothing or something wrong is found. */
export interface JsonBehavior {
  kind: 'null' | 'error' | 'default' | 'empty array' | 'empty object' | 'true' | 'false' | 'unknown';
  value?: Expression;
}

export interface Call {
  kind: 'call';
  at: number;
  name: string;
  args: Expression[];
  isDistinct?: boolean;
  /** `count(*)`. */
  isStar?: boolean;
  orderBy?: SortItem[];
  filter?: Expression;
  over?: WindowSpec | Identifier;
  nulls?: 'ignore' | 'respect';
  /** `listagg(… ON OVERFLOW TRUNCATE '…' WITH COUNT)`. */
  overflow?: { truncate: boolean; filler: string; withCount: boolean };
}

export interface JsonCall {
  kind: 'json';
  at: number;
  function: 'json_value' | 'json_query' | 'json_exists';
  input: Expression;
  path: string;
  passing: Array<{ value: Expression; name: Identifier }>;
  returning?: TypeNode;
  onEmpty?: JsonBehavior;
  onError?: JsonBehavior;
  wrapper?: 'without' | 'conditional' | 'unconditional';
  keepsQuotes?: boolean;
}

export type Expression =
  | { kind: 'null'; at: number }
  | { kind: 'boolean'; at: number; value: boolean }
  | { kind: 'string'; at: number; value: string }
  | { kind: 'binary'; at: number; value: Buffer }
  | { kind: 'integer'; at: number; value: bigint }
  | { kind: 'double'; at: number; value: number }
  | { kind: 'typed literal'; at: number; type: string; typeNode?: TypeNode; text: string }
  | { kind: 'interval'; at: number; text: string; isNegative: boolean; from: string; to?: string }
  | { kind: 'parameter'; at: number; index: number }
  | ({ kind: 'identifier' } & Identifier)
  | { kind: 'field'; at: number; base: Expression; field: Identifier }
  | Call
  | JsonCall
  | {
      kind: 'json object';
      at: number;
      members: Array<[key: Expression, value: Expression]>;
      absentNulls: boolean;
    }
  | { kind: 'json array'; at: number; elements: Expression[]; absentNulls: boolean }
  | { kind: 'cast'; at: number; value: Expression; type: TypeNode; isSafe: boolean }
  | { kind: 'extract'; at: number; field: string; value: Expression }
  | { kind: 'current'; at: number; name: string; precision?: number }
  | { kind: 'unary'; at: number; op: '+' | '-'; value: Expression }
  | {
      kind: 'arithmetic';
      at: number;
      op: '+' | '-' | '*' | '/' | '%' | '||';
      left: Expression;
      right: Expression;
    }
  | { kind: 'comparison'; at: number; op: Comparison; left: Expression; right: Expression }
  | {
      kind: 'quantified';
      at: number;
      op: Comparison;
      quantifier: 'all' | 'any';
      left: Expression;
      query: Query;
    }
  | { kind: 'between'; at: number; value: Expression; low: Expression; high: Expression }
  | { kind: 'in list'; at: number; value: Expression; list: Expression[] }
  | { kind: 'in query'; at: number; value: Expression; query: Query }
  | { kind: 'like'; at: number; value: Expression; pattern: Expression; escape?: Expression }
  | { kind: 'is null'; at: number; value: Expression }
  | { kind: 'is distinct'; at: number; left: Expression; right: Expression }
  | { kind: 'and' | 'or'; at: number; terms: Expression[] }
  | { kind: 'not'; at: number; value: Expression }
  | {
      kind: 'case';
      at: number;
      operand?: Expression;
      whens: Array<{ when: Expression; result: Expression }>;
      otherwise?: Expression;
    }
  | { kind: 'lambda'; at: number; parameters: Identifier[]; body: Expression }
  | { kind: 'array'; at: number; elements: Expression[] }
  | { kind: 'row'; at: number; elements: Expression[]; names?: Array<Identifier | undefined> }
  | { kind: 'subscript'; at: number; base: Expression; index: Expression }
  | { kind: 'subquery'; at: number; query: Query }
  | { kind: 'exists'; at: number; query: Query }
  | { kind: 'at time zone'; at: number; value: Expression; zone: Expression }
  | { kind: 'grouping'; at: number; columns: Expression[] };

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface With {
  at: number;
  isRecursive: boolean;
  queries: Array<{ name: Identifier; columns: Identifier[] | undefined; query: Query }>;
}

export interface Query {
  at: number;
  with?: With;
  body: QueryBody;
  orderBy: SortItem[];
  offset?: Expression;
  /** Undefined for all. */
  limit?: Expression;
  /** `FETCH FIRST n ROWS WITH TIES`. */
  withTies?: boolean;
}

export type SelectItem =
  | { kind: 'all'; at: number; base?: Expression; aliases?: Identifier[] }
  | { kind: 'expression'; at: number; value: Expression; alias?: Identifier };

export type GroupingElement =
  | { kind: 'simple'; at: number; expressions: Expression[] }
  | { kind: 'rollup' | 'cube'; at: number; sets: Expression[][] }
  | { kind: 'sets'; at: number; sets: Expression[][] };

export interface QuerySpec {
  kind: 'select';
  at: number;
  isDistinct: boolean;
  items: SelectItem[];
  from?: Relation;
  where?: Expression;
  groupBy?: { at: number; isDistinct: boolean; elements: GroupingElement[] };
  having?: Expression;
  windows: Array<{ name: Identifier; spec: WindowSpec }>;
}

export type QueryBody =
  | QuerySpec
  | {
      kind: 'set';
      at: number;
      op: 'union' | 'intersect' | 'except';
      isAll: boolean;
      left: QueryBody;
      right: QueryBody;
    }
  | { kind: 'values'; at: number; rows: Expression[] }
  | { kind: 'table'; at: number; name: Identifier[] }
  | { kind: 'nested'; at: number; query: Query };

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'cross';

export type Relation =
  | { kind: 'table'; at: number; name: Identifier[] }
  | { kind: 'query'; at: number; query: Query; isLateral: boolean }
  | { kind: 'unnest'; at: number; arrays: Expression[]; withOrdinality: boolean }
  | {
      kind: 'join';
      at: number;
      join: JoinKind;
      left: Relation;
      right: Relation;
      on?: Expression;
      using?: Identifier[];
    }
  | { kind: 'sample'; at: number; relation: Relation; method: 'bernoulli' | 'system'; percent: Expression }
  | { kind: 'alias'; at: number; relation: Relation; alias: Identifier; columns?: Identifier[] };

/** A column of CREATE EXTERNAL TABLE. */
export interface ColumnDefinition {
  name: Identifier;
  type: Type;
}

export type Statement =
  | { kind: 'query'; at: number; query: Query }
  | {
      kind: 'create table';
      at: number;
      name: Identifier[];
      columns: ColumnDefinition[];
      partitions: ColumnDefinition[];
      properties: Map<string, string>;
      /** The class that reads rows, and where they lie. */
      serde: string | undefined;
      location: string | undefined;
    }
  | { kind: 'create view'; at: number; name: Identifier[]; query: Query }
  | { kind: 'unneeded'; at: number; what: string }
  | { kind: 'show tables' | 'show databases' | 'show functions'; at: number; like?: string }
  | { kind: 'show columns' | 'show partitions' | 'show create table'; at: number; name: Identifier[] }
  | { kind: 'explain'; at: number; statement: Statement }
  | { kind: 'prepare'; at: number; name: Identifier; statement: Statement; parameters: number }
  | { kind: 'execute'; at: number; name: Identifier; using: Expression[] }
  | { kind: 'deallocate'; at: number; name: Identifier };
