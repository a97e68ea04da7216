import { assignmentSpan } from '../../model/assignments';
import { type Rule, lineAfter } from '../rule';

/** 249 to 257 could bind users only into a user namespace. */
export const bindUser: Rule = {
  id: 'bind-user-without-private-users',
  tool: 'nspawn',
  about: ['BindUser'],
  *check(here) {
    const { machine } = here;
    const user = machine.live('BindUser').find((e) => e.reading.labelled('user').length > 0);
    if (user === undefined || machine.version >= 258 || machine.userMode !== 'no') return;
    yield {
      ...assignmentSpan(user),
      verdict: 'refused',
      message:
        `nspawn ${machine.version} will not start: BindUser= needs user namespacing, ` +
        'such as PrivateUsers=pick in [Exec]',
      ...(machine.userBy !== undefined
        ? {}
        : { fixes: [lineAfter('Add PrivateUsers=pick', here, user, '[Exec]\nPrivateUsers=pick\n[Files]')] }),
    };
  },
};
