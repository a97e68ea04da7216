import { assignmentSpan } from '../../model/assignments';
import { mounts } from '../../model/nspawn/groups';
import { lineAfter, type Rule, replacement } from '../rule';

/** Files cannot be given to the machine's users when the image is read-only (since 240). */
export const readOnlyChown: Rule = {
  id: 'read-only-chown',
  summary: 'Owners to be changed in a read-only image',
  verdicts: ['refused'],
  about: ['ReadOnly', 'Volatile', ...mounts],
  *check(here) {
    const { options } = here;
    const { version, ownership } = options;
    // Since 249 the owner mode counts even when user namespacing is off.
    if (version < 240 || ownership !== 'chown') return;
    const { readOnlyBy, userBy, userMode } = options;
    if (readOnlyBy === undefined) return;
    const said = [...options.live('PrivateUsersOwnership'), ...options.live('PrivateUsersChown')].sort((a, b) => a.start - b.start).at(-1);
    const why =
      userBy === undefined
        ? '-U of systemd-nspawn@.service'
        : userMode === 'pick' && options.last('PrivateUsersOwnership') === undefined
          ? 'PrivateUsers=pick'
          : 'PrivateUsersOwnership=chown';
    yield {
      ...assignmentSpan(readOnlyBy),
      verdict: 'refused',
      message:
        `nspawn ${version} will not start: ${readOnlyBy.setting.name}= makes the image read-only, ` + `but ${why} changes the owners in it`,
      fixes:
        version < 249
          ? []
          : said === undefined
            ? [lineAfter('Add PrivateUsersOwnership=auto', here, readOnlyBy, 'PrivateUsersOwnership=auto')]
            : [replacement('Change to PrivateUsersOwnership=auto', assignmentSpan(said), 'PrivateUsersOwnership=auto')],
    };
  },
};
