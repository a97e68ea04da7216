import { assignmentSpan } from '../../model/assignments';
import { type Rule, removal } from '../rule';

/** Ranges of user IDs can only be handed on when systemd-nsresourced hands them out. */
export const delegateWithoutManaged: Rule = {
  id: 'delegate-without-managed',
  summary: 'PrivateUsersDelegate= without PrivateUsers=managed',
  verdicts: ['refused', 'silent'],
  about: ['PrivateUsersDelegate'],
  *check({ options }) {
    const delegate = options.last('PrivateUsersDelegate');
    if (delegate === undefined || (delegate.reading.labelled('number')[0]?.number ?? 0) === 0 || options.userMode === 'managed') return;
    // It is taken over together with PrivateUsers= only.
    const fatal = options.userBy !== undefined;
    yield {
      ...assignmentSpan(delegate),
      verdict: fatal ? 'refused' : 'silent',
      fixes: [removal('Remove the line', delegate)],
      message: fatal
        ? 'nspawn will not start: PrivateUsersDelegate= needs PrivateUsers=managed'
        : 'PrivateUsersDelegate= has no effect without PrivateUsers=managed in the same file',
    };
  },
};
