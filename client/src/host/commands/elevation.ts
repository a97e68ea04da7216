import type { CommandSpec } from './command-spec';

/** How a command gets the rights it needs: the setting `nspawn.elevation`. */
export type Elevation = 'auto' | 'polkit' | 'sudo' | 'run0';

export interface ElevationContext {
  readonly elevation: Elevation;
  readonly isRoot: boolean;
  readonly installed: (program: string) => boolean;
}

/**
 * The argv with what gives it rights in front, in the system scope. By itself it is the user's own call wherever polkit
 * can decide; what polkit does not control (`journalctl -M`, the control socket of a virtual machine of root) goes through sudo, or run0 where there is no sudo. Where there
 * is neither, and where polkit shall decide all, systemd runs it on our terminal as run0 would, and polkit decides that.
 */
export function elevated(
  { rights }: Pick<CommandSpec, 'rights'>,
  argv: readonly string[],
  { elevation, isRoot, installed }: ElevationContext,
): readonly string[] {
  if (isRoot || rights === 'anyone') return argv;
  if (elevation === 'sudo' || elevation === 'run0') return [elevation, '--', ...argv];
  if (rights === 'polkit') return argv;
  const helper = elevation === 'polkit' ? undefined : ['sudo', 'run0'].find(installed);
  if (helper !== undefined) return [helper, '--', ...argv];
  return asService(argv);
}

/** What systemd runs for us as root, on our terminal; it replaces $NAME in there and takes $$ for a plain dollar sign. */
export function asService(argv: readonly string[]): readonly string[] {
  return ['systemd-run', '--quiet', '--collect', '--wait', '--pty', '--', ...argv.map((argument) => argument.replaceAll('$', '$$$$'))];
}

/**
 * A polkit rule that lets one user do what these actions allow, to be put below /etc/polkit-1/rules.d by an
 * administrator. Starting and stopping is narrowed to the units of machines.
 */
export function polkitRule(user: string, actions: readonly string[]): string {
  const units = 'org.freedesktop.systemd1.manage-units';
  return [
    '// Save as /etc/polkit-1/rules.d/50-nspawn.rules; polkit reads it at once.',
    'polkit.addRule(function (action, subject) {',
    `  if (subject.user !== ${JSON.stringify(user)}) return polkit.Result.NOT_HANDLED;`,
    ...(actions.includes(units)
      ? [
          `  if (action.id === ${JSON.stringify(units)} && /^systemd-nspawn@/.test(action.lookup('unit'))) {`,
          '    return polkit.Result.YES;',
          '  }',
        ]
      : []),
    ...actions
      .filter((action) => action !== units)
      .map((action) => `  if (action.id === ${JSON.stringify(action)}) return polkit.Result.YES;`),
    '  return polkit.Result.NOT_HANDLED;',
    '});',
    '',
  ].join('\n');
}
