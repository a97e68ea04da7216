import { assignmentSpan, partSpan } from '../../model/assignments';
import { wordsOf } from '../../schema';
import { shortened } from '../../syntax';
import { lineAfter, type Rule, removal } from '../rule';

/** Capabilities that a command starts with: only those that the machine has, and no init needs them. */
export const ambientCapability: Rule = {
  id: 'ambient-capability',
  summary: 'AmbientCapability= with a capability that the machine lacks, or for a machine that boots',
  verdicts: ['refused'],
  about: ['AmbientCapability'],
  *check(here) {
    const { options } = here;
    if (options.ambient.size === 0) return;
    const entries = options.live('AmbientCapability'),
      names = wordsOf('capabilities', Infinity);
    let covered = true;
    for (const entry of entries) {
      for (const part of entry.reading.labelled('capability')) {
        const number = part.number ?? names.find((w) => w.word === part.word)?.number;
        if (part.word !== 'all' && (number === undefined || options.capabilities.has(number))) continue;
        covered = false;
        const lost = part.word === 'CAP_NET_BIND_SERVICE' && !options.privateNetwork;
        yield {
          ...partSpan(entry, part),
          verdict: 'refused',
          fixes:
            lost || part.word === undefined || part.word === 'all'
              ? []
              : [lineAfter(`Add Capability=${part.word}`, here, entry, `Capability=${part.word}`)],
          message:
            part.word === 'all'
              ? 'nspawn will not start: AmbientCapability= does not take "all"; name the capabilities'
              : `nspawn will not start: the machine does not have ${part.word ?? shortened(part.text)}; ${
                  lost ? 'user namespacing on the host network drops it' : `add it to Capability=, too`
                }`,
        };
      }
    }
    const last = entries.at(-1);
    if (!covered || last === undefined || options.startMode !== 'boot') return;
    yield {
      ...assignmentSpan(last),
      verdict: 'refused',
      fixes: [removal('Remove AmbientCapability=', entries)],
      message: 'nspawn will not start: AmbientCapability= is for commands, but this machine boots; ' + 'use Capability=, or Boot=no',
    };
  },
};
