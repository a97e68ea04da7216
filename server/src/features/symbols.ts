import { type DocumentSymbol, SymbolKind, SymbolTag, type WorkspaceSymbol } from 'vscode-languageserver-types';
import { familyOf } from '../families';
import type { Document } from '../schema';
import { inDocument, isSpaceOrNul, type Span, skipBack } from '../syntax';
import { type FeatureContext, machineName } from './context';
import { rangeOf } from './lookup';
import { type NameKind, namesIn } from './names';

/** The most lines of an outline. */
const mostSymbols = 10_000;

/** The outline: sections, and in them the settings with their values; of a file that has more than an outline has, the first. */
export function documentSymbols(document: Document): DocumentSymbol[] {
  const top: DocumentSymbol[] = [];
  let section: { symbol: DocumentSymbol; name: string; start: number } | undefined,
    end = 0;
  const close = (): void => {
    if (section !== undefined) section.symbol.range = rangeOf(document, { start: section.start, end });
  };
  let count = 0;
  for (const { line, start } of document.tree) {
    if ((line.kind === 'header' || line.kind === 'assignment') && count++ === mostSymbols) break;
    if (line.kind === 'header') {
      close();
      const range = rangeOf(document, inDocument(start, line.whole.span()));
      const symbol = { name: brief(line.whole.text), kind: SymbolKind.Namespace, range, selectionRange: range, children: [] };
      section = { symbol, name: line.name.text, start };
      top.push(symbol);
    } else if (line.kind === 'assignment' && line.key.length > 0) {
      const key = inDocument(start, line.key.span()),
        value = inDocument(start, line.value.span());
      const whole: Span = { start: key.start, end: Math.max(key.end, value.end) };
      const setting = section === undefined ? undefined : document.edition.setting(section.name, line.key.text);
      (section?.symbol.children ?? top).push({
        name: brief(line.key.text),
        detail: brief(line.value.text),
        kind: SymbolKind.Property,
        range: rangeOf(document, whole),
        selectionRange: rangeOf(document, key),
        ...(setting?.deprecated ? { tags: [SymbolTag.Deprecated] } : {}),
      });
    }
    if (line.kind !== 'blank' && line.kind !== 'comment') end = skipBack(document.text.getText(), isSpaceOrNul, start + line.length, start);
  }
  close();
  return top;
}

/** The beginning of a text, on one line. */
const brief = (text: string): string => {
  const flat = text.slice(0, 400).replace(/\s+/g, ' ');
  return flat.length > 80 ? `${flat.slice(0, 79)}…` : flat;
};

const kinds: Readonly<Record<NameKind, SymbolKind>> = {
  zone: SymbolKind.Interface,
  bridge: SymbolKind.Interface,
  port: SymbolKind.Number,
  image: SymbolKind.Package,
  profile: SymbolKind.Package,
};

/** Machines, and the zones, bridges and ports that files use, where a name contains the letters of the query in order. */
export function workspaceSymbols(world: FeatureContext, query: string): WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  const wanted = query.toLowerCase();
  const matches = (name: string): boolean => {
    let at = 0;
    for (const c of name.toLowerCase()) if (wanted.startsWith(c, at)) at += c.length;
    return at === wanted.length;
  };
  for (const document of world.documents()) {
    if (familyOf(document).machine && matches(machineName(document.uri))) {
      found.push({ name: machineName(document.uri), kind: SymbolKind.Object, location: { uri: document.uri }, containerName: 'machine' });
    }
    for (const { kind, name, span } of namesIn(document)) {
      if (matches(name)) {
        found.push({
          name: brief(name),
          kind: kinds[kind],
          containerName: `${kind} of ${machineName(document.uri)}`,
          location: { uri: document.uri, range: rangeOf(document, span) },
        });
      }
    }
  }
  return found;
}
