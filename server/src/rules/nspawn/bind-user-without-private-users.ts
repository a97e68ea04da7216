import { assignmentSpan } from '../../model/assignments';
import { lineAfter, type Rule } from '../rule';

/** 249 to 257 could bind users only into a user namespace. */
export const bindUserWithoutPrivateUsers: Rule = {
  id: 'bind-user-without-private-users',
  summary: 'BindUser= without user namespacing',
  verdicts: ['refused'],
  about: ['BindUser'],
  *check(here) {
    const { options } = here;
    const user = options.live('BindUser').find((e) => e.reading.labelled('user').length > 0);
    if (user === undefined || options.version >= 258 || options.userMode !== 'no') return;
    yield {
      ...assignmentSpan(user),
      verdict: 'refused',
      message: `nspawn ${options.version} will not start: BindUser= needs user namespacing, ` + 'such as PrivateUsers=pick in [Exec]',
      ...(options.userBy !== undefined
        ? {}
        : { fixes: [lineAfter('Add PrivateUsers=pick', here, user, '[Exec]\nPrivateUsers=pick\n[Files]')] }),
    };
  },
};
