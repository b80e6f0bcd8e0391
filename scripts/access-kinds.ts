/** The kinds of requests in believable access logs, and how often each comes. */

/** One kind of request: how often, what it is called, and what it is made to. */
export interface Kind {
  share: number;
  operation: string;
  event: string | null;
  method: string;
  query?: string;
  status?: string;
  /** False for requests to the bucket itself. */
  hasKey?: false;
  /** `out` where the object goes out with the response, `in` where it comes with the request. */
  body?: 'in' | 'out';
}

const KINDS: readonly Kind[] = [
  { share: 440, operation: 'REST.GET.OBJECT', event: 'GetObject', method: 'GET', body: 'out' },
  { share: 160, operation: 'REST.PUT.OBJECT', event: 'PutObject', method: 'PUT', body: 'in' },
  { share: 120, operation: 'REST.HEAD.OBJECT', event: 'HeadObject', method: 'HEAD' },
  {
    share: 70,
    operation: 'REST.GET.BUCKET',
    event: 'ListObjects',
    method: 'GET',
    query: 'list-type=2&prefix=data%2F&encoding-type=url',
    hasKey: false,
  },
  { share: 40, operation: 'REST.DELETE.OBJECT', event: 'DeleteObject', method: 'DELETE', status: '204' },
  {
    share: 15,
    operation: 'REST.POST.UPLOADS',
    event: 'CreateMultipartUpload',
    method: 'POST',
    query: 'uploads',
  },
  {
    share: 60,
    operation: 'REST.PUT.PART',
    event: 'UploadPart',
    method: 'PUT',
    query: 'partNumber=1&uploadId=VXBsb2FkIElE',
    body: 'in',
  },
  {
    share: 15,
    operation: 'REST.POST.UPLOAD',
    event: 'CompleteMultipartUpload',
    method: 'POST',
    query: 'uploadId=VXBsb2FkIElE',
  },
  { share: 20, operation: 'REST.COPY.OBJECT', event: 'CopyObject', method: 'PUT' },
  {
    share: 5,
    operation: 'REST.POST.MULTI_OBJECT_DELETE',
    event: 'DeleteObjects',
    method: 'POST',
    query: 'delete',
    hasKey: false,
  },
  { share: 20, operation: 'S3.EXPIRE.OBJECT', event: null, method: '' },
  { share: 5, operation: 'S3.TRANSITION_SIA.OBJECT', event: null, method: '' },
  { share: 2, operation: 'S3.COMPUTE.OBJECT.CHECKSUM', event: null, method: '' },
  { share: 10, operation: 'REST.GET.ACL', event: 'GetObjectAcl', method: 'GET', query: 'acl' },
  {
    share: 4,
    operation: 'REST.GET.VERSIONING',
    event: null,
    method: 'GET',
    query: 'versioning',
    hasKey: false,
  },
  { share: 6, operation: 'REST.HEAD.BUCKET', event: 'HeadBucket', method: 'HEAD', hasKey: false },
  { share: 5, operation: 'WEBSITE.GET.OBJECT', event: 'GetObject', method: 'GET', body: 'out' },
  { share: 3, operation: 'REST.OPTIONS.PREFLIGHT', event: 'PreflightRequest', method: 'OPTIONS' },
];
/** Each kind as often as its share says. */
export const KIND_TABLE: readonly Kind[] = KINDS.flatMap(kind => new Array<Kind>(kind.share).fill(kind));

/** How requests fail. */
export const ERRORS: ReadonlyArray<readonly [status: string, code: string, text: string]> = [
  ['403', 'AccessDenied', 'Access Denied'],
  ['404', 'NoSuchKey', 'The specified key does not exist.'],
  ['404', 'NoSuchKey', 'The specified key does not exist.'],
  ['503', 'SlowDown', 'Please reduce your request rate.'],
  ['500', 'InternalError', 'We encountered an internal error. Please try again.'],
];
