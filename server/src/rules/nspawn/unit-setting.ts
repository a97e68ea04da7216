import { inDocument, shortened } from '../../syntax';
import type { Rule } from '../rule';

/** Sections of unit files. */
const sections: readonly string[] = ['Unit', 'Service', 'Install', 'Resource', 'Slice', 'Scope', 'Container', 'Socket', 'Mount'];

/** Settings of services that people look for in a `.nspawn` file. */
const settings: readonly RegExp[] = [
  /^((Startup)?(CPU|IO|Memory)|Tasks|BlockIO|IP(Address|Ingress|Egress)|Device|ManagedOOM)[A-Z]/,
  /^(Delegate|Slice|TasksMax|AllowedCPUs|AllowedMemoryNodes|SocketBindAllow|SocketBindDeny|RestrictNetworkInterfaces)$/,
  /^(Exec(Start|Stop|Reload|Condition)(Pre|Post)?|Type|Restart(Sec)?|KillMode|RemainAfterExit)$/,
  /^(Timeout(Start|Stop)?|Watchdog)Sec$/,
  /^(Description|Documentation|After|Before|Wants|Requires|BindsTo|PartOf|Conflicts)$/,
  /^(WantedBy|RequiredBy|Alias|DefaultDependencies)$/,
];

/** Whether a name is one of a unit file. */
export const isUnitSetting = (name: string): boolean => settings.some((s) => s.test(name));
export const isUnitSection = (name: string): boolean => sections.includes(name);

/** A setting of the service that runs the machine, not of the machine. */
export const unitSetting: Rule = {
  id: 'unit-setting',
  tool: 'nspawn',
  *check({ document }) {
    const { edition } = document;
    for (const { section, setting, line, start } of document.assignments()) {
      const name = line.key.text;
      if (section === undefined || setting !== undefined || !edition.sections.includes(section) || !isUnitSetting(name)) continue;
      if (edition.named(name).length > 0 || edition.inOtherVersions(name).length > 0) continue;
      yield {
        ...inDocument(start, line.key.span()),
        verdict: 'warned',
        message:
          `${shortened(name)}= is a setting of units and ignored here; ` + 'write it with "systemctl edit systemd-nspawn@NAME.service"',
      };
    }
  },
};
