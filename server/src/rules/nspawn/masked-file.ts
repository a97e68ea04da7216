import { topOf } from '../edits';
import type { Rule } from '../rule';

/** A file of the same name in a folder that nspawn looks through earlier: of all files it reads the first. */
export const maskedFile: Rule = {
  id: 'masked-file',
  summary: 'A file hidden by another one of the same name',
  verdicts: ['advice'],
  *check(here) {
    if (here.onHost === undefined || here.location === undefined) return;
    const { files } = here.onHost,
      { before, machine } = here.location;
    const first = before.map((folder) => `${folder}/${machine}.nspawn`).find((p) => files.exists(p));
    if (first === undefined) return;
    yield {
      ...topOf(here),
      verdict: 'advice',
      message: `Ignored: nspawn uses ${first} (first file found wins, no merging)`,
      related: [{ path: first, message: 'This file is read instead' }],
    };
  },
};
