/** What the compiler must say of the library's types. `npm run typecheck` reads it; nothing runs it. */

import { ERRORS, type EventIndex, s3AccessSearchNames, s3SearchNames } from '../src/index.js';

export function typesOfTheLibrary(index: EventIndex): void {
  // @ts-expect-error no filter has this name
  index.events({ bukcet: 'x' });
  // @ts-expect-error a text is needed
  index.search({});
  // @ts-expect-error no such order
  index.s3('anonymous', { order: 'first' });
  // @ts-expect-error no such sum
  index.s3Access('bytes', { by: 'bucket' });
  const { rows, nextToken } = index.events({ limit: 1, token: undefined }).page();
  const value: string | number | bigint | boolean | Buffer | null = rows[0]!.eventName!;
  const token: string | undefined = nextToken;
  const names: readonly string[] = [...s3SearchNames, ...s3AccessSearchNames];
  // @ts-expect-error a page has no such member
  const missing = index.lookupEvents().page().NextToken;
  // @ts-expect-error the code is one of the list
  ERRORS.NO_SUCH_CODE;
  void [value, token, names, missing];
}
