import { assignmentSpan } from '../../model/assignments';
import { type Fix, type Rule, removal, replacement } from '../rule';

/** After a managed user namespace nspawn makes a network of its own, after it has joined the one named (v262 nspawn.c:4456). */
export const namespacePathWithManaged: Rule = {
  id: 'namespace-path-with-managed',
  summary: 'NamespacePath= together with a managed user namespace',
  verdicts: ['silent'],
  about: ['NamespacePath'],
  *check({ options }) {
    const entry = options.last('NamespacePath'),
      by = options.last('PrivateUsers');
    // Without Private=yes it does not start, which is reported elsewhere.
    if (options.version < 260 || entry === undefined || options.userMode !== 'managed' || !options.privateNetwork) return;
    const other: readonly Fix[] =
      by === undefined || options.scope === 'user'
        ? []
        : [replacement('Change to PrivateUsers=pick', assignmentSpan(by), 'PrivateUsers=pick')];
    yield {
      ...assignmentSpan(entry),
      verdict: 'silent',
      message: 'NamespacePath= has no effect with a managed user namespace: the machine gets an empty network of its own',
      fixes: [removal('Remove NamespacePath=', entry), ...other],
    };
  },
};
