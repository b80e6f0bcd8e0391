/** Notes as a Markdown timeline for a report. What stands in logs cannot become markup, a link or an image in it. */

import { printable } from '../../../output/escape.js';

/** A note with what the index knows of its event. */
export interface NotedEvent {
  eventId: string;
  isStarred: boolean;
  text: string;
  /** Undefined where the index has no such event. */
  event?: Readonly<Record<string, string | number | null>> | undefined;
}

/** Longest value of a log in a report. */
const LONG = 500;

/**
 * A value of a log, in a code span: there nothing is markup, and no reader of Markdown links an address that stands
 * alone (CommonMark, "Code spans").
 */
export function markdownValue(value: unknown): string {
  const whole = printable(String(value ?? '')) || '–';
  const text = whole.length > LONG ? `${whole.slice(0, LONG)} …` : whole;
  // Longer than any that stands in it.
  const fence = '`'.repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  const room = /^[ `]|[ `]$/.test(text) ? ' ' : '';
  return fence + room + text + room + fence;
}

/** Characters that can mean something in Markdown or HTML, wherever they stand; and at the beginning of a line. */
const MARKS = /[\\`*_[\]{}<>&#|~$!^=]/g;
const AT_START = /^(\d*)([-+:.)])/;
/** What readers link where it stands alone. */
const ADDRESS = /@|:\/\/|www\.|^[a-z]+:./i;

/** A line that somebody wrote, perhaps with pieces of logs in it: it means nothing but itself. */
export const markdownLine = (line: string): string =>
  line
    .trim()
    .split(/(\s+)/)
    .map(word => (ADDRESS.test(word) ? markdownValue(word) : printable(word).replaceAll(MARKS, '\\$&')))
    .join('')
    .replace(AT_START, '$1\\$2');

const byTime = (a: NotedEvent, b: NotedEvent): number => {
  const [x, y] = [a, b].map(({ event }) => String(event?.eventTime ?? '\u{10ffff}'));
  return x! < y! ? -1 : x! > y! ? 1 : 0;
};

/** Notes in order of time; those whose event is not there come last. */
export const inTime = (noted: readonly NotedEvent[]): NotedEvent[] => [...noted].sort(byTime);

/**
 * The timeline.
 * @param index name of the index's file
 * @param now when it was made
 */
export function markdownTimeline(noted: readonly NotedEvent[], index: string, now: Date): string {
  const lines = [
    '# Timeline',
    '',
    `Noted events of ${markdownValue(index)}: ${noted.length.toLocaleString('en-US')}, as of ${now.toISOString().slice(0, 19)}Z. Times are UTC.`,
    '',
  ];
  for (const one of inTime(noted)) lines.push(...entryOf(one));
  return `${lines.join('\n')}\n`;
}

function entryOf({ eventId, isStarred, text, event }: NotedEvent): string[] {
  if (!event)
    return [
      `- **not in this index** ${isStarred ? '★ ' : ''}event ${markdownValue(eventId)}`,
      ...noteLines(text),
    ];
  const who = event.useridentity_arn ?? event.username ?? event.useridentity_principalid ?? null;
  const { eventTime, eventName, eventSource, sourceIPAddress, errorCode, resourceName } = event;
  const facts = [
    `by ${markdownValue(who)}`,
    `from ${markdownValue(sourceIPAddress)}`,
    ...(resourceName ? [`on ${markdownValue(resourceName)}`] : []),
    errorCode ? `failed: ${markdownValue(errorCode)}` : 'succeeded',
    `event ${markdownValue(eventId)}`,
  ];
  return [
    `- **${markdownValue(eventTime)}** ${isStarred ? '★ ' : ''}${markdownValue(eventSource)} ${markdownValue(eventName)}, ${facts.join(', ')}`,
    ...noteLines(text),
  ];
}

/** A note below its event, line by line. */
function noteLines(text: string): string[] {
  const lines = text.trim() === '' ? [] : text.trim().split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.length === 0
    ? []
    : lines.map(line => `  > ${line.trim() === '' ? '' : markdownLine(line)}`.trimEnd());
}
