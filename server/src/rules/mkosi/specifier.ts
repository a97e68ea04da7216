import { valueSpan } from '../../model/assignments';
import { reads } from '../../model/mkosi/reads';
import { has } from '../../schema';
import type { Rule } from '../rule';

/** A `%` that nothing stands for: mkosi leaves it out of the value. */
export const specifier: Rule = {
  id: 'specifier',
  summary: 'Unknown % specifier, or one whose setting is not set yet',
  verdicts: ['refused', 'warned'],
  *check(here) {
    const {
        document: { edition },
      } = here,
      seen = new Set<string>();
    const known = (edition.schema.data.specifiers ?? []).filter((s) => has(s, edition.version)).map((s) => `%${s.char}`);
    for (const {
      read: { assigned, unknown, unset },
    } of reads(here)) {
      const { text } = assigned.line.value;
      const say = (char: string, message: string) => {
        const at = text.indexOf(`%${char}`),
          span = valueSpan(assigned, at < 0 ? undefined : { start: at, end: at + 1 + char.length });
        return { verdict: 'warned' as const, ...span, message };
      };
      for (const char of unknown) {
        if (seen.has(`${assigned.start} ${char}`)) continue;
        seen.add(`${assigned.start} ${char}`);
        yield say(
          char,
          `%${char} is not a specifier of mkosi ${edition.version} and is removed; specifiers are ` +
            `${known.join(' ')}, and %% is a percent sign`,
        );
      }
      for (const { char, setting } of unset) {
        if (seen.has(`${assigned.start} ${char}`)) continue;
        seen.add(`${assigned.start} ${char}`);
        const stops = setting === 'Output' && edition.version < 21;
        yield {
          ...say(
            char,
            `%${char} is the value of ${setting}=, which is not set yet, and ${stops ? 'mkosi ends with a traceback' : 'is removed'}`,
          ),
          verdict: stops ? ('refused' as const) : ('warned' as const),
        };
      }
    }
  },
};
