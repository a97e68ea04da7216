import { assignmentSpan, wordOf } from '../../model/assignments';
import { type Rule, removal } from '../rule';

/** Volatile= implies a read-only image; until 241 saying both was refused. */
export const volatileReadOnly: Rule = {
  id: 'volatile-read-only',
  summary: 'ReadOnly= together with Volatile=',
  verdicts: ['refused'],
  about: ['Volatile'],
  *check({ options }) {
    const readOnly = options.last('ReadOnly'),
      volatile = options.last('Volatile');
    if (options.version >= 242 || readOnly === undefined || wordOf(readOnly) !== 'yes' || (wordOf(volatile) ?? 'no') === 'no') return;
    yield {
      ...assignmentSpan(readOnly),
      verdict: 'refused',
      fixes: [removal('Remove ReadOnly=', readOnly)],
      message: `nspawn ${options.version} will not start: ` + 'ReadOnly= cannot be combined with Volatile=, which implies it',
    };
  },
};
