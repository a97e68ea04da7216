import { assignmentSpan } from '../../model/assignments';
import { mounts } from '../../model/nspawn/groups';
import { lineAfter, type Rule } from '../rule';

/** What is mounted over / comes with owners of its own, which user namespacing cannot adapt (since 240). */
export const rootMountWithPrivateUsers: Rule = {
  id: 'root-mount-with-private-users',
  summary: 'A mount over / together with user namespacing',
  verdicts: ['refused'],
  about: mounts,
  *check(here) {
    const { version, rootMounts, userMode, ownership, firstUser, userBy } = here.options;
    const [mount] = rootMounts;
    if (mount === undefined || version < 240 || userMode === 'no' || (ownership === 'off' && firstUser !== undefined)) return;
    yield {
      ...assignmentSpan(mount),
      verdict: 'refused',
      message: `nspawn will not start: a mount over / cannot be combined with user namespacing${
        userBy === undefined ? ' (-U of systemd-nspawn@.service); add PrivateUsers=no to [Exec]' : `, here by ${userBy.setting.name}=`
      }`,
      ...(userBy !== undefined ? {} : { fixes: [lineAfter('Add PrivateUsers=no', here, mount, '[Exec]\nPrivateUsers=no\n[Files]')] }),
    };
  },
};
