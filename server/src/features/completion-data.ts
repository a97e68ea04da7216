import type { CompletionItem } from 'vscode-languageserver-types';
import { type Family, familyNamed } from '../families';
import type { Document } from '../schema';
import { sectionMarkdown, settingMarkdown, wordMarkdown } from './markdown';

/** Opens the list of values as soon as a setting is accepted. */
export const suggestAgain = { title: 'Suggest values', command: 'editor.action.triggerSuggest' };

/** What an item is about, so that its page can be written when it is asked for. */
export interface Subject {
  readonly kind: string;
  readonly version: number;
  readonly section: string;
  readonly setting?: string;
  readonly word?: string;
}

/** Kind and version say which schema. */
export function subjectOf({ edition, format }: Document, section: string, setting?: string, word?: string): Subject {
  return {
    kind: format.kind,
    version: edition.version,
    section,
    ...(setting === undefined ? {} : { setting }),
    ...(word === undefined ? {} : { word }),
  };
}

/**
 * The item with the page of what it would put in; names of the host and of other files have none.
 * @param known the kinds of files that items may come from
 */
export function resolved(item: CompletionItem, known?: readonly Family[]): CompletionItem {
  if (item.data === undefined) return item;
  const { kind, version, section, setting: name, word } = item.data as Subject;
  const edition = familyNamed(kind, known)?.at(version);
  if (edition === undefined) return item;
  const setting = name === undefined ? undefined : edition.setting(section, name);
  const page =
    setting === undefined
      ? sectionMarkdown(section, edition)
      : word === undefined
        ? settingMarkdown(setting, edition)
        : wordMarkdown(setting, word, edition);
  return page === undefined ? item : { ...item, documentation: { kind: 'markdown', value: page } };
}
