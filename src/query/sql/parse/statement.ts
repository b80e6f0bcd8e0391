/** Statements: queries, and what guides print around them: CREATE EXTERNAL TABLE, SHOW, PREPARE. */

import type { ColumnDefinition, Expression, Identifier, Statement } from './ast.js';
import { type Cursor, cursorOn, expression, type Grammar, isQuery, query } from './cursor.js';
import { parseExpression, parseValue } from './expression.js';
import { parseQuery } from './query.js';
import { typeNode } from './type.js';

const GRAMMAR: Grammar = { expression: parseExpression, valueExpression: parseValue, query: parseQuery };

/** A statement and where it stands in its text. */
export interface ParsedStatement {
  statement: Statement;
  /** Its text, without the semicolon. */
  text: string;
}

/**
 * Parses the statements of a text, in order; those between semicolons that are empty are none.
 * @throws SqlError `SYNTAX_ERROR`, and what the text says that no statement can
 */
export function parseStatements(text: string): ParsedStatement[] {
  const cursor = cursorOn(text, GRAMMAR);
  const found: ParsedStatement[] = [];
  for (;;) {
    while (cursor.take(';'));
    if (cursor.peek().kind === 'end') return found;
    const { at } = cursor.peek();
    const statement = statementOf(cursor);
    found.push({
      statement,
      text: text.slice(at, cursor.peek().at).trimEnd(),
    });
    if (cursor.peek().kind !== 'end' && !cursor.is(';')) cursor.unexpected('<EOF>');
  }
}

function statementOf(cursor: Cursor): Statement {
  const { at, key } = cursor.peek();
  if (isQuery(cursor)) return { kind: 'query', at, query: query(cursor) };
  switch (key) {
    case 'CREATE':
      return create(cursor);
    case 'ALTER':
    case 'MSCK':
    case 'DROP':
    case 'USE':
    case 'SET':
      return unneeded(cursor);
    case 'SHOW':
      return show(cursor);
    case 'DESCRIBE':
    case 'DESC':
      cursor.next();
      for (const word of ['EXTENDED', 'FORMATTED']) cursor.take(word);
      return { kind: 'show columns', at, name: tableName(cursor) };
    case 'EXPLAIN':
      return explain(cursor);
    case 'PREPARE':
      return prepare(cursor);
    case 'EXECUTE':
      return execute(cursor);
    case 'DEALLOCATE':
      cursor.expect('DEALLOCATE', 'PREPARE');
      return { kind: 'deallocate', at, name: cursor.name() };
    case 'INSERT':
    case 'DELETE':
    case 'UPDATE':
    case 'MERGE':
    case 'UNLOAD':
    case 'TRUNCATE':
      cursor.fail(at, `${key} is not supported: the index is read-only`, 'NOT_SUPPORTED');
  }
  cursor.unexpected(
    "'SELECT', 'WITH', 'VALUES', 'CREATE', 'SHOW', 'DESCRIBE', 'EXPLAIN', 'PREPARE', 'EXECUTE', <query>",
  );
}

function explain(cursor: Cursor): Statement {
  const { at } = cursor.expect('EXPLAIN');
  cursor.take('ANALYZE');
  cursor.take('VERBOSE');
  if (cursor.is('(') && !isQuery(cursor)) {
    cursor.next();
    while (!cursor.take(')')) {
      if (cursor.peek().kind === 'end') cursor.unexpected("')'");
      cursor.next();
    }
  }
  return { kind: 'explain', at, statement: statementOf(cursor) };
}

function prepare(cursor: Cursor): Statement {
  const { at } = cursor.expect('PREPARE');
  const name = cursor.name();
  cursor.expect('FROM');
  const { parsed: statement, parameters } = cursor.counted(() => statementOf(cursor));
  return { kind: 'prepare', at, name, statement, parameters };
}

function execute(cursor: Cursor): Statement {
  const { at } = cursor.expect('EXECUTE');
  if (cursor.is('IMMEDIATE'))
    cursor.fail(at, 'EXECUTE IMMEDIATE is not supported', 'NOT_SUPPORTED', 'give the statement itself');
  const name = cursor.name();
  const using: Expression[] = cursor.take('USING') ? cursor.list(() => expression(cursor)) : [];
  return { kind: 'execute', at, name, using };
}

function show(cursor: Cursor): Statement {
  const { at } = cursor.expect('SHOW');
  const like = (): { like?: string } => {
    const isLike = cursor.take('LIKE') || cursor.peek().kind === 'string';
    if (!isLike) return {};
    const { kind, text } = cursor.next();
    return kind === 'string' ? { like: text } : {};
  };
  if (cursor.take('TABLES')) {
    if (cursor.take('IN') || cursor.take('FROM')) tableName(cursor);
    return { kind: 'show tables', at, ...like() };
  }
  if (cursor.take('DATABASES') || cursor.take('SCHEMAS')) return { kind: 'show databases', at, ...like() };
  if (cursor.take('FUNCTIONS')) return { kind: 'show functions', at, ...like() };
  if (cursor.take('COLUMNS')) {
    if (!cursor.take('IN')) cursor.expect('FROM');
    return { kind: 'show columns', at, name: tableName(cursor) };
  }
  if (cursor.take('PARTITIONS')) return { kind: 'show partitions', at, name: tableName(cursor) };
  if (cursor.take('CREATE')) {
    if (!cursor.take('TABLE')) cursor.expect('VIEW');
    return { kind: 'show create table', at, name: tableName(cursor) };
  }
  cursor.unexpected("'COLUMNS', 'CREATE', 'DATABASES', 'FUNCTIONS', 'PARTITIONS', 'SCHEMAS', 'TABLES'");
}

