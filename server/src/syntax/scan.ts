/**
 * Looking for the ends of a text. A regular expression such as /\s+$/ starts again at every blank of a text from outside,
 * so that the time grows with the square of the blanks; these look at each character once.
 */

/** Whether a character is white space as \s of a regular expression has it. */
export function isSpace(c: string): boolean {
  if (c <= ' ') return c === ' ' || (c >= '\t' && c <= '\r');
  return c >= '\xa0' && wide.includes(c);
}
const wide = '\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

/** White space, or the NUL that ends a line of systemd. */
export const isSpaceOrNul = (c: string): boolean => c === '\0' || isSpace(c);
/** One of the characters that end a line for systemd and editors. */
export const isLineEnd = (c: string): boolean => c === '\n' || c === '\r' || c === '\0';

/** Offset of the first character of `[start, end)` that is none of a kind; `end` when all are. */
export function skip(text: string, isOf: (c: string) => boolean, start = 0, end: number = text.length): number {
  let at = start;
  while (at < end && isOf(text.charAt(at))) at++;
  return at;
}

/** Offset after the last character of `[start, end)` that is none of a kind; `start` when all are. */
export function skipBack(text: string, isOf: (c: string) => boolean, end: number = text.length, start = 0): number {
  let at = end;
  while (at > start && isOf(text.charAt(at - 1))) at--;
  return at;
}

/** A text without the characters of a kind that it ends in. */
export const withoutEnd = (text: string, isOf: (c: string) => boolean): string => text.slice(0, skipBack(text, isOf));

/** A text without the characters of a kind around it. */
export function stripped(text: string, isOf: (c: string) => boolean): string {
  const start = skip(text, isOf);
  return text.slice(start, skipBack(text, isOf, text.length, start));
}

/** Whether the backslash in front of an offset counts: it is there, and none before it takes it away. */
export function endsInBackslash(text: string, end: number = text.length, start = 0): boolean {
  return (end - skipBack(text, (c) => c === '\\', end, start)) % 2 === 1;
}

/** The most characters of a value or name that a message, a title or a label shows. */
const mostShown = 100;

/** A text to be read as part of a sentence: a long one is cut in the middle. */
export const shortened = (text: string): string =>
  text.length <= mostShown ? text : `${text.slice(0, mostShown - 21)}…${text.slice(-20)}`;
