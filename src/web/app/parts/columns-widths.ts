/** How wide the columns of a list are: what somebody set is kept by the browser. */

import { signal } from '@preact/signals';
import { plainName } from './columns-names.js';

const STORED = 'offtrail.widths';
/** Widths in rem, by the plain names of columns. */
const STANDARD_WIDTHS: Readonly<Record<string, number>> = {
  eventtime: 12.5,
  eventname: 10.5,
  sourceipaddress: 10,
  accesskeyid: 12.5,
  errorcode: 9,
  resourcename: 18,
  eventid: 20,
};
const STANDARD_WIDTH = 11;
export const NARROWEST = 3;
export const WIDEST = 80;

const widths = signal<Readonly<Record<string, number>>>(storedWidths());

/** In rem. */
export const widthOf = (name: string): number =>
  widths.value[name] ?? STANDARD_WIDTHS[plainName(name)] ?? STANDARD_WIDTH;

export function setWidth(name: string, width: number): void {
  const fitting = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)) * 4) / 4;
  keep({ ...widths.value, [name]: fitting });
}

export const resetWidths = (): void => keep({});

function keep(chosen: Readonly<Record<string, number>>): void {
  widths.value = chosen;
  try {
    localStorage.setItem(STORED, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing shows them all the same.
  }
}

function storedWidths(): Readonly<Record<string, number>> {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(stored).filter(
        (entry): entry is [string, number] =>
          typeof entry[1] === 'number' && entry[1] >= NARROWEST && entry[1] <= WIDEST,
      ),
    );
  } catch {
    return {};
  }
}
