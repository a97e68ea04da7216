/** White space of Python's str.strip(), str.split() and int(). */
export const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const around = new RegExp(`^[${space}]+|[${space}]+$`, 'g');

/** str.strip(). */
export const strip = (text: string): string => text.replace(around, '');

/** Decimal digits of any script as ASCII ones, since Python's int() and float() take them all. */
const ascii = (text: string): string => text.replace(/\p{Nd}/gu, (digit) => {
  let zero = digit.codePointAt(0) ?? 0;
  const code = zero;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
});

/** int(): a sign, digits with single underscores between them, white space around. */
export function parseInteger(text: string, base: 8 | 10 = 10): number | undefined {
  const plain = ascii(strip(text));
  const digits = base === 8 ? '[0-7]' : '[0-9]', prefix = base === 8 ? '(?:0[oO]_?)?' : '';
  const match = new RegExp(`^([+-]?)${prefix}(${digits}+(?:_${digits}+)*)$`).exec(plain);
  if (match === null) return undefined;
  const n = Number.parseInt((match[2] ?? '').replaceAll('_', ''), base);
  return match[1] === '-' ? -n : n;
}

/** float(); infinity and "not a number" are numbers, too. */
export function parseFloating(text: string): number | undefined {
  const plain = ascii(strip(text)).toLowerCase();
  const word = /^([+-]?)(inf|infinity|nan)$/.exec(plain);
  if (word !== null) return word[2] === 'nan' ? NaN : word[1] === '-' ? -Infinity : Infinity;
  const digits = '[0-9]+(?:_[0-9]+)*';
  const form = new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?$`);
  return form.test(plain) ? Number(plain.replaceAll('_', '')) : undefined;
}
