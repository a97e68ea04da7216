import { freeAt, topOf } from '../edits';
import type { Rule } from '../rule';

/** A file where units of packages lie: nspawn never reads one there. */
export const unreadFolder: Rule = {
  id: 'unread-folder',
  summary: 'A file in a folder that nspawn never reads',
  verdicts: ['advice'],
  *check(here) {
    if (here.onHost === undefined || here.location === undefined) return;
    const { files } = here.onHost,
      { kind, folder, home, machine } = here.location;
    if (kind !== 'packages') return;
    const target = `${home}/${machine}.nspawn`;
    yield {
      ...topOf(here),
      verdict: 'advice',
      message: `nspawn never reads ${folder}; settings files belong in ${home}`,
      ...freeAt(target, files),
      ...(files.exists(target) ? { related: [{ path: target, message: 'This file is read' }] } : {}),
    };
  },
};
