import { partSpan } from '../../model/assignments';
import { vocabulary } from '../../schema';
import { lineAfter, type Rule, removal } from '../rule';

/** Mounts with mapped owners need user namespacing, or nspawn fails when it sets them up. */
export const idmapWithoutPrivateUsers: Rule = {
  id: 'idmap-without-private-users',
  summary: 'A mount with mapped owners but no user namespacing',
  verdicts: ['silent'],
  about: ['Bind', 'BindReadOnly'],
  *check(here) {
    const { options } = here;
    if (options.userMode !== 'no') return;
    for (const entry of [...options.live('Bind'), ...options.live('BindReadOnly')]) {
      const option = entry.reading
        .labelled('options')
        .find((p) => vocabulary.bindOptions.some((w) => w.word === p.word && w.needs !== undefined));
      if (option === undefined) continue;
      yield {
        ...partSpan(entry, option),
        verdict: 'silent',
        message: `nspawn will not start the machine: "${option.text}" needs user namespacing, ` + 'such as PrivateUsers=pick in [Exec]',
        fixes:
          options.userBy === undefined
            ? [lineAfter('Add PrivateUsers=pick', here, entry, '[Exec]\nPrivateUsers=pick\n[Files]')]
            : [removal(`Remove ${options.userBy.setting.name}=`, options.userBy)],
      };
    }
  },
};
