import { assignmentSpan } from '../../model/assignments';
import { lineAfter, type Rule } from '../rule';

/** The owner mode alone switches user namespacing off, the template unit's, too (nspawn-settings.c settings_load). */
export const ownershipWithoutPrivateUsers: Rule = {
  id: 'ownership-without-private-users',
  summary: 'An ownership mode that turns user namespacing off',
  verdicts: ['silent'],
  about: ['PrivateUsersOwnership', 'PrivateUsersChown'],
  *check(here) {
    if (here.options.last('PrivateUsers') !== undefined) return;
    const by = here.options.userBy;
    if (by === undefined) return;
    yield {
      ...assignmentSpan(by),
      verdict: 'silent',
      message:
        `${by.setting.name}= without PrivateUsers= switches user namespacing off` +
        (here.launch === 'unit' ? ', even though systemd-nspawn@.service asks for it' : ''),
      fixes: [lineAfter('Add PrivateUsers=pick', here, by, '[Exec]\nPrivateUsers=pick\n[Files]')],
    };
  },
};
