/** Numbers as Java and Trino write them. */

/** Below it, and from 10^7 on, Java writes an exponent. */
const SMALLEST_PLAIN = 1e-3;
const LARGEST_PLAIN = 1e7;
const MOST_FLOAT_DIGITS = 9;

/** Digits of a number that is not negative, without zeros at their end. */
export interface Digits {
  digits: string;
  /** The power of ten of the first digit. */
  exponent: number;
}

/** The digits of what `toExponential` writes. */
export function digitsIn(text: string): Digits {
  const [mantissa, exponent] = text.split('e') as [string, string];
  return { digits: mantissa.replace('.', '').replace(/0+$/, '') || '0', exponent: Number(exponent) };
}

/** The shortest digits that are this number alone. */
function digitsOf(positive: number, isReal: boolean): Digits {
  const shortest = digitsIn(isReal ? shortestReal(positive) : positive.toExponential());
  if (shortest.digits.length > 1) return shortest;
  // Java gives two digits where two are nearer: 4.9E-324.
  const text = positive.toExponential(1);
  const isSame = isReal ? Math.fround(Number(text)) === positive : Number(text) === positive;
  return isSame ? digitsIn(text) : shortest;
}

function shortestReal(positive: number): string {
  for (let digits = 0; digits < MOST_FLOAT_DIGITS; digits++) {
    const text = positive.toExponential(digits);
    if (Math.fround(Number(text)) === positive) return text;
  }
  return positive.toExponential();
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return undefined;
}

const isNegative = (value: number): boolean => value < 0 || Object.is(value, -0);

function javaText(value: number, isReal: boolean): string {
  const name = special(value);
  if (name !== undefined) return name;
  const sign = isNegative(value) ? '-' : '';
  const positive = Math.abs(value);
  if (positive === 0) return `${sign}0.0`;
  if (Number.isInteger(positive) && positive < LARGEST_PLAIN) return `${sign}${positive}.0`;
  const { digits, exponent } = digitsOf(positive, isReal);
  if (positive < SMALLEST_PLAIN || positive >= LARGEST_PLAIN)
    return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** A double as Java writes it: `1.0`, `1.0E10`. */
export const javaDouble = (value: number): string => javaText(value, false);
/** A real as Java writes it. */
export const javaFloat = (value: number): string => javaText(value, true);

/** A double or real as Trino casts it to varchar: `1.0E0`. */
export function scientific(value: number, isReal: boolean): string {
  const name = special(value);
  if (name !== undefined) return name;
  const sign = isNegative(value) ? '-' : '';
  const positive = Math.abs(value);
  if (positive === 0) return `${sign}0E0`;
  const { digits, exponent } =
    // Of a real, Trino writes seven digits.
    isReal ? digitsIn(Number(javaFloat(positive)).toExponential(6)) : digitsOf(positive, false);
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
}

/** A decimal with its scale: `1.50`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
