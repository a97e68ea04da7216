import { type Entry, partSpan } from '../../model/assignments';
import type { Rule } from '../rule';

/** A capability that is granted and dropped at once is dropped. */
export const capabilityDropped: Rule = {
  id: 'capability-dropped',
  tool: 'nspawn',
  about: ['DropCapability'],
  *check({ machine }) {
    const words = (entries: readonly Entry[]) =>
      entries.flatMap((e) => e.reading.labelled('capability').map((part) => ({ entry: e, part })));
    const dropped = new Set(words(machine.live('DropCapability')).map(({ part }) => part.word));
    for (const { entry, part } of words(machine.live('Capability'))) {
      if (part.word === undefined || part.word === 'all' || !dropped.has(part.word)) continue;
      yield {
        ...partSpan(entry, part),
        verdict: 'silent',
        message: `${part.word} is not granted: DropCapability= takes it away again`,
      };
    }
  },
};
