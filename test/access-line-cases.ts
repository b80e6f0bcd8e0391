/** Lines that take other readers apart, written by hand, and how each is to be read. */

const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
/** The eight fields before the request-URI, and the space after them. */
export const HEAD = `${OWNER} my-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE REST.GET.OBJECT data/x.csv `;
/** The tail of a line of 27 fields. */
export const TAIL =
  '- aGk= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader my-bucket.s3.amazonaws.com TLSv1.3 - - us-east-1';
const GET = '"GET /data/x.csv HTTP/1.1" 200 - 113 113 7 6';

/** The line that AWS's documentation shows, with the owner in full. */
export const DOCUMENTED = `${OWNER} amzn-s3-demo-bucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 ${OWNER} 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /amzn-s3-demo-bucket1?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSV1.2 arn:aws:s3:us-west-1:123456789012:accesspoint/example-AP Yes us-east-1`;

/** What a line has to give. */
export interface Reading {
  request_uri?: string;
  httpstatus?: string;
  errorcode?: string;
  referrer?: string;
  useragent?: string;
  versionid?: string;
  hostid?: string;
  tlsversion?: string;
  sourceregion?: string;
  more?: string;
  fieldCount?: number;
  isAmbiguous?: true;
}

/** What it is about, the line after its head, and its reading. */
export type Case = readonly [about: string, rest: string, reading: Reading];

const URI = 'GET /data/x.csv HTTP/1.1';
const agent = (text: string): string => `${GET} "-" "${text}" ${TAIL}`;
const referrer = (text: string): string => `${GET} "${text}" "curl/8" ${TAIL}`;
const target = (text: string): string => `"GET /${text} HTTP/1.1" 200 - 113 113 7 6 "-" "curl/8" ${TAIL}`;
const ended = (tail: string): string => `${GET} "-" "curl/8" ${tail}`;

