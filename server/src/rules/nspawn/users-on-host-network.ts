import { assignmentSpan } from '../../model/assignments';
import { lineAfter, type Rule } from '../rule';

/** 233 to 239 did not let the file take back the network of systemd-nspawn@.service while its -U stays. */
export const usersOnHostNetwork: Rule = {
  id: 'users-on-host-network',
  summary: 'User namespacing on the host network',
  verdicts: ['refused'],
  about: ['Private', 'VirtualEthernet', 'NamespacePath'],
  *check(here) {
    const { options } = here;
    const by = options.networkBy.at(-1);
    if (options.version < 233 || options.version >= 240 || options.launch !== 'unit') return;
    if (by === undefined || options.privateNetwork || options.userMode === 'no') return;
    yield {
      ...assignmentSpan(by),
      verdict: 'refused',
      message:
        `nspawn ${options.version} will not start: user namespacing (-U of systemd-nspawn@.service) ` +
        'needs a private network; add PrivateUsers=no to [Exec]',
      fixes: options.userBy === undefined ? [lineAfter('Add PrivateUsers=no', here, by, '[Exec]\nPrivateUsers=no\n[Network]')] : [],
    };
  },
};
