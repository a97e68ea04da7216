/** What a task asks of mkosi, as written in tasks.json. */
export interface Request {
  readonly verb: string;
  /** How often `--force` is given: 1 builds again or also removes the cache, 2 removes the package cache as well. */
  readonly force?: number;
  readonly profiles?: readonly string[];
  /** What the verb gets, such as the command that `shell` runs. */
  readonly args?: readonly string[];
}

/** A verb that is offered, with what it does. */
export interface TaskTemplate extends Request {
  readonly name: string;
  readonly detail: string;
  readonly group?: 'build' | 'clean';
}

/** `qemu` was renamed to `vm` in mkosi 25; both work there. */
const vmSince = 25;

/** Those that have the keyboard: a shell or a console. */
export const interactiveVerbs: ReadonlySet<string> = new Set(['shell', 'boot', 'vm', 'qemu', 'ssh']);

/**
 * What can be done with a project.
 * @param release of the installed mkosi; undefined: as the newest
 */
export function taskTemplates(release: number | undefined): readonly TaskTemplate[] {
  const vm = release !== undefined && release < vmSince ? 'qemu' : 'vm';
  return [
    { name: 'build', verb: 'build', detail: 'Build the image', group: 'build' },
    { name: 'rebuild', verb: 'build', force: 1, detail: 'Rebuild the image, replacing the existing one', group: 'build' },
    { name: 'clean', verb: 'clean', detail: 'Remove what was built', group: 'clean' },
    { name: 'clean all', verb: 'clean', force: 1, detail: 'Remove what was built, and cached images', group: 'clean' },
    {
      name: 'clean all and packages',
      verb: 'clean',
      force: 2,
      detail: 'Remove what was built, cached images and cached packages',
      group: 'clean',
    },
    { name: 'summary', verb: 'summary', detail: 'Show the configuration as mkosi reads it' },
    { name: 'shell', verb: 'shell', detail: 'Run a shell in the image' },
    { name: 'boot', verb: 'boot', detail: 'Boot the image with systemd-nspawn' },
    { name: vm, verb: vm, detail: 'Boot the image in a virtual machine' },
  ];
}

/** The arguments for mkosi. Options come before the verb, as every release since 4 requires. */
export function argumentsFor({ verb, force = 0, profiles = [], args = [] }: Request): string[] {
  return [...(force > 0 ? [`-${'f'.repeat(Math.min(force, 2))}`] : []), ...profiles.map((p) => `--profile=${p}`), verb, ...args];
}

/** The request in a task definition, which is untrusted. undefined: it has no verb. */
export function requestOf(definition: Readonly<Record<string, unknown>>): Request | undefined {
  const { verb, force, profiles, args } = definition;
  if (typeof verb !== 'string' || !/^[a-z][a-z-]*$/.test(verb)) return undefined;
  const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []);
  return { verb, force: force === true ? 1 : typeof force === 'number' ? force : 0, profiles: texts(profiles), args: texts(args) };
}
