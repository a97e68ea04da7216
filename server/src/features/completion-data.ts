import type { CompletionItem } from 'vscode-languageserver-types';
import { type Document, mkosi, mkosiLegacy, nspawn } from '../schema';
import { sectionMarkdown, settingMarkdown, wordMarkdown } from './markdown';

/** Opens the list of values as soon as a setting is accepted. */
export const suggestAgain = { title: 'Suggest values', command: 'editor.action.triggerSuggest' };

/** What an item is about, so that its page can be written when it is asked for. */
export interface Subject {
  readonly kind: Document['kind'];
  readonly version: number;
  readonly section: string;
  readonly setting?: string;
  readonly word?: string;
}

/** Kind and version say which schema; a mkosi.conf may be judged by that of old releases. */
export function subjectOf({ edition }: Document, section: string, setting?: string, word?: string): Subject {
  const kind = edition.schema === nspawn ? 'nspawn' : edition.schema === mkosi ? 'mkosi' : 'mkosi-legacy';
  return {
    kind,
    version: edition.version,
    section,
    ...(setting === undefined ? {} : { setting }),
    ...(word === undefined ? {} : { word }),
  };
}

/** The item with the page of what it would put in; names of the host and of other files have none. */
export function resolved(item: CompletionItem): CompletionItem {
  if (item.data === undefined) return item;
  const { kind, version, section, setting: name, word } = item.data as Subject;
  const edition = { nspawn, mkosi, 'mkosi-legacy': mkosiLegacy }[kind].at(version);
  const setting = name === undefined ? undefined : edition.setting(section, name);
  const page =
    setting === undefined
      ? sectionMarkdown(section, edition)
      : word === undefined
        ? settingMarkdown(setting, edition)
        : wordMarkdown(setting, word, edition);
  return page === undefined ? item : { ...item, documentation: { kind: 'markdown', value: page } };
}
