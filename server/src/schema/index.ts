export { type Assigned, Document, mostCharacters } from './document';
export { Documentation, type DocumentationEntry } from './documentation';
export type { FileFormat } from './format';
export { pathOf } from './paths';
export { systemdReader } from './readers';
export { byEdition, has, hasBackport, type Reader, Schema, SchemaVersion, ukiProfile } from './schema';
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
  Verdict,
  Version,
  VocabularyWord,
  Word,
} from './types';
export { systemCalls, vocabulary, wordsOf } from './vocabulary';
