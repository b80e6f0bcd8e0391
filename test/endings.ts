/**
 * What is to be done after each test and after each file of tests. Modules that tests share are loaded once for all files
 * of a worker, so that hooks of their own would run after the first file alone: `test/setup.ts` runs what they put here.
 */

type Ending = () => void | Promise<void>;
const endings: { test: Ending[]; file: Ending[] } = { test: [], file: [] };

/** Adds what is done after each test, or each file, from now on. */
export const afterEvery = (what: 'test' | 'file', ending: Ending): void => void endings[what].push(ending);

export async function end(what: 'test' | 'file'): Promise<void> {
  for (const ending of endings[what]) await ending();
}
