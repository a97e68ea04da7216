import { links } from '../../model/nspawn/groups';
import { isSet, netAdmin, numbersOf } from '../../model/nspawn/options';
import { isSpace, skip, skipBack } from '../../syntax';
import { topOf } from '../edits';
import type { Fix, Rule, RuleContext } from '../rule';

/**
 * 242 to 249 take CAP_NET_ADMIN away from a machine whose file does not ask for a private network, although the template unit
 * gives it one (v247 nspawn.c:4077): with any file at all, an empty one, too, the machine cannot set up its own link.
 */
export const lostNetAdmin: Rule = {
  id: 'lost-net-admin',
  summary: 'A settings file that drops CAP_NET_ADMIN (systemd 242 to 249)',
  verdicts: ['silent'],
  *check(here) {
    const { options, assignments, trusted } = here,
      { version } = options;
    if (version < 242 || version > 249 || options.launch !== 'unit' || !options.virtualEthernet) return;
    if (options.capabilities.has(netAdmin) || numbersOf(options.live('DropCapability')).has(netAdmin)) return;
    // What an untrusted file asks for is ignored, but then the capability is not taken away either.
    if (
      !trusted &&
      (assignments.word('Private') === 'yes' ||
        assignments.live('Capability').length > 0 ||
        links.some((name) => assignments.live(name).some(isSet)))
    )
      return;
    yield {
      ...topOf(here),
      verdict: 'silent',
      message:
        `systemd ${version} drops CAP_NET_ADMIN if the settings file does not request a private network, so the machine cannot configure ` +
        'the link that systemd-nspawn@.service gives it; add VirtualEthernet=yes to [Network]',
      fixes: trusted ? addLink(here) : [],
    };
  },
};

/** Whether the last line that is neither blank nor a comment ends in a backslash. */
function goesOn(text: string): boolean {
  for (let end = text.length; end > 0; ) {
    const start = skipBack(text, (c) => c !== '\n' && c !== '\r', end),
      first = skip(text, isSpace, start, end);
    if (first < end && !'#;'.includes(text.charAt(first))) return text.charAt(skipBack(text, isSpace, end) - 1) === '\\';
    end = start - 1;
  }
  return false;
}

/** The line in a section of its own at the end of the file. */
function addLink({ document: { text } }: RuleContext): Fix[] {
  const content = text.getText(),
    end = content.length;
  // A last line that goes on, over comments and all, would take in what is written after it.
  if (goesOn(content)) return [];
  const between = content === '' ? '' : content.endsWith('\n') ? '\n' : '\n\n';
  return [{ title: 'Add VirtualEthernet=yes', edits: [{ start: end, end, text: `${between}[Network]\nVirtualEthernet=yes\n` }] }];
}
