import * as vscode from 'vscode';
import { messageOf, showError } from '../../ui/notifications';
import type { HostSession } from '../host-session';
import type { Hosts } from '../hosts';
import type { Sidebar } from '../views/sidebar';
import { asRow, asRows, type Row } from '../views/tree';
import { imageCommands } from './image-commands';
import { copyAddress, copyName, properties, settingsFile, whyFailed } from './inspect-commands';
import { asCommandArguments, type CommandArguments } from './machine-command';
import { machineCommands } from './machine-commands';
import { runCommand } from './run-command';

const all = [...machineCommands, ...imageCommands];

type Look = (session: HostSession, row?: Row, rows?: readonly Row[]) => Promise<void>;
/** The exit statuses of what was run. */
type Ended = readonly (number | undefined)[];

const looks: Readonly<Record<string, readonly [title: string, look: Look]>> = {
  'nspawn.whyFailed': ['Why did it fail', whyFailed],
  'nspawn.properties': ['Properties', properties],
  'nspawn.settingsFile': ['Settings file', settingsFile],
  'nspawn.copyName': ['Copy name', copyName],
  'nspawn.copyAddress': ['Copy address', copyAddress],
};

/**
 * Registers the commands; each works from a row, from a selection and, with pickers, from the palette. A key of the
 * keyboard hands over the view it was pressed in instead of a row. A selection may span hosts: each gets its own call.
 * The caller of a command gets the exit statuses.
 */
export function registerCommands(hosts: Hosts, sidebar: Sidebar): vscode.Disposable[] {
  const register = (
    id: string,
    title: string,
    work: (session: HostSession, row?: Row, rows?: readonly Row[], given?: CommandArguments) => Promise<Ended | undefined>,
  ) =>
    vscode.commands.registerCommand(id, async (from?: unknown, others?: unknown, more?: unknown): Promise<Ended> => {
      try {
        const rows = asRows(others),
          given = asCommandArguments(more);
        const selected = typeof from === 'string' ? sidebar.selection(from) : undefined;
        if (selected?.length === 0) return [];
        const row = typeof from === 'string' ? selected?.[0] : asRow(from);
        if (row === undefined || row.heading === true) {
          // A caller that passes arguments is not asked for the host.
          const session = row !== undefined || given !== undefined ? hosts.of(row ?? given ?? {}) : await hosts.pick(title, needsSome(id));
          return (session && (await work(session, undefined, undefined, given))) || [];
        }
        const chosen = selected ?? (rows?.includes(row) === true ? rows : [row]);
        const ended = await Promise.all(
          [...new Set(chosen.map((one) => one.hostId))].map(async (id) => {
            const [first, ...rest] = chosen.filter((one) => one.hostId === id && one.heading !== true),
              session = hosts.of({ ...(id === undefined ? {} : { hostId: id }) });
            return (first !== undefined && session && (await work(session, first, [first, ...rest], given))) || [];
          }),
        );
        return ended.flat();
      } catch (error) {
        showError(`${title}: ${messageOf(error)}`);
        return [];
      }
    });
  const needsSome = (id: string): boolean => all.find((verb) => verb.id === id)?.spec.needs !== 'nothing';
  return [
    ...all.map((verb) => register(verb.id, verb.title, (session, row, rows, given) => runCommand(session, verb, row, rows, given))),
    ...Object.entries(looks).map(([id, [title, look]]) =>
      register(id, title, async (session, row, rows) => {
        await look(session, row, rows);
        return undefined;
      }),
    ),
  ];
}
