/** A client of Athena, by AWS's own SDK, which is loaded when it is needed and need not be installed otherwise. */

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { AthenaClient, GetQueryResultsOutput, QueryExecution } from '@aws-sdk/client-athena';
import { codeOf, messageOf, UsageError } from '../errors.js';
import { type AthenaAddress, describeAddress } from './address.js';
import { athenaValue } from './athena-values.js';
import { bytesText } from './byte-count.js';
import type { EngineConnection, EngineResult, EngineStatistics, EngineValue, RunOptions } from './engine.js';
import { EngineError, sentenceOf } from './errors.js';
import { engineType } from './types.js';

export interface AthenaOptions {
  /** `s3://bucket/prefix/` for results, where the workgroup names none. */
  output?: string | undefined;
  /** Bytes after which a statement is stopped. Default: no bound but the workgroup's. */
  maxScan?: number | undefined;
  /** Milliseconds before the first look at how far a statement is. Default 200. */
  pollDelay?: number | undefined;
}

type Sdk = typeof import('@aws-sdk/client-athena');

const LONGEST_DELAY = 3_000;
/** Attempts of a call that AWS throttles or does not answer, with the SDK's own delays between them. */
const ATTEMPTS = 6;

/**
 * Connects to Athena: nothing is asked until a statement runs. Credentials and endpoints are those the AWS SDK finds.
 * @throws UsageError `MISSING_PACKAGE`
 */
export async function connectAthena(
  address: AthenaAddress,
  options: AthenaOptions = {},
): Promise<EngineConnection> {
  const sdk = await loadSdk();
  const client = new sdk.AthenaClient({ region: address.region, maxAttempts: ATTEMPTS });
  const describe = describeAddress(address);
  const { maxScan } = options;

  async function run(statement: string, { signal, onProgress }: RunOptions = {}): Promise<EngineResult> {
    signal?.throwIfAborted();
    const id = await guarded(describe, () => start(sdk, client, statement, address, options));
    let execution: QueryExecution = {};
    const stop = async (): Promise<void> => {
      // What is over cannot be stopped, and who may not stop it is told elsewhere.
      await client.send(new sdk.StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined);
    };
    try {
      for (let delay = options.pollDelay ?? 200; ; delay = Math.min(delay * 1.5, LONGEST_DELAY)) {
        execution = await guarded(describe, () => look(sdk, client, id, signal));
        const state = execution.Status?.State ?? 'UNKNOWN';
        const scanned = execution.Statistics?.DataScannedInBytes;
        onProgress?.({ state, ...(scanned !== undefined && { bytesScanned: scanned }) });
        if (state === 'SUCCEEDED') break;
        if (state === 'FAILED' || state === 'CANCELLED') throw failure(execution);
        if (maxScan !== undefined && (scanned ?? 0) > maxScan) throw pastBound(scanned!, maxScan);
        await wait(delay, undefined, { signal });
      }
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'ENGINE_FAILED')) await stop();
      throw signal?.aborted ? signal.reason : error;
    }
    const page = async (token?: string): Promise<GetQueryResultsOutput> => {
      const more = token === undefined ? {} : { NextToken: token };
      const command = new sdk.GetQueryResultsCommand({ QueryExecutionId: id, ...more });
      try {
        return await guarded(describe, () => client.send(command, signal ? { abortSignal: signal } : {}));
      } catch (error) {
        throw signal?.aborted ? signal.reason : error;
      }
    };
    const first = await page();
    const { columns, types } = columnsOf(first);
    const isQuery = execution.StatementType === 'DML';
    return {
      columns,
      rows: rowsOf(first, { page, types, head: isQuery ? columns.map(({ name }) => name) : undefined }),
      statistics: () => statisticsOf(execution, id),
      ...(columns.length === 0 && { done: execution.SubstatementType ?? execution.StatementType ?? 'done' }),
    };
  }

  return { kind: 'athena', describe, run };
}

async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-athena');
  } catch (error) {
    if (!/MODULE_NOT_FOUND/.test(codeOf(error))) throw error;
    throw new UsageError(
      'MISSING_PACKAGE',
      'Athena needs the package @aws-sdk/client-athena, which is not installed',
      'npm install @aws-sdk/client-athena beside offtrail (npm install -g where offtrail was)',
      { cause: error },
    );
  }
}

async function start(
  sdk: Sdk,
  client: AthenaClient,
  statement: string,
  { workgroup, catalog, database }: AthenaAddress,
  { output }: AthenaOptions,
): Promise<string> {
  const { QueryExecutionId } = await client.send(
    new sdk.StartQueryExecutionCommand({
      QueryString: statement,
      // The same token in every attempt of this call: a statement runs once, and is paid for once.
      ClientRequestToken: randomUUID(),
      WorkGroup: workgroup,
      QueryExecutionContext: {
        ...(catalog !== undefined && { Catalog: catalog }),
        ...(database !== undefined && { Database: database }),
      },
      ...(output !== undefined && { ResultConfiguration: { OutputLocation: output } }),
    }),
  );
  if (QueryExecutionId === undefined) throw unreadable('no id of the statement');
  return QueryExecutionId;
}

