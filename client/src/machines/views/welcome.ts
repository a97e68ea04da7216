/** What the views Machines and Images show while they are empty, as package.json has it. */
import type { Welcome } from '../../ui/contribution';

const again = '[Try Again](command:nspawn.refresh)';

/** By the context key `nspawn.host`, see sidebar.ts. */
const trouble: Readonly<Record<string, string>> = {
  connecting: 'Connecting to systemd-machined …',
  'not-linux':
    'Machines run on Linux, with systemd. Open a folder on a Linux computer (Remote - SSH, WSL or a container with systemd) to see them here.',
  'no-bus': `The system bus cannot be reached, so no machines can be shown. Check that systemd is running (systemctl is-system-running) and that you may open /run/dbus/system_bus_socket.\n${again}`,
  'no-machined': `systemd-machined is not installed. It is part of the package systemd-container:\nsudo apt install systemd-container or sudo dnf install systemd-container\nThe machines appear as soon as it is installed.\n${again}`,
  masked: `systemd-machined is masked, so it cannot be started. To unmask it:\nsudo systemctl unmask systemd-machined\nor, if it is masked until the next boot only:\nsudo systemctl unmask --runtime systemd-machined\nThe machines then appear by themselves.\n${again}`,
  denied: `D-Bus policy denies access to systemd-machined. The journal of dbus names the policy: journalctl --unit=dbus\n${again}`,
  lost: `The connection to systemd was lost. It is made again as soon as the bus is back.\n${again}`,
};

const downloads = '[Download tar Archive](command:nspawn.pullTar)';
const empty: Readonly<Record<string, string>> = {
  'nspawn.machines': `No machines yet. A machine needs an image: a folder or a .raw file in /var/lib/machines. Build one with mkosi, or download one.\n${downloads}\n[First Steps](command:workbench.action.openWalkthrough?%22nspawn-tools.nspawn%23nspawn.firstSteps%22)`,
  'nspawn.images': `No images yet. An image is a folder or a .raw file in /var/lib/machines.\n${downloads}\n[Import tar Archive](command:nspawn.importTar)`,
};

const views = ['nspawn.machines', 'nspawn.images'] as const;

export const welcomes: readonly Welcome[] = [
  ...views.flatMap((view) => Object.entries(trouble).map(([host, contents]) => ({ view, when: `nspawn.host == ${host}`, contents }))),
  ...views.map((view) => ({ view, when: 'nspawn.host == ready && !nspawn.filtered', contents: empty[view] ?? '' })),
  ...views.map((view) => ({
    view,
    when: 'nspawn.host == ready && nspawn.filtered',
    contents: 'No name matches the filter.\n[Clear Filter](command:nspawn.clearFilter)',
  })),
];
