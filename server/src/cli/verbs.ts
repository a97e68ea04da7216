import { check } from './check';
import { convert } from './convert';
import { format } from './format';
import { migrate } from './migrate';
import { effective, mkosiOutline } from './projects';
import type { Verb } from './verb';

/** Every verb of the command line, in the order of the usage text. A new one is a file beside this one, and a line here. */
export const verbs: readonly Verb[] = [check, format, convert, migrate, mkosiOutline, effective];
