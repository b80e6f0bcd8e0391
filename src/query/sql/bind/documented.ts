/** The table that Athena's documentation has for CloudTrail logs, with the partition columns in use. */

import { ATHENA_FIELDS } from '../../../cloudtrail/fields.js';
import { BIGINT, INTEGER, mapOf, rowOf, type Type, VARCHAR } from '../types.js';
import type { TableColumn, TableDefinition } from './definition.js';

const texts = (...names: string[]) => names.map(name => ({ name, type: VARCHAR }));
const struct = (...fields: Array<{ name: string; type: Type }>): Type => rowOf(...fields);

/** Types of the columns that are no text, as "Create a table for CloudTrail logs in Athena" has them. */
const STRUCTS: Readonly<Record<string, Type>> = {
  useridentity: struct(
    ...texts('type', 'principalid', 'arn', 'accountid', 'invokedby', 'accesskeyid', 'username'),
    { name: 'onbehalfof', type: struct(...texts('userid', 'identitystorearn')) },
    {
      name: 'sessioncontext',
      type: struct(
        { name: 'attributes', type: struct(...texts('mfaauthenticated', 'creationdate')) },
        {
          name: 'sessionissuer',
          type: struct(...texts('type', 'principalid', 'arn', 'accountid', 'username')),
        },
        ...texts('ec2roledelivery'),
        {
          name: 'webidfederationdata',
          type: struct(...texts('federatedprovider'), { name: 'attributes', type: mapOf(VARCHAR, VARCHAR) }),
        },
      ),
    },
  ),
  resources: { kind: 'array', element: struct(...texts('arn', 'accountid', 'type')) },
  addendum: struct(...texts('reason', 'updatedfields', 'originalrequestid', 'originaleventid')),
  tlsdetails: struct(...texts('tlsversion', 'ciphersuite', 'clientprovidedhostheader')),
};

/** Columns of a record, in the documented order. */
export const DATA_COLUMNS: readonly TableColumn[] = ATHENA_FIELDS.map(({ column }) => ({
  name: column,
  type: STRUCTS[column] ?? VARCHAR,
  source: column,
}));

/** Names that tables in use give to partitions, and the column of `cloudtrail_logs` that answers. */
const PARTITIONS: ReadonlyArray<[source: string, names: string]> = [
  [
    'account',
    'account accountid account_id account_partition aws_account aws_account_id accountnumber account_number',
  ],
  ['region', 'region region_partition aws_region regionname'],
  ['year', 'year year_partition'],
  ['month', 'month month_partition'],
  ['day', 'day day_partition'],
  [
    'timestamp',
    'timestamp date_partition dt date eventdate event_date ingest_date log_date logdate partition_date ymd datestamp day_date',
  ],
];

/** The partition column of a name; undefined for a name that says nothing of a record. */
export function partition(name: string, type: Type = VARCHAR): TableColumn | undefined {
  const known =
    PARTITIONS.find(([, names]) => names.split(' ').includes(name))?.[0] ??
    ['account', 'region', 'year', 'month', 'day'].find(part => name.includes(part));
  if (!known) return undefined;
  return {
    name,
    type,
    source: known,
    isPartition: true,
    ...(known === 'timestamp' && { dateForm: 'unknown' }),
  };
}

const KNOWN_PARTITIONS: readonly TableColumn[] = PARTITIONS.flatMap(([, names]) => names.split(' '))
  .map(name => partition(name)!)
  .map(column => ({ ...column, isHidden: true }));

/** Columns of the index beyond Athena's, under a name that no table of Athena's has. */
const OWN_COLUMNS: ReadonlyArray<[name: string, source: string, type: Type]> = [
  ['$path', 'file_path', VARCHAR],
  ['$bucketname', 'bucketname', VARCHAR],
  ['$objectkey', 'objectkey', VARCHAR],
  ['$username', 'username', VARCHAR],
  ['$managementevent', 'managementevent', VARCHAR],
  ['$insightdetails', 'insightdetails', VARCHAR],
  ['$eventcontext', 'eventcontext', VARCHAR],
  ['$additional_fields', 'additional_fields', VARCHAR],
  ['$is_anonymous', 'is_anonymous', INTEGER],
  ['$is_suspect', 'is_suspect', INTEGER],
  ['$is_removed', 'is_removed', INTEGER],
  ['$is_conflicting', 'is_conflicting', INTEGER],
  ['$evidence', 'evidence', VARCHAR],
  ['$event_rowid', 'event_rowid', BIGINT],
  ['$signatureversion', 'signatureversion', VARCHAR],
  ['$bytestransferredin', 'bytestransferredin', BIGINT],
  ['$bytestransferredout', 'bytestransferredout', BIGINT],
  ['$odd_time', 'odd_time', VARCHAR],
  ['$envelope', 'envelope', VARCHAR],
  // Columns that are structs, as the JSON that CloudTrail wrote.
  ...Object.keys(STRUCTS).map(name => [`$${name}_json`, name, VARCHAR] as [string, string, Type]),
];

/** The documented table, with the partition columns that tables in use have. */
export const CLOUDTRAIL: TableDefinition = {
  kind: 'cloudtrail',
  columns: [
    ...DATA_COLUMNS,
    ...KNOWN_PARTITIONS,
    ...OWN_COLUMNS.map(([name, source, type]) => ({ name, source, type, isHidden: true })),
  ],
};
