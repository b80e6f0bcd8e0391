/** What every page is given. */

import type { Start } from '../start.js';
import type { Place } from './place.js';

export interface PageProps {
  start: Start;
  options: Place['options'];
}
