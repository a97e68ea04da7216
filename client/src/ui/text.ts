/**
 * Text for people in which parts come from elsewhere: names of images, paths, what the bus, ssh or mkosi says. VS Code makes
 * links and commands of `[label](command:…)` in messages and prompts, icons of `$(name)` in pickers, the status bar and tabs, and links
 * of what looks like an address in Markdown. Nothing of ours needs any of that in a text, so no text has it.
 */
import { visible as withoutUnseen } from '../../../server/src/node/shared/visible';

/** With what is not seen in it made visible; also blanks that are not the usual one, which names would look alike by. */
export const visible = (text: string): string =>
  withoutUnseen(text).replace(/[^\P{Zs} ]/gu, (blank) => `\\u{${blank.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}}`);

declare const mark: unique symbol;
/** A text of ours in which every foreign part is visible and on one line, see {@link say}; line ends in it are ours. */
export type Said = string & { readonly [mark]: true };

/** The most characters of a message (VS Code cuts it there, without the end), of a dialog, of a row or title, and of a part of any of them. */
const mostOfMessage = 1000,
  mostOfDialog = 100_000,
  mostOfLine = 300,
  mostOfPart = 4096;

type Part = string | number | readonly string[];

/** Puts foreign parts into a text of ours: say`Delete the image ${name}?`. What is not seen in them is made visible, line ends too; lists get commas. */
export function say(texts: TemplateStringsArray, ...parts: readonly Part[]): Said {
  return texts.map((text, at) => `${text}${shownPart(parts[at] ?? '')}`).join('') as Said;
}

const shownPart = (part: Part): string =>
  [part]
    .flat()
    .map((one) => visible(shortened(String(one), mostOfPart)))
    .join(', ');

/** Texts one after the other, each checked on its own. */
export const joined = (separator: string, texts: readonly Said[]): Said => texts.join(separator) as Said;

/** A message of a notification, without a link, a command or an escape in it, of bounded length. Lines stay lines; icons are none there. */
export const inert = (text: string): string => unlinked(lines(text, mostOfMessage));

/** The same for a prompt, in which VS Code looks for icons too. */
export const inertPrompt = (text: string): string => defused(lines(text, mostOfMessage));

/** The same for a dialog, which may list what it is about. */
export const inertDialog = (text: string): string => unlinked(lines(text, mostOfDialog));

/** The same for text on one line: an entry of a picker, a title, the name of a terminal. */
export const inertLine = (text: string): string => defused(visible(shortened(text, mostOfLine)));

/** The same for a row of a tree, where icons are none: its name stays what it is. */
export const inertLabel = (text: string): string => unlinked(visible(shortened(text, mostOfLine)));

/** Foreign text within a line of Markdown: code, in which nothing is a link or means anything, unless it is of letters and digits. */
export function markdown(text: string): string {
  const shown = defused(visible(shortened(text, mostOfPart)));
  if (/^[\p{L}\p{M}\p{N} .,:()/%·-]+$/u.test(shown) && !/:\/\/|www\./i.test(shown)) return shown;
  const fence = '`'.repeat(Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length)) + 1),
    edge = /^[ `]|[ `]$/.test(shown) ? ' ' : '';
  return `${fence}${edge}${shown}${edge}${fence}`;
}

const lines = (text: string, most: number): string =>
  shortened(text, most)
    .split(/\r?\n/)
    .map((line) => visible(line.replace(/\t/g, ' ')))
    .join('\n');

/** Breaks what VS Code looks for: `](` in links, `$(` in icons. A backslash would be seen where it escapes nothing. */
const unlinked = (text: string): string => text.replaceAll('](', '] (');
const defused = (text: string): string => unlinked(text).replaceAll('$(', '$ (');

/** A text with its middle left out where it is too long: what it is about comes first, what went wrong last. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most * 2) / 3);
  return `${text.slice(0, head).replace(/[\uD800-\uDBFF]$/, '')} … ${text.slice(head - most).replace(/^[\uDC00-\uDFFF]/, '')}`;
}