export const CASES: readonly Case[] = [
  // Numbers of fields.
  ['18 fields', ended('v1'), { versionid: 'v1', fieldCount: 18 }],
  ['18 fields without a version', ended('-'), { versionid: '-', useragent: 'curl/8', fieldCount: 18 }],
  [
    '24 fields',
    ended('- aGk= SigV2 - AuthHeader host -'),
    { hostid: 'aGk=', tlsversion: '-', fieldCount: 24 },
  ],
  ['25 fields', ended('- aGk= - ECDHE - host TLSv1.2 -'), { tlsversion: 'TLSv1.2', fieldCount: 25 }],
  ['26 fields', ended('- aGk= - ECDHE - host TLSv1.2 - Yes'), { tlsversion: 'TLSv1.2', fieldCount: 26 }],
  ['27 fields', ended(TAIL), { sourceregion: 'us-east-1', fieldCount: 27 }],
  ['one field more', ended(`${TAIL} x`), { sourceregion: 'us-east-1', more: 'x', fieldCount: 28 }],
  ['four fields more', ended(`${TAIL} a b - d`), { more: 'a b - d', fieldCount: 31 }],
  ['a carriage return', `${ended(TAIL)}\r`, { sourceregion: 'us-east-1', fieldCount: 27 }],
  ['spaces at the end', `${ended(TAIL)}   `, { sourceregion: 'us-east-1', fieldCount: 27 }],
  ['a signature that is not known yet', ended(TAIL.replace('SigV4', 'SigV4A')), { fieldCount: 27 }],
  [
    'a form of signing that is not known',
    ended(TAIL.replace('SigV4', 'Ed25519')),
    { hostid: 'aGk=', fieldCount: 27 },
  ],
  [
    'only dashes',
    `- - - - - - - - - - - - - - - - - - -`,
    { request_uri: '-', useragent: '-', fieldCount: 27 },
  ],
  // Bare dashes where quotes may be.
  [
    'everything bare',
    `- - - - 100 - - - - ${TAIL}`,
    { request_uri: '-', referrer: '-', useragent: '-', fieldCount: 27 },
  ],
  [
    'a bare user agent',
    `${GET} "http://a/" - ${TAIL}`,
    { referrer: 'http://a/', useragent: '-', fieldCount: 27 },
  ],
  [
    'a bare user agent in 18 fields',
    `${GET} "http://a/" - v1`,
    { referrer: 'http://a/', useragent: '-', versionid: 'v1' },
  ],
  [
    'a bare user agent and version in 18 fields',
    `${GET} "http://a/" - -`,
    { useragent: '-', versionid: '-', fieldCount: 18 },
  ],
  ['a bare referer', `${GET} - "curl/8" ${TAIL}`, { referrer: '-', useragent: 'curl/8', fieldCount: 27 }],
  [
    'bare referer and user agent',
    `${GET} - - ${TAIL}`,
    { referrer: '-', useragent: '-', hostid: 'aGk=', fieldCount: 27 },
  ],
  [
    'a bare request-URI',
    `- 204 - - 100 - - "-" "-" ${TAIL}`,
    { request_uri: '-', httpstatus: '204', useragent: '-', fieldCount: 27 },
  ],
  [
    'a quoted dash as request-URI',
    `"-" - - - 100 - - "-" "-" ${TAIL}`,
    { request_uri: '-', httpstatus: '-', fieldCount: 27 },
  ],
  [
    'empty quotes',
    `"" 400 - - - 1 1 "" "" ${TAIL}`,
    { request_uri: '', referrer: '', useragent: '', fieldCount: 27 },
  ],
  // The user agent.
  [
    'a quote at the beginning of the user agent',
    agent('"Mozilla/5.0 (X11)'),
    { useragent: '"Mozilla/5.0 (X11)' },
  ],
  ['a quote at its end', agent('Mozilla/5.0"'), { useragent: 'Mozilla/5.0"' }],
  ['quotes around it', agent('"Mozilla/5.0"'), { useragent: '"Mozilla/5.0"' }],
  ['a quoted word in it', agent('a "b" c'), { useragent: 'a "b" c' }],
  ['only a quote', agent('"'), { useragent: '"' }],
  ['two quotes', agent('""'), { useragent: '""' }],
  ['a backslash at its end', agent('a\\'), { useragent: 'a\\' }],
  ['a backslash and a quote', agent('a\\" b'), { useragent: 'a\\" b' }],
  ['only a space', agent(' '), { useragent: ' ' }],
  ['many spaces', agent('a    b  '), { useragent: 'a    b  ' }],
  ['tabs and control characters', agent('a\tb\u001b[2J\u0000'), { useragent: 'a\tb\u001b[2J\u0000' }],
  ['UTF-8', agent('Mözilla 😀'), { useragent: 'Mözilla 😀' }],
  ['a tail in it', agent(`a" ${TAIL}`), { useragent: `a" ${TAIL}`, fieldCount: 27 }],
  ['a tail of dashes in it', agent('a" - - - - - - - - - -'), { useragent: 'a" - - - - - - - - - -' }],
  ['a version in it', agent('a" v9'), { useragent: 'a" v9', versionid: '-' }],
  [
    'a line in it',
    agent(`a" ${TAIL} ${HEAD}- - - - - - - - - -`),
    { fieldCount: 27, versionid: '-', sourceregion: 'us-east-1' },
  ],
  ['statement text in it', agent(`'; DROP TABLE event; --`), { useragent: `'; DROP TABLE event; --` }],
  ['a dash and a quote', agent('- "x'), { useragent: '- "x' }],
  // The referer.
  ['spaces in the referer', referrer('http://a/b c d'), { referrer: 'http://a/b c d', useragent: 'curl/8' }],
  [
    'a quoted word in the referer',
    referrer('http://a/?q="b"c'),
    { referrer: 'http://a/?q="b"c', useragent: 'curl/8' },
  ],
  ['a quote at its end', referrer('http://a/"'), { referrer: 'http://a/"', useragent: 'curl/8' }],
  ['a quote and a space', referrer('a" b'), { referrer: 'a" b', useragent: 'curl/8' }],
  ['a backslash at the end of the referer', referrer('C:\\'), { referrer: 'C:\\' }],
  ['brackets', referrer('[a] [b]'), { referrer: '[a] [b]' }],
  [
    'sizes and times in the referer, without a quote after',
    referrer('a" 200 - 1 1 1 1 b'),
    { referrer: 'a" 200 - 1 1 1 1 b' },
  ],
  // The request-URI.
  [
    'quotes in the target',
    target('?q="a"&r="b"'),
    { request_uri: 'GET /?q="a"&r="b" HTTP/1.1', httpstatus: '200' },
  ],
  [
    'quotes and spaces in the target',
    target('a" "b'),
    { request_uri: 'GET /a" "b HTTP/1.1', httpstatus: '200' },
  ],
  [
    'a quote at the end',
    `"GET /a"" 200 - 1 1 1 1 "-" "x" ${TAIL}`,
    { request_uri: 'GET /a"', httpstatus: '200' },
  ],
  ['backslashes', target('\\think\\app\\"x'), { request_uri: 'GET /\\think\\app\\"x HTTP/1.1' }],
  [
    'a status that is none',
    target('a" 20x - 1 1 1 1 "'),
    { request_uri: 'GET /a" 20x - 1 1 1 1 " HTTP/1.1', httpstatus: '200' },
  ],
  [
    'a status of four digits',
    target('a" 2000 - 1 1 1 1 "'),
    { request_uri: 'GET /a" 2000 - 1 1 1 1 " HTTP/1.1' },
  ],
  ['a size that is none', target('a" 200 - 1 x 1 1 "'), { request_uri: 'GET /a" 200 - 1 x 1 1 " HTTP/1.1' }],
  [
    'an error code',
    `"GET /x HTTP/1.1" 404 NoSuchKey 272 - 9 - "-" "x" ${TAIL}`,
    { httpstatus: '404', errorcode: 'NoSuchKey' },
  ],
  ['no protocol', `"GET /x" 400 - - - 1 - "-" "x" ${TAIL}`, { request_uri: 'GET /x', httpstatus: '400' }],
  [
    'HTTP/2',
    `"GET /x HTTP/2" 200 - - - 1 - "-" "x" ${TAIL}`,
    { request_uri: 'GET /x HTTP/2', httpstatus: '200' },
  ],
  // Several readings: the likeliest, and a mark.
  [
    'quotes that part the user agent',
    agent('a" "b'),
    { referrer: '-', useragent: 'a" "b', isAmbiguous: true },
  ],
  [
    'quotes that part the referer',
    referrer('a" "b'),
    { referrer: 'a', useragent: 'b" "curl/8', isAmbiguous: true },
  ],
  ['three quotes and spaces', agent('" "" "'), { referrer: '-', isAmbiguous: true }],
  [
    'sizes and times in the referer',
    referrer('a" 404 - 1 1 1 1 "b'),
    { request_uri: URI, httpstatus: '200', referrer: 'a" 404 - 1 1 1 1 "b', isAmbiguous: true },
  ],
  [
    'sizes and times before the user agent',
    referrer('a" 404 - 1 1 1 1 -'),
    { request_uri: URI, httpstatus: '200', referrer: 'a" 404 - 1 1 1 1 -' },
  ],
  [
    'a request-URI and more in the target',
    target('a HTTP/1.1" 404 - 1 1 1 1 "-" "b'),
    { request_uri: 'GET /a HTTP/1.1', httpstatus: '404', isAmbiguous: true },
  ],
  [
    'sizes in a target, without the protocol',
    target('a" 404 - 1 1 1 1 "-" "b'),
    { request_uri: 'GET /a" 404 - 1 1 1 1 "-" "b HTTP/1.1', httpstatus: '200', isAmbiguous: true },
  ],
  [
    'dashes after the host id',
    `${GET} "-" "-" - aGk= - - - - - - - -`,
    { useragent: '-', hostid: 'aGk=', fieldCount: 27 },
  ],
  ['dashes alone', `${GET} "a" "b" - - - - - - - - -`, { referrer: 'a', useragent: 'b', isAmbiguous: true }],
  [
    'a line cut after the version',
    `${GET} "a" "b" - aGk=`,
    { referrer: 'a" "b', useragent: '-', isAmbiguous: true },
  ],
];

