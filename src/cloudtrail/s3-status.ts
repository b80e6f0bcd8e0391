/** The HTTP status behind an errorCode of S3: CloudTrail writes the code, not the status (S3 API Reference, "Error responses"). */

/** Codes that come with a status of 300 to 399. */
const REDIRECTIONS: ReadonlySet<string> = new Set([
  'NotModified',
  'PermanentRedirect',
  'PermanentRedirectControlError',
  'Redirect',
  'TemporaryRedirect',
]);

/** Codes that come with a status of 500 to 599. */
const SERVER_ERRORS: ReadonlySet<string> = new Set([
  '503 SlowDown',
  'Busy',
  'InternalError',
  'InternalServerErrorException',
  'LambdaResponseNotReceived',
  'LambdaRuntimeError',
  'LambdaTimeout',
  'NotImplemented',
  'ServiceUnavailable',
  'SlowDown',
]);

/** What codes that are not listed have in them where the server failed. */
const SERVER_WORDS = ['InternalError', 'ServiceUnavailable', 'SlowDown'];

/** The hundreds of a status: 2 for 200 to 299, and so on. */
export type StatusClass = 2 | 3 | 4 | 5;

/** The hundreds of the status of an errorCode; null means success. A code that is not known is the client's error. */
export function statusClassOf(errorCode: string | null): StatusClass {
  if (errorCode === null) return 2;
  if (REDIRECTIONS.has(errorCode)) return 3;
  if (SERVER_ERRORS.has(errorCode) || SERVER_WORDS.some(word => errorCode.includes(word))) return 5;
  return 4;
}