async function look(
  sdk: Sdk,
  client: AthenaClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<QueryExecution> {
  const { QueryExecution } = await client.send(
    new sdk.GetQueryExecutionCommand({ QueryExecutionId: id }),
    signal ? { abortSignal: signal } : {},
  );
  if (!QueryExecution) throw unreadable('no state of the statement');
  return QueryExecution;
}

interface Reading {
  page(token: string): Promise<GetQueryResultsOutput>;
  types: ReturnType<typeof engineType>[];
  /** What stands in the first row of a query's answer: the names of the columns. */
  head: readonly string[] | undefined;
}

async function* rowsOf(
  first: GetQueryResultsOutput,
  { page, types, head }: Reading,
): AsyncGenerator<EngineValue[]> {
  let isFirst = true;
  const seen = new Set<string>();
  for (let { ResultSet, NextToken } = first; ; ) {
    for (const { Data = [] } of ResultSet?.Rows ?? []) {
      const isHead =
        isFirst && head?.length === Data.length && head.every((name, i) => Data[i]?.VarCharValue === name);
      isFirst = false;
      if (isHead) continue;
      // A statement of Hive's gives a line, without what is empty at its end.
      if (Data.length !== types.length && head !== undefined)
        throw unreadable('a row has not as many values as there are columns');
      yield types.map((type, i) => athenaValue(Data[i]?.VarCharValue, type));
    }
    if (NextToken === undefined || NextToken === null) return;
    if (seen.has(NextToken)) throw unreadable('two pages of the answer name the same next one');
    seen.add(NextToken);
    ({ ResultSet, NextToken } = await page(NextToken));
    if (!ResultSet) throw unreadable('a page of the answer is missing');
  }
}

function columnsOf({
  ResultSet,
}: GetQueryResultsOutput): Pick<EngineResult, 'columns'> & Pick<Reading, 'types'> {
  const columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(
    ({ Name = '', Type = 'varchar', Precision, Scale }) => ({
      name: Name,
      type: Type === 'decimal' ? `decimal(${Precision ?? 38},${Scale ?? 0})` : Type,
    }),
  );
  return { columns, types: columns.map(({ type }) => engineType(type)) };
}

function statisticsOf({ Statistics }: QueryExecution, id: string): EngineStatistics {
  const { DataScannedInBytes: bytes, TotalExecutionTimeInMillis: elapsed } = Statistics ?? {};
  return {
    queryId: id,
    ...(bytes !== undefined && { bytesScanned: bytes }),
    ...(elapsed !== undefined && { elapsed }),
  };
}

const unreadable = (sentence: string): EngineError =>
  new EngineError('ENGINE_ANSWER', { name: 'INVALID_RESPONSE', sentence }, 'run the statement again');

function pastBound(scanned: number, most: number): EngineError {
  return new EngineError(
    'ENGINE_STOPPED',
    {
      name: 'MAX_SCAN',
      sentence: `the statement had scanned ${bytesText(scanned)}, more than ${bytesText(most)}, when it was last looked at, and was stopped`,
    },
    'what was scanned is billed. A workgroup’s BytesScannedCutoffPerQuery stops at the byte; filters on partitions scan less',
  );
}

/** `COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved`, and the other ways in which Athena says it. */
function failure({ Status, Statistics }: QueryExecution): EngineError {
  const reason = Status?.StateChangeReason ?? Status?.AthenaError?.ErrorMessage ?? 'no reason is given';
  const [, name = Status?.State ?? 'FAILED', message = reason] =
    /^([A-Z][A-Z0-9_]+): ([\s\S]*)$/.exec(reason) ?? [];
  const bytes = Statistics?.DataScannedInBytes ?? 0;
  const isStopped = Status?.State === 'CANCELLED';
  const hint =
    isStopped && bytes > 0
      ? `${bytesText(bytes)} were scanned and are billed; a workgroup’s BytesScannedCutoffPerQuery stops statements, too`
      : '';
  return new EngineError(
    isStopped ? 'ENGINE_STOPPED' : 'ENGINE_FAILED',
    { name, ...sentenceOf(message) },
    hint,
  );
}

/** What the SDK throws where credentials are missing, over, or not enough. */
const REFUSED =
  /^(CredentialsProviderError|ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|AccessDenied|AccessDeniedException|TokenProviderError|NotAuthorized|SSOTokenProviderFailure)/;

/** Errors of the SDK in offtrail's words. */
async function guarded<T>(describe: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const { name = '' } = error as { name?: string };
    if (name === 'AbortError') throw error;
    const message = messageOf(error);
    if (name === 'InvalidRequestException')
      throw new EngineError('ENGINE_FAILED', { name: 'INVALID_REQUEST', ...sentenceOf(message) }, '', {
        cause: error,
      });
    if (REFUSED.test(name))
      throw new UsageError(
        'ENGINE_REFUSED',
        `${describe}: ${name}: ${message}`,
        'the AWS SDK looks for credentials where the AWS CLI does: AWS_PROFILE, aws sso login, environment, instance role',
        { cause: error },
      );
    throw new UsageError(
      'ENGINE_UNREACHABLE',
      `${describe}: ${name}: ${message}`,
      name.includes('Throttl') || name === 'TooManyRequestsException'
        ? 'Athena throttles: try again later'
        : 'check the region, the network and AWS_ENDPOINT_URL_ATHENA',
      { cause: error },
    );
  }
}