/** Lines that do not parse: what stands there, and why. */
export const BROKEN: ReadonlyArray<readonly [line: string, problem: string]> = [
  ['', 'the line ends within its first eight fields'],
  ['a b ', 'the line ends within its first eight fields'],
  [`${OWNER} b`, 'the line ends within its first eight fields'],
  [`${OWNER} b [06/Feb/2019:00:00:38 +0000`, 'the line ends within its first eight fields'],
  [`${OWNER} b 06/Feb/2019:00:00:38 +0000`, 'the time is not in brackets'],
  [`${OWNER} b [06/Feb/2019:00:00:38 +0000]x -`, 'the time is not in brackets'],
  [`${OWNER}  b [06/Feb/2019:00:00:38 +0000]`, 'an empty field, or two spaces'],
  [HEAD.trim(), 'the line ends within its first eight fields'],
  [`${HEAD}GET`, 'the request-URI begins with neither a quote nor -'],
  [`${HEAD}-200 - - - - -`, 'the request-URI begins with neither a quote nor -'],
  [`${HEAD}"GET /x HTTP/1.1`, 'no status, error code, sizes and times after the request-URI'],
  [`${HEAD}"GET /x HTTP/1.1"`, 'no status, error code, sizes and times after the request-URI'],
  [`${HEAD}"GET /x HTTP/1.1" 200 - 1 1`, 'no status, error code, sizes and times after the request-URI'],
  [`${HEAD}- 200 - 1 1 1 1`, 'no status, error code, sizes and times after the request-URI'],
  [`${HEAD}${GET} "-" "x"`, 'no referer, user agent and known number of fields after the times'],
  [
    `${HEAD}${GET} "-" "x" - aGk= SigV4 c AuthHeader host`,
    'no referer, user agent and known number of fields after the times',
  ],
  [
    `${HEAD}${GET} "-" "x" - aGk=  SigV4 c AuthHeader host TLSv1.2`,
    'no referer, user agent and known number of fields after the times',
  ],
  [`${HEAD}${GET} x "y" ${TAIL}`, 'no referer, user agent and known number of fields after the times'],
  [`${HEAD}${GET} "only" ${TAIL}`, 'no referer, user agent and known number of fields after the times'],
];
