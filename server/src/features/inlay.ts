import type { InlayHint, Range } from 'vscode-languageserver-types';
import { familyOf } from '../families';
import type { Document } from '../schema';
import { inDocument } from '../syntax';
import { isKnown, type Known, offsetsOf, readingOf } from './lookup';
import { sinceOf } from './markdown';

/** What lines mean without saying it: implied settings that the file does not set itself, what a boolean stands for, defaults. */
export function inlayHints(document: Document, range: Range): InlayHint[] {
  const hints: InlayHint[] = [];
  const told = new Set<string>();
  for (const assigned of document.assignments(offsetsOf(document, range))) {
    if (!isKnown(assigned)) continue;
    const said = [implied(document, assigned, told) ?? stands(document, assigned) ?? reset(document, assigned), young(document, assigned)]
      .filter((s) => s !== undefined)
      .join(', ');
    if (said === '') continue;
    const { start, line } = assigned;
    const end = Math.max(inDocument(start, line.value.span()).end, start + line.equals + 1);
    hints.push({ position: document.text.positionAt(end), label: said, paddingLeft: true });
  }
  return hints;
}

function implied(document: Document, assigned: Known, told: Set<string>): string | undefined {
  const { setting, line } = assigned,
    { edition } = document;
  if (line.value.length === 0) return undefined;
  const found = familyOf(document).implications?.find((i) => i.setting === setting.name);
  if (found === undefined) return undefined;
  const { words } = found;
  const said = words === undefined || readingOf(document, assigned)?.parts.some((p) => p.word !== undefined && words.includes(p.word));
  if (said !== true) return undefined;
  // Once is enough, and what the file says itself needs no hint.
  const news = found.implies(edition).filter(([name, value]) => !told.has(`${name}=${value}`) && !isSet(document, name));
  for (const [name, value] of news) told.add(`${name}=${value}`);
  return news.length === 0 ? undefined : `implies ${news.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}

const isSet = (document: Document, name: string): boolean => document.once(keysOf).has(name);

const keysOf = ({ tree }: Document): ReadonlySet<string> => new Set(tree.lines.flatMap((l) => (l.kind === 'assignment' ? l.key.text : [])));

/** The word that a boolean stands for, where the setting has words of its own. */
function stands(document: Document, { setting, line }: Known): string | undefined {
  const { booleans } = document.edition.schema.data,
    lower = line.value.text.toLowerCase();
  const word = booleans.true.includes(lower) ? setting.value.true : booleans.false.includes(lower) ? setting.value.false : undefined;
  return word === undefined || word === lower || ['yes', 'no'].includes(word) ? undefined : `= ${word}`;
}

/** The release that a line needs, when that may not be taken for granted. */
function young(document: Document, assigned: Known): string | undefined {
  const { setting } = assigned;
  const { settled } = document.edition.schema.reader;
  if (settled === undefined) return undefined;
  let since = setting.since ?? 0;
  for (const { word } of readingOf(document, assigned)?.parts ?? []) {
    if (word !== undefined) since = Math.max(since, sinceOf(setting, word) ?? 0);
  }
  return since > settled ? `since ${since}` : undefined;
}

/** What an empty value goes back to. */
function reset({ edition }: Document, { setting, line, section }: Known): string | undefined {
  if (line.value.length > 0 || !edition.resets(setting) || (section !== undefined && edition.isCondition(section))) return undefined;
  return setting.repeat === 'append' || setting.repeat === 'merge'
    ? 'starts over'
    : setting.default === undefined
      ? undefined
      : `default: ${setting.default}`;
}
