import { has, type ListForm, type Version } from '../../schema';
import { Text } from '../../syntax';
import { isPythonSpace } from './python';

/** The items of a list, and the quotation mark or backslash that nothing follows. */
export interface Items {
  readonly items: readonly Text[];
  readonly unfinished?: { readonly at: Text; readonly what: 'quote' | 'escape' };
}

/** The separators of a list in one release. */
export const separatorsOf = ({ separators }: ListForm, version: Version): string => separators.find((s) => has(s, version))?.chars ?? ',\n';

/**
 * Cuts a list as mkosi does; empty items are left out (config.py config_make_list_parser).
 * @param most as many items as are looked at
 */
export function split(text: Text, form: ListForm, version: Version, most = Infinity): Items {
  const separators = separatorsOf(form, version);
  if (form.quoting === 'verbatim') return verbatim(text, separators, version, most);
  if (form.quoting === 'shell') return shell(text, separators, most);
  // Tab among the separators stands for str.split(): white space of every kind.
  const anySpace = separators.includes('\t');
  const items: Text[] = [];
  let from = 0;
  for (let i = 0; i <= text.length && items.length < most; i++) {
    const c = text.text.charAt(i);
    if (i < text.length && !separators.includes(c) && !(anySpace && isPythonSpace(c))) continue;
    if (i > from) items.push(text.slice(from, i));
    from = i + 1;
  }
  return { items };
}

/** Python's shlex in POSIX mode: quotes and backslashes hold a word together and are taken off. Without empty words. */
function shell(text: Text, separators: string, most: number): Items {
  const s = text.text,
    items: Text[] = [];
  let runs: { from: number; to: number }[] = [],
    quote = '',
    opened = 0;
  const take = (at: number): void => {
    const last = runs.at(-1);
    if (last?.to === at) last.to++;
    else runs.push({ from: at, to: at + 1 });
  };
  const end = (): void => {
    if (runs.length > 0)
      items.push(
        Text.join(
          runs.map(({ from, to }) => text.slice(from, to)),
          '',
        ),
      );
    runs = [];
  };
  for (let i = 0; i < s.length && items.length < most; i++) {
    const c = s.charAt(i);
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"') {
        if (i + 1 >= s.length) return { items, unfinished: { at: text.slice(i, i + 1), what: 'escape' } };
        // Inside quotes a backslash stays, unless it protects a quote or another backslash.
        if (s.charAt(i + 1) !== '"' && s.charAt(i + 1) !== '\\') take(i);
        take(++i);
      } else take(i);
    } else if (c === '"' || c === "'") {
      quote = c;
      opened = i;
    } else if (c === '\\') {
      if (i + 1 >= s.length) return { items, unfinished: { at: text.slice(i, i + 1), what: 'escape' } };
      take(++i);
    } else if (separators.includes(c)) {
      end();
    } else take(i);
  }
  if (quote !== '') return { items, unfinished: { at: text.slice(opened), what: 'quote' } };
  end();
  return { items };
}

/** Lists of mkosi 14 and older: brackets around them, blanks around items, and since 11 quotes that hold one together. */
function verbatim(text: Text, separators: string, version: Version, most: number): Items {
  const bracketed = separators.includes(',') && text.text.startsWith('[') && text.text.endsWith(']') && text.length > 1;
  const whole = bracketed ? text.slice(1, text.length - 1) : text,
    items: Text[] = [];
  let quote = '',
    from = 0;
  for (let i = 0; i <= whole.length && items.length < most; i++) {
    const c = whole.text.charAt(i);
    if (version >= 11 && i < whole.length && (quote === '' ? (c === '"' || c === "'") && whole.text.indexOf(c, i + 1) > 0 : c === quote))
      quote = quote === '' ? c : '';
    if (i < whole.length && (quote !== '' || !separators.includes(c))) continue;
    const item = whole.slice(from, i).trim(' \t\n\r\f\v');
    if (item.length > 0 || version >= 11) items.push(item);
    from = i + 1;
  }
  return { items: items.filter((item) => item.length > 0) };
}
