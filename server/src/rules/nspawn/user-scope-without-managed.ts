import { assignmentSpan } from '../../model/assignments';
import { users } from '../../model/nspawn/groups';
import { type Rule, removal } from '../rule';

/** Without root there are no user IDs but those that systemd-nsresourced hands out (v262 nspawn.c verify_arguments). */
export const userScopeWithoutManaged: Rule = {
  id: 'user-scope-without-managed',
  summary: 'A per-user machine requesting user IDs it may not use',
  verdicts: ['refused'],
  about: users,
  *check({ options }) {
    const { userBy } = options;
    if (options.scope !== 'user' || options.version < 259 || userBy === undefined || options.userMode === 'managed') return;
    yield {
      ...assignmentSpan(userBy),
      verdict: 'refused',
      message:
        `nspawn will not start: a per-user machine gets its user IDs from systemd-nsresourced, but ${userBy.setting.name}= requests others; ` +
        'remove it, or write PrivateUsers=managed',
      fixes: [
        removal(
          'Remove it',
          users.flatMap((name) => options.live(name)),
        ),
      ],
    };
  },
};
