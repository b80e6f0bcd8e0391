/**
 * The one list of the columns that events have in a lake of Parquet files: Athena's 29 in the documented order and with
 * the documented types, the partitions, ours, and what gives a record back byte for byte. The writer, the reader and the
 * statements that create tables take it from here; `lakeRecord` in record-form.ts is what the last columns are for.
 */

import { type LakeColumn, type LakeType, textStruct } from '../lake-types.js';
import { ATHENA_FIELDS, MORE_FIELDS } from './fields.js';

/** Version of the columns below and of what they mean: files of another version are never taken for the same ones. */
export const LAKE_VERSION = 1;

/** "Create a table for CloudTrail logs in Athena": the columns that are no text. */
const DOCUMENTED: Readonly<Record<string, LakeType>> = {
  useridentity: {
    struct: [
      ...textStruct('type', 'principalid', 'arn', 'accountid', 'invokedby', 'accesskeyid', 'username').struct,
      { name: 'onbehalfof', type: textStruct('userid', 'identitystorearn') },
      {
        name: 'sessioncontext',
        type: {
          struct: [
            { name: 'attributes', type: textStruct('mfaauthenticated', 'creationdate') },
            {
              name: 'sessionissuer',
              type: textStruct('type', 'principalid', 'arn', 'accountid', 'username'),
            },
            { name: 'ec2roledelivery', type: 'string' },
            {
              name: 'webidfederationdata',
              type: {
                struct: [
                  { name: 'federatedprovider', type: 'string' },
                  { name: 'attributes', type: { map: 'string' } },
                ],
              },
            },
          ],
        },
      },
    ],
  },
  resources: { array: textStruct('arn', 'accountid', 'type') },
  addendum: textStruct('reason', 'updatedfields', 'originalrequestid', 'originaleventid'),
  tlsdetails: textStruct('tlsversion', 'ciphersuite', 'clientprovidedhostheader'),
};

/** Columns whose JSON text is kept beside them, in `<column>_json`: a struct does not say how it was written. */
export const STRUCT_COLUMNS: readonly string[] = Object.keys(DOCUMENTED);

/** The column that holds the JSON text of a field whose column is a struct; the column itself for the others. */
export function jsonColumn(column: string): string {
  return STRUCT_COLUMNS.includes(column) ? `${column}_json` : column;
}

const own = (name: string, meaning: string, type: LakeType = 'string'): LakeColumn => ({
  name,
  type,
  source: name,
  meaning,
});
const partition = (name: string, meaning: string): LakeColumn => ({
  ...own(name, meaning),
  isPartition: true,
});

/** The folders of a lake, from the outside in. */
export const LAKE_PARTITIONS: readonly LakeColumn[] = [
  partition('account', 'partition: recipientaccountid; where the record has none, the account of the path'),
  partition('region', 'partition: awsregion; where the record has none, the region of the path'),
  partition('year', 'partition: year of eventtime, `yyyy`; where that is no time, of the path'),
  partition('month', 'partition: month, `mm`'),
  partition('day', 'partition: day, `dd`'),
];

/** Every column in order. A lake of folders has the partitions in its paths, a single file among its columns. */
export const LAKE_COLUMNS: readonly LakeColumn[] = [
  ...ATHENA_FIELDS.map(({ column, meaning }) => own(column, meaning, DOCUMENTED[column])),
  ...LAKE_PARTITIONS,
  ...MORE_FIELDS.map(({ column, meaning }) => own(column, meaning)),
  own('additional_fields', 'JSON object of the top-level fields this version does not know'),
  own('bucketname', '`requestparameters`, `$.bucketName`, where it is a scalar'),
  own('objectkey', '`requestparameters`, `$.key`, where it is a scalar'),
  own('signatureversion', '`additionaleventdata`, `$.SignatureVersion`'),
  own(
    'bytestransferredin',
    '`additionaleventdata`, `$.bytesTransferredIn`, where it is a whole number',
    'bigint',
  ),
  own(
    'bytestransferredout',
    '`additionaleventdata`, `$.bytesTransferredOut`, where it is a whole number',
    'bigint',
  ),
  own('is_anonymous', 'true for an unauthenticated caller, in every form CloudTrail has used', 'boolean'),
  own(
    'username',
    'user name as `lookup-events` has it: of an IAM user, `root`, or the name of a role’s session',
  ),
  own('useridentity_sessioncontext_sourceidentity', '`useridentity_json`, `$.sessionContext.sourceIdentity`'),
  own('useridentity_identityprovider', '`useridentity_json`, `$.identityProvider`'),
  own('useridentity_credentialid', '`useridentity_json`, `$.credentialId`'),
  own('tlsdetails_keyexchange', '`tlsdetails_json`, `$.keyExchange`'),
  own(
    'odd_time',
    'where `eventtime` is not in CloudTrail’s own form: seconds since 1970 of that time, or `unreadable`; else NULL',
  ),
  own(
    'is_conflicting',
    'true where another record has the same eventID in the same account and other content',
    'boolean',
  ),
  own(
    'is_suspect',
    'true where the gzip checksum of the log file does not hold: the record may not be what CloudTrail wrote',
    'boolean',
  ),
  own('is_removed', 'true where the log file that held the record holds it no longer', 'boolean'),
  own(
    'evidence',
    'what CloudTrail’s digests say of the log file: `proven`, `consistent`, `altered`, `unlisted`, or `none`',
  ),
  own('envelope', 'what stood around the record in its log file (EventBridge, lookup-events, …), as JSON'),
  own('file_path', 'the log file the record was stored from'),
  own('file_ordinal', 'place of the record in that file, from 0', 'bigint'),
  ...STRUCT_COLUMNS.map(column => ({
    ...own(jsonColumn(column), `\`${column}\` as JSON, as CloudTrail wrote it`),
    source: column,
  })),
  {
    name: 'record_form',
    type: 'string',
    source: undefined,
    meaning:
      'the record with `[]` for each value that a column has: order of the fields, and which are null. NULL where `record` is not',
  },
  {
    name: 'record',
    type: 'string',
    source: undefined,
    meaning:
      'the whole record, where its columns cannot give it back: a field twice, a scalar written with escapes',
  },
];
