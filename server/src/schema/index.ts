export { type Assigned, Document, mostCharacters } from './document';
export { Documentation, type DocumentationEntry } from './documentation';
export { isTrusted, type Kind, kindOf, pathOf } from './kinds';
export { byEdition, has, hasBackport, Schema, SchemaVersion, ukiProfile } from './schema';
export { editionOf, mkosi, mkosiLegacy, newest, nspawn, releases, type Target, vocabularyPages } from './schemas';
export { similar } from './similar';
export type {
  ListForm,
  NspawnVocabulary,
  NspawnWords,
  SchemaData,
  Setting,
  Specifier,
  ValueType,
  Version,
  VocabularyWord,
  Word,
} from './types';
export { systemCalls, vocabulary, wordsOf } from './vocabulary';
