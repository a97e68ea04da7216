import { nameSpan } from '../../model/assignments';
import { similar } from '../../schema';
import { shortened } from '../../syntax';
import { type Rule, replacement } from '../rule';

/** A name in `[Match]` or one of its sisters that cannot be asked for. */
export const notACondition: Rule = {
  id: 'not-a-condition',
  summary: 'A name in [Match] or another condition section that is not a condition',
  verdicts: ['refused'],
  tags: ['line'],
  *check({ document }) {
    const { edition } = document;
    for (const assigned of document.assignments()) {
      const { section, setting, line } = assigned,
        name = line.key.text;
      if (section === undefined || setting !== undefined || name === '' || !edition.isCondition(section)) continue;
      const known = edition.settings(section).map((s) => s.name);
      const meant = name === 'OutputFormat' ? 'Format' : similar(name.replace(/^@/, ''), known);
      const why =
        edition.inAnySection(name) === undefined
          ? `mkosi ${edition.version} has no condition ${shortened(name)}=`
          : `${name}= cannot be a condition`;
      yield {
        verdict: 'refused',
        ...nameSpan(assigned),
        message: `${why}${meant === undefined ? `; conditions are ${known.join(', ')}` : `; did you mean ${meant}=?`}`,
        ...(meant === undefined ? {} : { fixes: [replacement(`Change to ${meant}=`, nameSpan(assigned), meant)] }),
      };
    }
  },
};
