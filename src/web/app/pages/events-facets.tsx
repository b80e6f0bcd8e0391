/** Where the facets of the Event history are: beside the list where there is room, folded where there is not. */

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useStale } from '../parts/notes.js';

/** From here on they stand beside the list, as the style says too. */
const WIDE = matchMedia('(min-width: 56rem)');
const isWide = signal(WIDE.matches);
WIDE.addEventListener('change', () => {
  isWide.value = WIDE.matches;
});

export function FacetsAside({ isStale, children }: { isStale: boolean; children: ComponentChildren }) {
  return (
    <aside {...useStale(isStale, 'facets')} aria-label="Most frequent values">
      <details open={isWide.value}>
        <summary>Most frequent values</summary>
        <h2 class="hidden">Most frequent values</h2>
        {children}
      </details>
    </aside>
  );
}
