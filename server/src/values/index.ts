import type { Reader, SchemaVersion, ValueType } from '../schema';
import { fromReading, type Grammar } from './grammar';
import { rlimit } from './limits';
import { mkosiForm, mkosiGrammar, mkosiTypes } from './mkosi';
import { environment, hostname, id128, privateUsers, string, unsigned, userNames, words } from './names';
import { bridge, interfacePair, interfacePairs, port, zone } from './network';
import { oomScore } from './numbers';
import { bind, bindUserShell, inaccessible, overlay, path, pivotRoot, tmpfs } from './paths';
import { addressFamilies, capabilities, cpuSet, personality, signals, syscallFilter } from './sets';
import { fixedWords } from './words';

/** The grammars of systemd, by type. */
const grammars: Readonly<Partial<Record<string, Grammar>>> = {
  boolean: fixedWords,
  tristate: fixedWords,
  enum: fixedWords,
  feature: fixedWords,
  string: string,
  words: words,
  environment: environment,
  path: path,
  'pivot-root': pivotRoot,
  capabilities: capabilities,
  signal: signals,
  personality: personality,
  id128: id128,
  'private-users': privateUsers,
  unsigned: unsigned,
  'syscall-filter': syscallFilter,
  rlimit: rlimit,
  hostname: hostname,
  'oom-score': oomScore,
  'cpu-set': cpuSet,
  'address-families': addressFamilies,
  bind: bind,
  tmpfs: tmpfs,
  inaccessible: inaccessible,
  overlay: overlay,
  'user-names': userNames,
  'bind-user-shell': bindUserShell,
  'interface-pairs': interfacePairs,
  'interface-pair': interfacePair,
  interface: bridge,
  zone: zone,
  port: port,
};

/** Tools have words, paths and variables of the same types, but do not read them alike: the schema that asks decides. */
const byReader = (systemd: Grammar): Grammar => {
  const readers: Readonly<Record<Reader['grammars'], Grammar>> = { systemd, mkosi: mkosiGrammar };
  return fromReading((text, asked) => readers[asked.edition.schema.reader.grammars].read(text, asked), systemd.form);
};
const shared = Object.fromEntries(Object.entries(grammars).map(([type, own]) => [type, own && byReader(own)]));

/** The grammar of a type; undefined for a type whose values are taken as they are. */
export const grammarOf = (value: ValueType): Grammar | undefined =>
  shared[value.type] ?? (mkosiTypes.has(value.type) ? mkosiGrammar : undefined);

/** The form of a value, such as `source:target`; undefined where there is nothing to show. */
export const formOf = (value: ValueType, { schema }: SchemaVersion): string | undefined => forms[schema.reader.grammars](value);

const forms: Readonly<Record<Reader['grammars'], (value: ValueType) => string | undefined>> = {
  systemd: (value) => grammarOf(value)?.form,
  mkosi: mkosiForm,
};

export { mostWords } from './extract';
export type { Asked, Choice, CompletionSite, DynamicSource, Effect, Grammar, Problem, Proposal, Rewrite, Role, ValuePart } from './grammar';
export { Reading } from './grammar';
export { conditionGrammar, parseInteger, split, strip } from './mkosi';
export { isRoot } from './paths';
export { readingOf } from './value-cache';
