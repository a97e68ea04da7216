import { freeAt, topOf } from '../../model/nspawn/location';
import type { Rule } from '../rule';

/** A file where units of packages lie: nspawn never reads one there. */
export const unreadFolder: Rule = {
  id: 'unread-folder',
  tool: 'nspawn',
  *check(here) {
    if (here.standing === undefined || here.place === undefined) return;
    const { files } = here.standing,
      { kind, folder, home, machine } = here.place;
    if (kind !== 'packages') return;
    const target = `${home}/${machine}.nspawn`;
    yield {
      ...topOf(here),
      verdict: 'advice',
      message: `nspawn never reads ${folder}; its files lie in ${home}`,
      ...freeAt(target, files),
      ...(files.exists(target) ? { related: [{ path: target, message: 'This file is read' }] } : {}),
    };
  },
};
