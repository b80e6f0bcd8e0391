/** Times in the zone that somebody chose. */

import { signal } from '@preact/signals';
import { LogText } from './text.js';
import './time.css';

const STORED = 'offtrail.zone';

/** `UTC`, `local`, or the name of a zone as IANA has it. */
export const zone = signal(storedZone());

/** CloudTrail's form of a time, and the forms that say the same. */
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** A time of a log; what is none is shown as it is. */
export function Time({ value }: { value: unknown }) {
  const ms = typeof value === 'string' && TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) return <LogText value={value} />;
  const { date, time, offset } = clockAt(ms, zone.value);
  const iso = new Date(ms).toISOString();
  return (
    <time
      dateTime={iso}
      title={`${relativeTime(ms, Date.now())} · ${iso.slice(0, 19).replace('T', ' ')} UTC`}
    >
      {date} {time} <span class="offset">{offset}</span>
    </time>
  );
}

/** Names, not elements: one that is used again holds on to every page that it was in. */
const OTHERS = Intl.supportedValuesOf('timeZone');

/** Chooses the zone for all times of the page. */
export function ZoneSelect() {
  const here = zoneName('local');
  return (
    <label class="zone" title={`Times in ${zoneName(zone.value)}`}>
      <span>Times in</span>{' '}
      <select value={zone.value} onChange={event => setZone(event.currentTarget.value)}>
        <option value="UTC">UTC</option>
        <option value="local">local ({here})</option>
        <optgroup label="Others">
          {OTHERS.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}

export function setZone(name: string): void {
  zone.value = name;
  try {
    localStorage.setItem(STORED, name);
  } catch {
    // A browser that keeps nothing shows it all the same.
  }
}

function storedZone(): string {
  try {
    const name = localStorage.getItem(STORED) ?? 'UTC';
    new Intl.DateTimeFormat('en-US', { timeZone: zoneName(name) });
    return name;
  } catch {
    return 'UTC';
  }
}

/** The name that IANA has for a choice. */
export function zoneName(choice: string): string {
  return choice === 'local' ? new Intl.DateTimeFormat().resolvedOptions().timeZone : choice;
}

export interface Clock {
  /** `2019-07-05`. */
  date: string;
  /** `22:17:10`. */
  time: string;
  /** `Z`, or `+02:00`. */
  offset: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * What calendar and clock of a zone show.
 * @param ms milliseconds since 1970
 */
export function clockAt(ms: number, choice: string): Clock {
  if (choice === 'UTC') {
    const [date = '', time = ''] = new Date(ms).toISOString().split('T');
    return { date, time: time.slice(0, 8), offset: 'Z' };
  }
  let format = formats.get(choice);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zoneName(choice),
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    });
    formats.set(choice, format);
  }
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const date = `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}`;
  const time = `${parts.hour}:${parts.minute}:${parts.second}`;
  const minutes = Math.round((Date.parse(`${date}T${time}Z`) - ms) / 60_000);
  const size = Math.abs(minutes);
  const two = (count: number): string => String(count).padStart(2, '0');
  return {
    date,
    time,
    offset: `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`,
  };
}

const UNITS: ReadonlyArray<[unit: Intl.RelativeTimeFormatUnit, seconds: number]> = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** `3 days ago`. */
export function relativeTime(ms: number, now: number): string {
  const seconds = (ms - now) / 1000;
  const [unit, size] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}
