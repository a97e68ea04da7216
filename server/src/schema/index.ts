export { type Assigned, Document, mostCharacters } from './document';
export { Documentation, type DocumentationEntry } from './documentation';
export type { FileFormat } from './format';
export { pathOf } from './paths';
export { type Reader, systemdReader, type Verdict } from './reader';
export { byEdition, has, hasBackport, Schema, SchemaVersion, ukiProfile } from './schema';
export { mkosi, mkosiLegacy, newest, nspawn, releases, type Target, vocabularyPages } from './schemas';
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
