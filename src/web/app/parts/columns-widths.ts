/** How wide the columns of a list are: what somebody set is kept by the browser. */

import { signal } from '@preact/signals';

const STORED = 'offtrail.widths';
/** Widths in rem. */
const STANDARD_WIDTHS: Readonly<Record<string, number>> = {
  eventTime: 12.5,
  eventName: 10.5,
  eventSource: 11,
  username: 11,
  sourceIPAddress: 10,
  accessKeyId: 12.5,
  errorCode: 9,
  resourceName: 18,
  eventID: 20,
};
const STANDARD_WIDTH = 11;
export const NARROWEST = 3;
export const WIDEST = 80;

const widths = signal<Readonly<Record<string, number>>>(storedWidths());

/** In rem. */
export const widthOf = (name: string): number =>
  widths.value[name] ?? STANDARD_WIDTHS[name] ?? STANDARD_WIDTH;

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
