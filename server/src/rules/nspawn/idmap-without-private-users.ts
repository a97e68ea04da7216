import { partSpan } from '../../model/assignments';
import { type Rule, lineAfter, removal } from '../rule';
import { vocabulary } from '../../schema';

/** Mounts with mapped owners need user namespacing, or nspawn fails when it sets them up. */
export const idmapWithoutPrivateUsers: Rule = {
  id: 'idmap-without-private-users',
  tool: 'nspawn',
  about: ['Bind', 'BindReadOnly'],
  *check(here) {
    const { machine } = here;
    if (machine.userMode !== 'no') return;
    for (const entry of [...machine.live('Bind'), ...machine.live('BindReadOnly')]) {
      const option = entry.reading
        .labelled('options')
        .find((p) => vocabulary.bindOptions.some((w) => w.word === p.word && w.needs !== undefined));
      if (option === undefined) continue;
      yield {
        ...partSpan(entry, option),
        verdict: 'silent',
        message:
          `nspawn will not start the machine: "${option.text}" needs user namespacing, ` +
          'such as PrivateUsers=pick in [Exec]',
        fixes: machine.userBy === undefined
          ? [lineAfter('Add PrivateUsers=pick', here, entry, '[Exec]\nPrivateUsers=pick\n[Files]')]
          : [removal(`Remove ${machine.userBy.setting.name}=`, machine.userBy)],
      };
    }
  },
};
