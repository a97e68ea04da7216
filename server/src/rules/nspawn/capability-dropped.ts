import { type ParsedAssignment, partSpan } from '../../model/assignments';
import type { Rule } from '../rule';

/** A capability that is granted and dropped at once is dropped. */
export const capabilityDropped: Rule = {
  id: 'capability-dropped',
  summary: 'A capability that is both granted and dropped',
  verdicts: ['silent'],
  about: ['DropCapability'],
  *check({ options }) {
    const words = (entries: readonly ParsedAssignment[]) =>
      entries.flatMap((e) => e.reading.labelled('capability').map((part) => ({ entry: e, part })));
    const dropped = new Set(words(options.live('DropCapability')).map(({ part }) => part.word));
    for (const { entry, part } of words(options.live('Capability'))) {
      if (part.word === undefined || part.word === 'all' || !dropped.has(part.word)) continue;
      yield {
        ...partSpan(entry, part),
        verdict: 'silent',
        message: `${part.word} has no effect: DropCapability= drops it`,
      };
    }
  },
};
