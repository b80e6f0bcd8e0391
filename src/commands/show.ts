/** `offtrail show <eventID>`: the whole record, and where it came from. */

import { printableJson } from '../output/escape.js';
import { rawRecord, showEvent } from '../query/show.js';
import { openForQueries } from '../store/open.js';
import { EXIT, indexPath, print, say } from './context.js';

export async function runShow({
  db,
  eventId,
  raw,
}: {
  db: string | undefined;
  eventId: string;
  raw: boolean;
}): Promise<number> {
  const index = openForQueries(indexPath(db));
  try {
    for (const { record, sources, conflicting } of showEvent(index, eventId)) {
      if (raw) {
        const bytes = await rawRecord(sources[0]!);
        if (process.stdout.isTTY) await print(`${printableJson(bytes.toString('utf8'))}\n`);
        else {
          process.stdout.write(bytes);
          await print('\n');
        }
      } else {
        await print(`${printableJson(indent(record))}\n`);
      }
      if (conflicting) say('another record has this eventID and other content');
      for (const [i, { path, ordinal }] of sources.entries()) {
        say(`${i === 0 ? 'from' : 'also in'} ${path}, record ${ordinal + 1}`);
      }
    }
    return EXIT.ok;
  } finally {
    index.close();
  }
}

/** Indents JSON text without touching its values: numbers and escapes stay as they were written. */
function indent(json: string): string {
  let depth = 0;
  const newline = (): string => `\n${'  '.repeat(depth)}`;
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|\{\}|\[\]|[{}[\],:]/g, token => {
    if (token === '{' || token === '[') {
      depth++;
      return token + newline();
    }
    if (token === '}' || token === ']') {
      depth--;
      return newline() + token;
    }
    if (token === ',') return token + newline();
    return token === ':' ? ': ' : token;
  });
}
