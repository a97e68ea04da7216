import { assignmentSpan } from '../../model/assignments';
import { type Rule, lineAfter } from '../rule';

/** 233 to 239 did not let the file take back the network of systemd-nspawn@.service while its -U stays. */
export const usersOnHostNetwork: Rule = {
  id: 'users-on-host-network',
  tool: 'nspawn',
  about: ['Private', 'VirtualEthernet', 'NamespacePath'],
  *check(here) {
    const { machine } = here;
    const by = machine.networkBy.at(-1);
    if (machine.version < 233 || machine.version >= 240 || machine.launch !== 'unit') return;
    if (by === undefined || machine.privateNetwork || machine.userMode === 'no') return;
    yield {
      ...assignmentSpan(by),
      verdict: 'refused',
      message:
        `nspawn ${machine.version} will not start: user namespacing (-U of systemd-nspawn@.service) ` +
        'needs a private network; add PrivateUsers=no to [Exec]',
      fixes: machine.userBy === undefined ? [lineAfter('Add PrivateUsers=no', here, by, '[Exec]\nPrivateUsers=no\n[Network]')] : [],
    };
  },
};
