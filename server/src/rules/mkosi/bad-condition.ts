import { valueSpan } from '../../model/assignments';
import { reads } from '../../model/mkosi/reads';
import { similar } from '../../schema';
import { shortened } from '../../syntax';
import { type Rule, replacement } from '../rule';

/** A condition that mkosi cannot ask, and an assertion that does not hold. */
export const badCondition: Rule = {
  id: 'bad-condition',
  summary: 'An invalid condition value, or an assertion that fails',
  verdicts: ['refused'],
  tags: ['line'],
  *check(here) {
    const seen = new Set<string>();
    for (const {
      read: { assigned, stop },
    } of reads(here)) {
      if (stop === undefined || stop === '' || assigned.setting === undefined || seen.has(`${assigned.start} ${stop}`)) continue;
      seen.add(`${assigned.start} ${stop}`);
      const {
          value: { text },
        } = assigned.line,
        { matchValue, value } = assigned.setting,
        bare = text.replace(/^\|?!?/, '');
      const turned = /^!\|(.*)$/s.exec(text)?.[1];
      const meant = similar(bare, ((matchValue ?? value).of ?? matchValue ?? value).words?.map((w) => w.word) ?? []);
      const span = valueSpan(assigned, text === '' ? undefined : { start: text.length - bare.length, end: text.length });
      yield {
        verdict: 'refused',
        ...valueSpan(assigned),
        message: `${shortened(assigned.line.key.text)}=: ${stop}, and mkosi stops`,
        // The signs have an order.
        ...(turned !== undefined
          ? { fixes: [replacement(`Change to |!${shortened(turned)}`, valueSpan(assigned), `|!${turned}`)] }
          : meant === undefined || meant === bare
            ? {}
            : { fixes: [replacement(`Change to ${shortened(meant)}`, span, meant)] }),
      };
    }
  },
};