/** A name in a statement of Hive's, where backquotes are allowed. */
function hiveName(cursor: Cursor): Identifier {
  const token = cursor.peek();
  if (token.kind !== 'word' && token.kind !== 'quoted' && token.kind !== 'backquoted')
    cursor.unexpected('<identifier>');
  cursor.next();
  return {
    at: token.at,
    name: token.text.toLowerCase(),
    written: token.text,
    isQuoted: token.kind !== 'word',
  };
}

function tableName(cursor: Cursor): Identifier[] {
  const parts = hiveName(cursor);
  const all = [parts];
  while (cursor.take('.')) all.push(hiveName(cursor));
  return all.flatMap(part =>
    // `db.table` within one pair of backquotes.
    part.isQuoted && part.name.includes('.') ? part.name.split('.').map(name => ({ ...part, name })) : [part],
  );
}

/** Statements that a lake needs and the index does not; everything to their end. */
function unneeded(cursor: Cursor): Statement {
  const { at } = cursor.peek();
  const words: string[] = [];
  while (cursor.peek().kind !== 'end' && !cursor.is(';')) {
    const token = cursor.next();
    if (words.length < 3 && token.kind === 'word' && words.length === words.filter(Boolean).length)
      words.push(token.key);
  }
  const what = words[0] === 'MSCK' ? 'MSCK REPAIR TABLE' : words.slice(0, 2).join(' ');
  return { kind: 'unneeded', at, what };
}

function create(cursor: Cursor): Statement {
  const { at } = cursor.expect('CREATE');
  cursor.take('OR', 'REPLACE');
  if (cursor.is('DATABASE') || cursor.is('SCHEMA')) {
    unneeded(cursor);
    return { kind: 'unneeded', at, what: 'CREATE DATABASE' };
  }
  if (cursor.take('VIEW')) {
    cursor.take('IF', 'NOT', 'EXISTS');
    const name = tableName(cursor);
    cursor.expect('AS');
    return { kind: 'create view', at, name, query: query(cursor) };
  }
  cursor.take('EXTERNAL');
  cursor.expect('TABLE');
  cursor.take('IF', 'NOT', 'EXISTS');
  const name = tableName(cursor);
  if (cursor.is('AS') || cursor.is('WITH'))
    cursor.fail(
      cursor.peek().at,
      'CREATE TABLE AS is not supported: the index is read-only',
      'NOT_SUPPORTED',
      'CREATE VIEW gives a query a name',
    );
  return { ...table(cursor), at, name };
}

function table(cursor: Cursor): Statement & { kind: 'create table' } {
  const found: Statement & { kind: 'create table' } = {
    kind: 'create table',
    at: 0,
    name: [],
    columns: columnList(cursor),
    partitions: [],
    properties: new Map(),
    serde: undefined,
    location: undefined,
  };
  for (;;) {
    if (cursor.take('COMMENT')) cursor.next();
    else if (cursor.take('PARTITIONED', 'BY')) found.partitions = columnList(cursor);
    else if (cursor.take('CLUSTERED', 'BY')) skipParentheses(cursor);
    else if (cursor.take('INTO'))
      while (cursor.take('BUCKETS') || cursor.peek().kind === 'integer') cursor.next();
    else if (cursor.take('ROW', 'FORMAT')) rowFormat(cursor, found);
    else if (cursor.take('WITH', 'SERDEPROPERTIES')) skipParentheses(cursor);
    else if (cursor.take('STORED', 'AS')) storedAs(cursor);
    else if (cursor.take('LOCATION')) found.location = cursor.next().text;
    else if (cursor.take('TBLPROPERTIES')) found.properties = properties(cursor);
    else return found;
  }
}

function rowFormat(cursor: Cursor, found: { serde: string | undefined }): void {
  if (cursor.take('SERDE')) {
    found.serde = cursor.next().text;
    return;
  }
  cursor.expect('DELIMITED');
  const words = [
    'FIELDS',
    'TERMINATED',
    'BY',
    'ESCAPED',
    'LINES',
    'COLLECTION',
    'ITEMS',
    'MAP',
    'KEYS',
    'NULL',
    'DEFINED',
    'AS',
  ];
  while (words.includes(cursor.peek().key) || cursor.peek().kind === 'string') cursor.next();
}

function storedAs(cursor: Cursor): void {
  if (!cursor.take('INPUTFORMAT')) {
    cursor.next();
    return;
  }
  cursor.next();
  if (cursor.take('OUTPUTFORMAT')) cursor.next();
}

function columnList(cursor: Cursor): ColumnDefinition[] {
  cursor.expect('(');
  const columns = cursor.list((): ColumnDefinition => {
    const name = hiveName(cursor);
    const { type } = typeNode(cursor);
    if (cursor.take('COMMENT')) cursor.next();
    return { name, type };
  });
  cursor.expect(')');
  return columns;
}

function properties(cursor: Cursor): Map<string, string> {
  cursor.expect('(');
  const found = new Map<string, string>();
  if (!cursor.is(')'))
    cursor.list(() => {
      const key = cursor.next();
      cursor.expect('=');
      found.set(key.text.toLowerCase(), cursor.next().text);
    });
  cursor.expect(')');
  return found;
}

function skipParentheses(cursor: Cursor): void {
  cursor.expect('(');
  for (let depth = 1; depth > 0; ) {
    if (cursor.peek().kind === 'end') cursor.unexpected("')'");
    const { key } = cursor.next();
    if (key === '(') depth++;
    if (key === ')') depth--;
  }
}
