export { type Assigned, Document, mostCharacters } from './document';
export { type DocumentationEntry, Documentation } from './documentation';
export { type Kind, isTrusted, kindOf, pathOf } from './kinds';
export { SchemaVersion, Schema, byEdition, has, hasBackport, ukiProfile } from './schema';
export { type Target, editionOf, mkosi, mkosiLegacy, newest, nspawn, releases, vocabularyPages } from './schemas';
export { similar } from './similar';
export { systemCalls, vocabulary, wordsOf } from './vocabulary';
export type {
  ListForm, NspawnVocabulary, NspawnWords, SchemaData, Setting, Specifier, ValueType, Version, VocabularyWord, Word,
} from './types';
