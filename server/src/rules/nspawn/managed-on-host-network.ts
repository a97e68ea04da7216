import { assignmentSpan } from '../../model/assignments';
import { network } from '../../model/nspawn/groups';
import { type Rule, replacement } from '../rule';

/** A managed user namespace cannot mount /sys without a network of its own (since 261 in files). */
export const managedOnHostNetwork: Rule = {
  id: 'managed-on-host-network',
  summary: 'A managed user namespace on the host network',
  verdicts: ['refused'],
  about: ['PrivateUsers', ...network],
  *check({ options }) {
    if (options.userMode !== 'managed' || options.privateNetwork) return;
    const by = options.networkBy.at(-1),
      marked = by ?? options.userBy;
    if (marked === undefined) return;
    yield {
      ...assignmentSpan(marked),
      verdict: 'refused',
      message:
        `nspawn will not start: ${options.userBy === undefined ? 'the managed user namespace of a per-user machine' : 'PrivateUsers=managed'} ` +
        'needs a private network, such as VirtualEthernet=yes in [Network]',
      ...(by === undefined ? {} : { fixes: [replacement('Change to VirtualEthernet=yes', assignmentSpan(by), 'VirtualEthernet=yes')] }),
    };
  },
};
