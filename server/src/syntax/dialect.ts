/**
 * How one release of one tool cuts a text into lines, comments and continuations. A dialect is a record of facts; the
 * parser has no other knowledge of tools and releases.
 */
export interface Dialect {
  readonly id: string;
  /**
   * `systemd`: LF, CR, NUL and their pairs end a line; `newline`: LF or NUL; `python`: what str.splitlines()
   * splits at; `universal`: LF, CR and CR LF, as Python reads files.
   */
  readonly lineEnds: 'systemd' | 'newline' | 'python' | 'universal';
  /** Characters that make a whole line a comment when they come first. */
  readonly comments: string;
  /** Characters that start a comment in the middle of a line. */
  readonly inlineComments: string;
  /** An inline comment needs white space before it. */
  readonly inlineNeedsSpace: boolean;
  /**
   * `backslash`: a line whose last character is an unescaped backslash goes on with the next one, joined by a space;
   * `indent`: any indented line belongs to the value above it; `deeper`: only one indented further than its setting.
   */
  readonly continuation: 'backslash' | 'indent' | 'deeper';
  /** A comment line between continued lines is left out (systemd 240); before, it is part of the value. */
  readonly commentsInContinuation: boolean;
  /** A comment line that ends in a backslash takes in the next one (systemd 239 and older). */
  readonly commentsContinue?: boolean;
  /** White space may be in front of a comment; only systemd 240 did not know that. */
  readonly indentedComments: boolean;
  /** Between continued lines a blank one is left out as if it were a comment (systemd 240 to 242). */
  readonly blanksInContinuation?: 'empty' | 'blank';
  /** A continuation that the file ends in is not read at all (systemd 238 and older). */
  readonly dropsUnfinished?: boolean;
  /** A byte order mark is skipped at the start of the first line that is not a comment. */
  readonly byteOrderMark: boolean;
  /** White space that all lines begin with is removed before anything else is looked at (Python's textwrap.dedent). */
  readonly dedent: boolean;
  /** White space around the name of a section does not count. */
  readonly trimsHeaders?: boolean;
  /** A header ends at its last closing bracket, whatever follows (Python's configparser). */
  readonly looseHeaders?: boolean;
  /** A setting may be only once in its section, and a section once in the file. */
  readonly strict?: boolean;
  /** A % in a value that is not doubled ends the tool (Python's configparser with interpolation). */
  readonly interpolates?: boolean;
  /** Bytes that are not UTF-8 end the tool wherever they are, also in comments (Python). */
  readonly decodesAll?: boolean;
  /** Sections that are read: only in them does a value take in the indented lines below it. Default: all. */
  readonly sections?: readonly string[];
}

/** systemd's own files (v262 conf-parser.c:282). */
const systemd: Dialect = {
  id: 'systemd',
  lineEnds: 'systemd',
  comments: '#;',
  inlineComments: '',
  inlineNeedsSpace: false,
  indentedComments: true,
  continuation: 'backslash',
  commentsInContinuation: true,
  byteOrderMark: true,
  dedent: false,
};
const systemd242: Dialect = { ...systemd, id: 'systemd-242', blanksInContinuation: 'blank' };
const systemd240: Dialect = { ...systemd, id: 'systemd-240', blanksInContinuation: 'empty', indentedComments: false };
/** Up to 239 lines were joined before comments were looked for. */
const systemd239: Dialect = {
  ...systemd,
  id: 'systemd-239',
  lineEnds: 'newline',
  commentsInContinuation: false,
  commentsContinue: true,
};
const systemd238: Dialect = { ...systemd239, id: 'systemd-238', dropsUnfinished: true };

/** mkosi's own reader, 25 and newer: a # ends the line wherever it is. */
const mkosi: Dialect = {
  id: 'mkosi-25',
  lineEnds: 'python',
  comments: '#',
  inlineComments: '#',
  inlineNeedsSpace: false,
  indentedComments: true,
  continuation: 'indent',
  commentsInContinuation: true,
  byteOrderMark: false,
  dedent: true,
  trimsHeaders: true,
  decodesAll: true,
};
const mkosi16: Dialect = { ...mkosi, id: 'mkosi-16', comments: '#;', inlineComments: '#;' };
/** Python's configparser, as mkosi 15, 10 to 14 and older ones set it up. */
const mkosi15: Dialect = {
  ...mkosi,
  id: 'mkosi-15',
  lineEnds: 'universal',
  inlineNeedsSpace: true,
  continuation: 'deeper',
  dedent: false,
  trimsHeaders: false,
  looseHeaders: true,
};
const mkosi10: Dialect = { ...mkosi15, id: 'mkosi-10', comments: '#;', strict: true };
const mkosi1: Dialect = { ...mkosi10, id: 'mkosi-1', inlineComments: '', interpolates: true };

/** @param systemdVersion 226 to 262 */
export function nspawnDialect(systemdVersion: number): Dialect {
  if (systemdVersion >= 243) return systemd;
  if (systemdVersion >= 241) return systemd242;
  if (systemdVersion >= 240) return systemd240;
  return systemdVersion >= 239 ? systemd239 : systemd238;
}

/** @param mkosiVersion 1 to 27.1 */
export function mkosiDialect(mkosiVersion: number): Dialect {
  if (mkosiVersion >= 25) return mkosi;
  if (mkosiVersion >= 16) return mkosi16;
  if (mkosiVersion >= 15) return mkosi15;
  return mkosiVersion >= 10 ? mkosi10 : mkosi1;
}
