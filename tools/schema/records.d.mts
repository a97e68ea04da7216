import type { NspawnFacts } from './nspawn.mjs';

/** Facts by the name of their file, without `.json`. */
export function readFacts(name: 'nspawn'): NspawnFacts;
