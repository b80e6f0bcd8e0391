/** Runs before each file of tests. */

import { afterAll, afterEach } from 'vitest';
import { end } from './endings.js';

afterEach(() => end('test'));
afterAll(() => end('file'));
