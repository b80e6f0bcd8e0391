/** Which texts every match of a regular expression must contain. */

import { describe, expect, it } from 'vitest';
import { literals } from '../src/query/text/pattern.js';

describe('what an expression must contain', () => {
  it.each([
    ['abcdef', ['abcdef']],
    ['abc.*def', ['abc', 'def']],
    ['abcd?ef', ['abc', 'ef']],
    ['abc+d', ['abc', 'd']],
    ['ab{2,3}c', ['a', 'c']],
    ['one|two', []],
    ['(one|two)three[x|y]four', ['three', 'four']],
    ['a\\.b\\d+c', ['a.b', 'c']],
    ['\\x{1F600}x\\pLy\\p{Greek}z\\x41q', ['x', 'y', 'z', 'q']],
    ['[]a]bc[^]]d[[:alpha:]]e', ['bc', 'd', 'e']],
    ['(?i)abc', ['abc']],
    ['(a(b)c)d\\(e', ['d(e']],
    ['^ab\\bcd$', ['ab', 'cd']],
    ['ab\\Q.\\E|cd', []],
    ['"a":"b"', ['"a":', '"b"']],
  ])('%s', (pattern, expected) => {
    expect(literals(pattern)).toEqual(expected);
  });
});
