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

/** Every character of ASCII that can mean something in Markdown or HTML: a backslash before it makes it a character. */
const MARKS = /[\\`*_{}[\]()<>#+\-.!|~&$^=:;"'@/,?%]/g;
/** Longest value of a log in a report. */
const LONG = 500;

/**
 * A text of one line that means nothing but itself. A colon, an at sign or a dot between letters would make some readers
 * link it, so an empty comment's place is taken by the entity of the character.
 */
export function markdownText(value: unknown, most: number = LONG): string {
  const text = printable(String(value ?? '–'));
  const cut = text.length > most ? `${text.slice(0, most)} …` : text;
  return cut.replaceAll(MARKS, char => (LINKING.has(char) ? `&#${char.charCodeAt(0)};` : `\\${char}`));
}

/** Escaped by a backslash these would still be seen by what links addresses that stand alone. */
const LINKING = new Set([':', '@', '.', '/', '<', '>', '&']);

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
    `${noted.length.toLocaleString('en-US')} noted events of ${markdownText(index)}, written ${markdownText(`${now.toISOString().slice(0, 19)}Z`)}\\. Times are UTC\\.`,
    '',
  ];
  for (const one of inTime(noted)) lines.push(...entryOf(one));
  return `${lines.join('\n')}\n`;
}

function entryOf({ eventId, isStarred, text, event }: NotedEvent): string[] {
  if (!event)
    return [
      `- **not in this index** ${isStarred ? '★ ' : ''}event ${markdownText(eventId)}`,
      ...noteLines(text),
    ];
  const who = event.useridentity_arn ?? event.username ?? event.useridentity_principalid ?? null;
  const { eventTime, eventName, eventSource, sourceIPAddress, errorCode, resourceName } = event;
  const facts = [
    `by ${markdownText(who)}`,
    `from ${markdownText(sourceIPAddress)}`,
    ...(resourceName ? [`on ${markdownText(resourceName)}`] : []),
    errorCode ? `failed: ${markdownText(errorCode)}` : 'succeeded',
    `event ${markdownText(eventId)}`,
  ];
  return [
    `- **${markdownText(eventTime)}** ${isStarred ? '★ ' : ''}${markdownText(eventSource)} ${markdownText(eventName)}, ${facts.join(', ')}`,
    ...noteLines(text),
  ];
}

/** A note below its event, line by line. */
function noteLines(text: string): string[] {
  const lines = text.trim() === '' ? [] : text.trim().split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.length === 0
    ? []
    : lines.map(line => `  > ${line.trim() === '' ? '' : markdownText(line, 20_000)}`.trimEnd());
}
