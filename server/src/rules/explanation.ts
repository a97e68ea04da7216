import { effectOf, type ParsedAssignment } from '../model/assignments';
import type { Document } from '../schema';
import { isSpace, skipBack } from '../syntax';
import type { Problem } from '../values';

/** Why a value is bad as a whole, when one change makes it good. */
export interface Explanation {
  readonly kind: 'comment' | 'quotes';
  /** The value as it was meant. */
  readonly meant: string;
  /** Where in the value the comment begins. */
  readonly from: number;
}

/** Types that take nearly any text, so that a comment silently becomes part of the value. */
const swallowing: readonly string[] = [
  'string',
  'words',
  'environment',
  'bind',
  'tmpfs',
  'inaccessible',
  'overlay',
  'path',
  'syscall-filter',
  'pivot-root',
  'interface-pairs',
];

/** A value that is wrong only because of a comment after it, or quotation marks around it. */
export function explanation(entry: ParsedAssignment): Explanation | undefined {
  const {
    reading: { problems, asked },
    grammar,
    line,
    resets,
  } = entry;
  if (resets || grammar === undefined || !asked.edition.schema.reader.commentsOnOwnLines) return undefined;
  const value = line.value.text;
  const sign = commentAt(value);
  if (sign !== undefined) {
    const from = skipBack(value, isSpace, sign),
      meant = value.slice(0, from);
    const swallowed =
      problems.length === 0 && value.charAt(sign) === '#' && swallowing.includes(asked.value.type) && /\s#(\s|$)/.test(value);
    if (meant !== '' && (problems.length > 0 || swallowed) && grammar.check(meant, asked).length === 0 && !inQuotes(value, from)) {
      return { kind: 'comment', meant, from };
    }
  }
  const meant = /^(["'])(.+)\1$/s.exec(value)?.[2];
  if (meant !== undefined && problems.length > 0 && grammar.check(meant, asked).length === 0) return { kind: 'quotes', meant, from: 0 };
  return undefined;
}

/** Where the first sign of a comment with white space in front of it is. */
function commentAt(text: string): number | undefined {
  for (let i = 1; i < text.length; i++) {
    if ((text.charAt(i) === '#' || text.charAt(i) === ';') && isSpace(text.charAt(i - 1))) return i;
  }
  return undefined;
}

/** The worst that the tool does with a value. */
export function worst(problems: readonly Problem[], document: Document): ReturnType<typeof effectOf> {
  const effects = problems.map((p) => effectOf(p, document));
  return (['fatal', 'dropped', 'skipped', 'silent'] as const).find((e) => effects.includes(e)) ?? 'silent';
}

/** Whether an offset is between quotation marks. */
function inQuotes(text: string, offset: number): boolean {
  let quote = '';
  for (const c of text.slice(0, offset)) {
    if (quote === '' ? c === '"' || c === "'" : c === quote) quote = quote === '' ? c : '';
  }
  return quote !== '';
}
