import { assignmentSpan } from '../../model/assignments';
import { links } from '../../model/nspawn/groups';
import { isSet } from '../../model/nspawn/options';
import { lineAfter, type Rule } from '../rule';

/** Any setting of [Network] takes back the --network-veth of the template unit. */
export const hostNetwork: Rule = {
  id: 'host-network',
  summary: 'A settings file that removes the virtual Ethernet link of the machine',
  verdicts: ['advice'],
  about: ['Private', 'NamespacePath', ...links],
  *check(here) {
    const { options } = here;
    if (options.launch !== 'unit' || options.virtualEthernet) return;
    // Private=no says itself what it means, and beside a link it means nothing.
    const by = options.networkBy.find((e) => isSet(e) || (!options.privateNetwork && e.setting.name !== 'Private'));
    if (by === undefined || options.last('NamespacePath') !== undefined) return;
    // Without a private network nothing else in [Network] can be meant than the network of the host.
    yield {
      ...assignmentSpan(by),
      verdict: 'advice',
      message: options.privateNetwork
        ? `With ${by.setting.name}= the machine loses the virtual Ethernet link that systemd-nspawn@.service ` +
          'gives it; add VirtualEthernet=yes to keep it'
        : `With ${by.setting.name}= and no other link the machine runs on the network of the host`,
      fixes:
        options.privateNetwork && options.last('VirtualEthernet') === undefined
          ? [lineAfter('Add VirtualEthernet=yes', here, by, 'VirtualEthernet=yes')]
          : [],
    };
  },
};
