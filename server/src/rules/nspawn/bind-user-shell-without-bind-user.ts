import { assignmentSpan, wordOf } from '../../model/assignments';
import { type Rule, removal } from '../rule';

/** A shell for bound users, but no users that are bound. */
export const bindUserShellWithoutBindUser: Rule = {
  id: 'bind-user-shell-without-bind-user',
  summary: 'BindUserShell= without BindUser=',
  verdicts: ['refused', 'silent'],
  about: ['BindUserShell'],
  *check({ options }) {
    const shell = options.last('BindUserShell');
    if (shell === undefined || options.live('BindUser').some((e) => e.reading.labelled('user').length > 0)) return;
    const isPath = wordOf(shell) === undefined;
    if (!isPath && wordOf(shell) !== 'yes') return;
    yield {
      ...assignmentSpan(shell),
      verdict: isPath ? 'refused' : 'silent',
      fixes: [removal('Remove BindUserShell=', shell)],
      message: isPath ? 'nspawn will not start: BindUserShell= needs BindUser=' : 'BindUserShell= has no effect without BindUser=',
    };
  },
};
