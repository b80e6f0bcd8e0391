/** Members of JSON texts are found past plain ones by a pattern, past all others one by one: both must find the first. */

import { expect, it } from 'vitest';
import { createRandom } from '../scripts/random.js';
import { extractScalar } from '../src/query/sql/functions/json-path.js';

/** Names that are parts of each other, mean something in a pattern, or need an escape. */
const NAMES = [
  'a',
  'ab',
  'Host',
  'host',
  'x-amz',
  'a.b',
  'a*',
  '[a]',
  '(a|b)',
  '',
  'é',
  'a"b',
  'a\\b',
  '"a',
  '$',
];
/** Values as they are written, with what is extracted. */
const VALUES: ReadonlyArray<[json: string, scalar: string | null]> = [
  ['"text"', 'text'],
  ['"\\"a\\":1,"', '"a":1,'],
  ['"\\u0061"', 'a'],
  ['""', ''],
  ['12', '12'],
  ['-1.50e3', '-1.50e3'],
  ['true', 'true'],
  ['null', null],
  ['{"a":"inner","Host":{"a":1}}', null],
  ['["a",{"ab":2}]', null],
];
const SPACES = ['', '', '', ' ', '  ', '\n'];

it('the first member of a name is found behind any others, however they are written', () => {
  const random = createRandom(7);
  const space = (): string => random.pick(SPACES);
  const written = (name: string): string =>
    random.below(5) > 0 ? JSON.stringify(name) : `"${[...name].map(c => `\\u${hex(c)}`).join('')}"`;
  const hex = (c: string): string => c.charCodeAt(0).toString(16).padStart(4, '0');
  let found = 0;
  for (let i = 0; i < 2_000; i++) {
    const members = Array.from({ length: random.below(i % 50 === 0 ? 90 : 9) }, () => ({
      name: random.below(4) > 0 ? random.pick(NAMES) : `other ${random.below(9)}`,
      value: random.pick(VALUES),
    }));
    const text = `${space()}{${space()}${members
      .map(({ name, value: [json] }) => `${written(name)}${space()}:${space()}${json}${space()}`)
      .join(`,${space()}`)}}`;
    for (const name of NAMES) {
      const path = `$["${name.replaceAll(/["\\]/g, '\\$&')}"]`;
      const first = members.find(member => member.name === name);
      if (first) found++;
      expect(extractScalar(text, path), `${path} of ${text}`).toBe(first?.value[1] ?? null);
    }
  }
  expect(found).toBeGreaterThan(2_500);
});

it('what no JSON has before a member hides it', () => {
  for (const before of [
    '"b":01,',
    '"b":tru,',
    "'b':1,",
    '"b":"\n",',
    '"b":"\\x",',
    '"b" 1,',
    '"b":1;',
    '"b",',
    ',',
    '1:2,',
  ])
    expect(extractScalar(`{${before}"a":"x"}`, '$.a'), before).toBeNull();
});
