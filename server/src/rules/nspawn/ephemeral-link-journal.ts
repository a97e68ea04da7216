import { assignmentSpan, wordOf } from '../../model/assignments';
import { mayTryJournal } from '../../model/nspawn/options';
import { type Rule, replacement } from '../rule';

/** The journal of a machine that is thrown away cannot be linked for good. */
export const ephemeralLinkJournal: Rule = {
  id: 'ephemeral-link-journal',
  summary: 'A linked journal for an ephemeral machine',
  verdicts: ['refused'],
  about: ['Ephemeral'],
  *check({ options }) {
    const { version, linkJournal } = options,
      ephemeral = options.last('Ephemeral');
    if (ephemeral === undefined || wordOf(ephemeral) !== 'yes' || linkJournal === 'no' || linkJournal === 'auto') return;
    if (linkJournal.startsWith('try-') && mayTryJournal(version)) return;
    const journal = options.last('LinkJournal');
    const instead = mayTryJournal(version) ? `try-${linkJournal}` : 'no';
    yield {
      ...assignmentSpan(journal ?? ephemeral),
      verdict: 'refused',
      message:
        journal === undefined
          ? `nspawn ${version} will not start: Ephemeral=yes cannot be combined with --link-journal=try-guest ` +
            'of systemd-nspawn@.service; add LinkJournal=no'
          : `nspawn will not start: Ephemeral=yes cannot be combined with LinkJournal=${linkJournal}; use ${instead}`,
      fixes: [
        journal === undefined
          ? {
              title: 'Add LinkJournal=no',
              edits: [{ start: ephemeral.start, end: ephemeral.start, text: 'LinkJournal=no\n' }],
            }
          : replacement(`Change to LinkJournal=${instead}`, assignmentSpan(journal), `LinkJournal=${instead}`),
      ],
    };
  },
};
