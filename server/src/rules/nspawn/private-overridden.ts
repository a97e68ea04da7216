import { assignmentSpan, wordOf } from '../../model/assignments';
import { links } from '../../model/nspawn/groups';
import { isSet } from '../../model/nspawn/options';
import { type Rule, removal } from '../rule';

/** Private=no beside a setting that gives the machine a network of its own: the machine gets it. */
export const privateOverridden: Rule = {
  id: 'private-overridden',
  summary: 'Private=no together with a network link',
  verdicts: ['silent'],
  about: ['Private'],
  *check({ options }) {
    const off = options.last('Private');
    const link = links.flatMap((name) => options.live(name)).find(isSet);
    if (off === undefined || wordOf(off) !== 'no' || link === undefined) return;
    yield {
      ...assignmentSpan(off),
      verdict: 'silent',
      fixes: [removal('Remove Private=no', off)],
      message: `Private=no has no effect: ${link.setting.name}= gives the machine a network of its own`,
    };
  },
};
