import { assignmentSpan } from '../../model/assignments';
import { type Rule, removal } from '../rule';

/** One virtual Ethernet link cannot hang on two bridges (since 240; before, the bridge won). */
export const bridgeAndZone: Rule = {
  id: 'bridge-and-zone',
  summary: 'Bridge= together with Zone=',
  verdicts: ['refused', 'silent'],
  about: ['Bridge'],
  *check({ options }) {
    const bridge = options.last('Bridge'),
      zone = options.last('Zone');
    if (bridge === undefined || zone === undefined || bridge.reading.parts.length === 0) return;
    const later = bridge.start > zone.start ? bridge : zone,
      earlier = later === bridge ? zone : bridge;
    yield {
      ...assignmentSpan(later),
      verdict: options.version >= 240 ? 'refused' : 'silent',
      message:
        options.version >= 240
          ? `nspawn will not start: ${later.setting.name}= cannot be combined with ${earlier.setting.name}=`
          : 'Bridge= and Zone= exclude each other, and Bridge= wins',
      fixes: [removal(`Remove ${later.setting.name}=`, later), removal(`Remove ${earlier.setting.name}=`, earlier)],
    };
  },
};
