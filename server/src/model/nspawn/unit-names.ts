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
