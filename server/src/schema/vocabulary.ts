import calls from './nspawn-syscalls.json';
import records from './nspawn-words.json';
import { has } from './schema';
import type { NspawnVocabulary, NspawnWords, Version, VocabularyWord } from './types';

/** Words that settings of systemd-nspawn know by the dozen: capabilities, signals, system call groups, units ... */
export const vocabulary = records as NspawnWords;

/** The words of a vocabulary that one release knows. */
export function wordsOf(name: NspawnVocabulary, version: Version): readonly VocabularyWord[] {
  const key = `${name} ${version}`;
  let words = known.get(key);
  if (words === undefined) known.set(key, (words = vocabulary[name].filter((w) => has(w, version))));
  return words;
}

const known = new Map<string, readonly VocabularyWord[]>();

/** Every system call that systemd or libseccomp knows, on any architecture; recorded by tools/record-syscalls.mjs. */
export const systemCalls: ReadonlySet<string> = new Set(calls);
