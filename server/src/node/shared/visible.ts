/**
 * Text that others wrote, such as the name of a file, a key or a value, with every sign in it made visible that
 * would steer a terminal, begin a line, turn the direction of reading or not be seen at all: `\xNN` below 256,
 * `\u{NNNN}` above. Letters of all scripts stay; of an emoji that is joined from several, the joints become visible.
 */
export const visible = (text: string): string =>
  text.replace(unseen, (sign) => {
    const code = sign.codePointAt(0) ?? 0,
      hex = code.toString(16).toUpperCase();
    return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex.padStart(4, '0')}}`;
  });

/** A line with foreign text in it, for terminals and for build servers, which take `::error::` at its beginning and `##[error]` anywhere for a command. */
export const visibleLine = (line: string): string => harmless(visible(line));

/** The text of a file, shown to be read: the same line by line. Tabulators stay. */
export const visibleLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => harmless(line.replace(/[^\t\r]+|\r(?!$)/g, visible)))
    .join('\n');

const harmless = (line: string): string => line.replace(/^(\s*):(?=:)/, '$1\\x3A').replace(/#(?=#\w*\[)/g, '\\x23');

/**
 * - `\p{Cc}` controls: C0 with escape, tabulator and line ends, DEL, and C1, which terminals take for escapes as well;
 * - `\p{Cf}` formats: soft hyphen, zero-width and bidi signs, joiners, invisible operators, the byte order mark, tags;
 * - `\p{Zl}\p{Zp}` the separators of lines and paragraphs;
 * - `\p{Cs}` half of a surrogate pair, `\p{Noncharacter_Code_Point}` what is not a character;
 * - letters that are blank (Hangul fillers, the blank of Braille, Khmer vowels without a form) and the joiner of graphemes;
 * - variation selectors beyond the sixteen that emoji and CJK use: a channel for hidden text.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFFA0\u{E0100}-\u{E01EF}]/gu;
