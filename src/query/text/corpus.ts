/** What a search for text is in: the events of CloudTrail, or the lines of access logs. */

import { ACCESS_DIMENSIONS, type AccessDimension } from '../../access-logs/rows.js';
import { members } from '../../json-text.js';
import {
  type Area,
  EVENT_INDEX_OF,
  LINE_AREA,
  TEXT_DIMENSIONS,
  type TextDimension,
} from '../../store/text/rows.js';
import { jsonViews, plainViews } from '../../views.js';

/** What a search is in: an area of records, and those of what they point to. */
export interface Corpus {
  area: Area;
  dimensions: ReadonlyArray<{
    area: Exclude<Area, 'event' | typeof LINE_AREA>;
    /** The column that points to its rows, and an index on it; without one its rows have bits. */
    column: string;
    index: string | undefined;
    /** Its number in the bits of rows. */
    number: number;
    /** The views of one of its texts. */
    viewsOf(text: string): string[];
  }>;
}

/** The events of CloudTrail. */
export const EVENTS: Corpus = {
  area: 'event',
  dimensions: TEXT_DIMENSIONS.map((area, number) => ({
    area,
    column: `${area}_id`,
    index: EVENT_INDEX_OF[area],
    number,
    viewsOf: text => (area === 'kind' ? constants(text) : [text]).flatMap(jsonViews),
  })),
};

/** What repeats in lines and has no index beside them: by the name of the dimension of events whose bits say it. */
const WITH_BITS: Partial<Record<AccessDimension, TextDimension>> = { agent: 'agent', channel: 'channel' };

/** The lines of S3 server access logs. */
export const LINES: Corpus = {
  area: LINE_AREA,
  dimensions: ACCESS_DIMENSIONS.map(of => {
    const bits = WITH_BITS[of];
    return {
      area: `access_${of}` as const,
      column: `${of}_id`,
      index: bits ? undefined : `access_${of}_time`,
      number: bits ? TEXT_DIMENSIONS.indexOf(bits) : 0,
      viewsOf: plainViews,
    };
  }),
};

/** What records of a kind have in common, cut where a value stands that is kept elsewhere: there the kind has `[]`. */
function constants(kind: string): string[] {
  const texts = [''];
  for (const [name, value] of members(kind)) {
    const isFirst = texts.length === 1 && texts[0] === '';
    texts[texts.length - 1] += `${isFirst ? '{' : ','}${name}:`;
    if (value === '[]') texts.push('');
    else texts[texts.length - 1] += value;
  }
  texts[texts.length - 1] += '}';
  return texts;
}
