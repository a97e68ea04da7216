import { assignmentSpan } from '../../model/assignments';
import { links } from '../../model/nspawn/groups';
import { isSet } from '../../model/nspawn/options';
import { type Rule, removal } from '../rule';

/** A machine that joins a network namespace cannot get links of its own. */
export const namespacePathWithNetwork: Rule = {
  id: 'namespace-path-with-network',
  summary: 'NamespacePath= together with network links of its own',
  verdicts: ['refused'],
  about: ['NamespacePath'],
  *check({ options }) {
    const path = options.last('NamespacePath');
    if (path === undefined) return;
    for (const link of links.flatMap((name) => options.live(name)).filter(isSet)) {
      yield {
        ...assignmentSpan(link),
        verdict: 'refused',
        fixes: [removal(`Remove ${link.setting.name}=`, link), removal('Remove NamespacePath=', path)],
        message:
          'nspawn will not start: NamespacePath= joins an existing network, ' + `so ${link.setting.name}= cannot be combined with it`,
      };
    }
  },
};
