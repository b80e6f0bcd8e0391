/** Values of Athena's answers, which are all texts, by their types. */

import type { Type } from '../query/sql/types.js';
import type { EngineValue } from './engine.js';
import { EngineError } from './errors.js';
import { wholeNumber } from './trino-values.js';

/** `61 62`, as Athena writes bytes. */
const BYTES = /^(?:[0-9a-f]{2}(?: [0-9a-f]{2})*)?$/i;

/**
 * A text of an answer → its value. Lists, rows and maps stay the text that Athena writes: where a value has a comma in it,
 * nothing says where it ends.
 * @throws EngineError `ENGINE_ANSWER` where it is not one of the type
 */
export function athenaValue(text: string | undefined, { kind }: Type): EngineValue {
  if (text === undefined) return null;
  switch (kind) {
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      break;
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      if (/^-?\d+$/.test(text)) return wholeNumber(text);
      break;
    case 'real':
    case 'double':
      if (text === 'NaN' || (text.trim() !== '' && !Number.isNaN(Number(text)))) return Number(text);
      break;
    case 'varbinary':
      if (BYTES.test(text)) return Buffer.from(text.replaceAll(' ', ''), 'hex');
      break;
    default:
      return text;
  }
  throw new EngineError('ENGINE_ANSWER', {
    name: 'INVALID_VALUE',
    sentence: `the engine gave a value that is not of the type ${kind}`,
  });
}
