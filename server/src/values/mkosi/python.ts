import { stripped } from '../../syntax';

/** White space of Python's str.strip(), str.split() and int(). */
const space =
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';
export const isPythonSpace = (c: string): boolean => space.includes(c);

/** str.strip(). */
export const strip = (text: string): string => stripped(text, isPythonSpace);

/** Decimal digits of any script as ASCII ones, since Python's int() and float() take them all. */
const ascii = (text: string): string =>
  /^[\0-\x7f]*$/.test(text)
    ? text
    : text.replace(/\p{Nd}/gu, (digit) => {
        let zero = digit.codePointAt(0) ?? 0;
        const code = zero;
        while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
        return String((code - zero) % 10);
      });

/** The most digits that Python makes a number of (sys.int_info.default_max_str_digits). */
const mostDigits = 4300;
const decimal = /^([+-]?)([0-9]+(?:_[0-9]+)*)$/,
  octal = /^([+-]?)(?:0[oO]_?)?([0-7]+(?:_[0-7]+)*)$/;

/** int(): a sign, digits with single underscores between them, white space around. */
export function parseInteger(text: string, base: 8 | 10 = 10): number | undefined {
  const plain = strip(text);
  if (plain.length > 2 * mostDigits) return undefined;
  const match = (base === 8 ? octal : decimal).exec(ascii(plain));
  if (match === null) return undefined;
  const n = Number.parseInt((match[2] ?? '').replaceAll('_', ''), base);
  return match[1] === '-' ? -n : n;
}

const digits = '[0-9]+(?:_[0-9]+)*';
const floating = new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?$`);

/** float(); infinity and "not a number" are numbers, too. */
export function parseFloating(text: string): number | undefined {
  const plain = strip(text);
  if (plain.length > 2 * mostDigits) return undefined;
  const lower = ascii(plain).toLowerCase(),
    word = /^([+-]?)(inf|infinity|nan)$/.exec(lower);
  if (word !== null) return word[2] === 'nan' ? NaN : word[1] === '-' ? -Infinity : Infinity;
  return floating.test(lower) ? Number(lower.replaceAll('_', '')) : undefined;
}
