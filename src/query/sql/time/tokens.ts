/** How a pattern of letters, as Joda has it, is divided. */

/** Runs of a letter, and what is between them as `'` and the text. */
export function tokens(pattern: string): string[] {
  const list: string[] = [];
  for (let i = 0; i < pattern.length; ) {
    const start = i;
    const letter = pattern[i]!;
    if (/[A-Za-z]/.test(letter)) {
      while (pattern[i] === letter) i++;
      list.push(pattern.slice(start, i));
      continue;
    }
    let text = '';
    let isQuoted = false;
    for (; i < pattern.length && (isQuoted || !/[A-Za-z]/.test(pattern[i]!)); i++) {
      if (pattern[i] !== "'") text += pattern[i];
      else if (pattern[i + 1] === "'") {
        text += "'";
        i++;
      } else isQuoted = !isQuoted;
    }
    list.push(`'${text}`);
  }
  return list;
}
