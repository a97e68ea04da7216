import { isUnitSetting } from '../../model/nspawn/unit-names';
import { inDocument, shortened } from '../../syntax';
import type { Rule } from '../rule';

/** A setting of the service that runs the machine, not of the machine. */
export const unitSetting: Rule = {
  id: 'unit-setting',
  summary: 'A unit setting in a .nspawn file',
  verdicts: ['warned'],
  *check({ document }) {
    const { edition } = document;
    for (const { section, setting, line, start } of document.assignments()) {
      const name = line.key.text;
      if (section === undefined || setting !== undefined || !edition.sections.includes(section) || !isUnitSetting(name)) continue;
      if (edition.named(name).length > 0 || edition.inOtherVersions(name).length > 0) continue;
      yield {
        ...inDocument(start, line.key.span()),
        verdict: 'warned',
        message: `${shortened(name)}= is a unit setting and is ignored here; ` + 'set it with "systemctl edit systemd-nspawn@NAME.service"',
      };
    }
  },
};
