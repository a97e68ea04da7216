import { assignmentSpan, wordOf } from '../../model/assignments';
import { lineAfter, type Rule, replacement } from '../rule';

/** A port can only be forwarded into a network of the machine's own. */
export const portOnHostNetwork: Rule = {
  id: 'port-on-host-network',
  summary: 'A forwarded port without a private network',
  verdicts: ['refused'],
  about: ['Port'],
  *check(here) {
    const { options } = here;
    const [port] = options.live('Port');
    if (port === undefined || options.privateNetwork) return;
    const by = options.networkBy.at(-1);
    yield {
      ...assignmentSpan(port),
      verdict: 'refused',
      message:
        by === undefined
          ? 'nspawn will not start: Port= needs a private network; add VirtualEthernet=yes, Bridge= or Zone='
          : 'nspawn will not start: Port= needs a private network, ' + `but with ${by.setting.name}= the machine has none of its own`,
      fixes:
        by !== undefined && wordOf(by) === 'no'
          ? [replacement('Change to VirtualEthernet=yes', assignmentSpan(by), 'VirtualEthernet=yes')]
          : [lineAfter('Add VirtualEthernet=yes', here, options.live('Port').at(-1) ?? port, 'VirtualEthernet=yes')],
    };
  },
};
