import {
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  type CompletionList,
  type Position,
  type Range,
  TextEdit,
} from 'vscode-languageserver-types';
import type { Document, Setting } from '../schema';
import { inDocument, type Span } from '../syntax';
import { grammarOf } from '../values';
import { subjectOf, suggestAgain } from './completion-data';
import { type FeatureContext, nowhere } from './context';
import { rangeOf } from './lookup';
import { values } from './proposals';

/** The most items of one list. If there are more, an editor asks again while the user types. */
const mostItems = 1000;

/** As {@link completion}, but no more items than a list may have: of more, those that begin like what is there. */
export function completionList(document: Document, position: Position, world?: FeatureContext): CompletionItem[] | CompletionList {
  const all = completion(document, position, world);
  if (all.length <= mostItems) return all;
  const end = document.text.offsetAt(position);
  const typed = ({ textEdit }: CompletionItem): string =>
    TextEdit.is(textEdit) ? document.text.getText().slice(document.text.offsetAt(textEdit.range.start), end).toLowerCase() : '';
  const fitting = all.filter((item) => item.label.toLowerCase().startsWith(typed(item)));
  return { isIncomplete: true, items: (fitting.length > 0 ? fitting : all).slice(0, mostItems) };
}

/** What can be at a position: sections, settings or values. Lists are short; `resolved` adds the pages. */
export function completion(document: Document, position: Position, world: FeatureContext = nowhere): CompletionItem[] {
  const offset = document.text.offsetAt(position);
  const { tree } = document;
  const index = tree.indexAt(offset),
    placed = tree.at(index);
  if (placed === undefined || isNewLine(document, offset)) return anything(document, index, offset);
  const { line, start } = placed,
    here = offset - start;
  if (line.comments.some((c) => c.start < here && here <= c.end)) return [];
  switch (line.kind) {
    case 'comment':
      return [];
    case 'header': {
      // After the bracket only: in front of it nothing fits.
      const whole = inDocument(start, line.whole.span());
      return offset > whole.start && offset <= whole.end ? sections(document, whole) : [];
    }
    case 'assignment': {
      if (here > line.equals) return values(document, index, offset, world);
      return settings(document, index, inDocument(start, line.key.span()), line.value.length > 0);
    }
    case 'stray':
      return settings(document, index, inDocument(start, line.text.span()), false);
    case 'blank': {
      const above = listAbove(document, index, offset);
      return above === undefined ? anything(document, index, offset) : values(document, above, offset, world);
    }
  }
}

/** The assignment that an indented line would go on with, where indentation does that. */
function listAbove({ tree, text }: Document, index: number, offset: number): number | undefined {
  if (tree.dialect.continuation === 'backslash' || text.positionAt(offset).character <= tree.margin.length) return undefined;
  let above = index;
  while (['blank', 'comment'].includes(tree.lines[above]?.kind ?? '')) above--;
  return tree.lines[above]?.kind === 'assignment' ? above : undefined;
}

/** After the last line end: a line that is not there yet, and that the last one does not go on with. */
function isNewLine({ text, tree }: Document, offset: number): boolean {
  return (
    offset === text.getText().length &&
    text.positionAt(offset).character === 0 &&
    (tree.dialect.continuation !== 'backslash' || !/(^|[^\\])(\\\\)*\\[\r\n]+$/.test(text.getText().slice(-100)))
  );
}

function anything(document: Document, index: number, offset: number): CompletionItem[] {
  const at = { start: offset, end: offset };
  return [...settings(document, index, at, false), ...sections(document, at)];
}

function sections(document: Document, span: Span): CompletionItem[] {
  const { edition } = document;
  const range = rangeOf(document, span);
  return edition.sections.map((name, i) => ({
    label: `[${name}]`,
    kind: CompletionItemKind.Module,
    sortText: `2${String(i).padStart(3, '0')}`,
    detail: edition.schema.documentation.section(name)?.summary ?? 'section',
    data: subjectOf(document, name),
    filterText: `[${name}]`,
    textEdit: TextEdit.replace(range, `[${name}]`),
  }));
}

function settings(document: Document, index: number, span: Span, hasValue: boolean): CompletionItem[] {
  const section = document.sectionAt(index);
  if (section === undefined) return [];
  const { edition } = document;
  const used = usedIn(document, index, span),
    range = rangeOf(document, span);
  return edition.settings(section).map((setting) => item(document, section, setting, range, hasValue, used.has(setting.name)));
}

function item(document: Document, section: string, setting: Setting, range: Range, hasValue: boolean, used: boolean): CompletionItem {
  const { edition } = document;
  const again = used && setting.repeat !== 'append' && setting.repeat !== 'merge';
  return {
    label: setting.name,
    kind: CompletionItemKind.Property,
    sortText: `${again ? 1 : 0}${setting.deprecated ? 1 : 0}${setting.name}`,
    ...(again ? { labelDetails: { description: 'already set' } } : {}),
    detail: edition.schema.documentation.setting(setting.section, setting.name)?.summary ?? `[${section}]`,
    data: subjectOf(document, section, setting.name),
    textEdit: TextEdit.replace(range, hasValue ? setting.name : `${setting.name}=`),
    ...(setting.deprecated ? { tags: [CompletionItemTag.Deprecated] } : {}),
    ...(hasValue || grammarOf(setting.value) === undefined ? {} : { command: suggestAgain }),
  };
}

/** As far as settings are looked for above and below a place, so that the time does not grow with the file. */
const sight = 500;

/** Names assigned in the section around a line; what is being written at `span` does not count. */
function usedIn({ tree }: Document, index: number, span: Span): Set<string> {
  const names = new Set<string>();
  const visit = (i: number): boolean => {
    const line = tree.lines[i];
    if (line === undefined || line.kind === 'header' || Math.abs(i - index) > sight) return false;
    const own = i === index && line.kind === 'assignment' && (tree.starts[i] ?? 0) + line.key.span().end === span.end;
    if (line.kind === 'assignment' && !own) names.add(line.key.text);
    return true;
  };
  for (let i = index; visit(i); ) i--;
  for (let i = index + 1; visit(i); ) i++;
  return names;
}
