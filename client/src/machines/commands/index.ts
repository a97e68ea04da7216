import * as vscode from 'vscode';
import { commands } from '../../host';
import { nameOf } from '../../ui/contribution';
import { messageOf, showError } from '../../ui/notifications';
import type { HostSession } from '../host-session';
import type { Hosts } from '../hosts';
import type { Sidebar } from '../views/sidebar';
import { asRow, asRows, type Row } from '../views/tree';
import { inspections } from './contributions';
import { imageCommands } from './image-commands';
import { copyAddress, copyName, properties, settingsFile, whyFailed } from './inspect-commands';
import { asCommandArguments, type CommandArguments, command, type MachineCommand } from './machine-command';
import { machineCommands } from './machine-commands';
import { runCommand } from './run-command';

/** The exit statuses of what was run. */
type Statuses = readonly (number | undefined)[];
type Work = (session: HostSession, row?: Row, rows?: readonly Row[], args?: CommandArguments) => Promise<Statuses | undefined>;

const inspect: Readonly<Record<keyof typeof inspections, (session: HostSession, row?: Row, rows?: readonly Row[]) => Promise<void>>> = {
  whyFailed,
  properties,
  settingsFile,
  copyName,
  copyAddress,
};

/** Every command of the palette: those with code of their own, and for all other presentations what their data says. */
export function allCommands(): readonly MachineCommand[] {
  const written = [...machineCommands, ...imageCommands],
    ids = new Set(written.map(({ id }) => id));
  const plain = Object.values(commands).flatMap((spec) =>
    (spec.presentations ?? [])
      .map(({ id = spec.id }) => id)
      .filter((id) => !ids.has(`nspawn.${id}`))
      .map((id) => command(id, spec as typeof commands.start)),
  );
  return [...written, ...plain];
}

/**
 * Registers the commands; each works from a row, from a selection and, with pickers, from the palette. A key binding hands
 * over the view it was pressed in instead of a row. A selection may span hosts: each gets its own call. A command that runs
 * programs returns their exit statuses.
 */
export function registerCommands(hosts: Hosts, sidebar: Sidebar): vscode.Disposable[] {
  const register = (id: string, title: string, needsSome: boolean, work: Work): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (from?: unknown, others?: unknown, more?: unknown): Promise<Statuses> => {
      try {
        const args = asCommandArguments(more),
          rows = rowsFor(sidebar, from, others);
        if (rows.length === 0 && typeof from === 'string') return [];
        const things = rows.filter(({ heading }) => heading !== true);
        if (things.length > 0) return await onEachHost(hosts, things, work, args);
        // Arguments say where; without any the user is asked.
        const session = rows[0] !== undefined || args !== undefined ? hosts.of(rows[0] ?? args ?? {}) : await hosts.pick(title, needsSome);
        return (session && (await work(session, undefined, undefined, args))) ?? [];
      } catch (error) {
        showError(`${title}: ${messageOf(error)}`);
        return [];
      }
    });
  return [
    ...allCommands().map((one) =>
      register(one.id, one.title, one.spec.needs !== 'nothing', (session, row, rows, args) => runCommand(session, one, row, rows, args)),
    ),
    ...Object.entries(inspect).map(([name, show]) => {
      const inspection = inspections[name as keyof typeof inspections];
      return register(inspection.id, nameOf(inspection), true, async (session, row, rows) => {
        await show(session, row, rows);
        return undefined;
      });
    }),
  ];
}

/**
 * The rows that a command was called for, the clicked one first.
 * @param from a row, or the id of the view whose selection is meant @param others the selection, when it is larger than the row
 */
function rowsFor(sidebar: Sidebar, from: unknown, others: unknown): readonly Row[] {
  if (typeof from === 'string') return sidebar.selection(from);
  const row = asRow(from),
    rows = asRows(others);
  if (row === undefined) return [];
  return row.heading !== true && rows?.includes(row) === true ? rows : [row];
}

/** Calls the work once for each host among the rows. */
async function onEachHost(hosts: Hosts, rows: readonly Row[], work: Work, args: CommandArguments | undefined): Promise<Statuses> {
  const ids = [...new Set(rows.map(({ hostId }) => hostId))];
  const statuses = await Promise.all(
    ids.map(async (hostId) => {
      const own = rows.filter((row) => row.hostId === hostId),
        session = hosts.of({ ...(hostId === undefined ? {} : { hostId }) });
      return (session && (await work(session, own[0], own, args))) ?? [];
    }),
  );
  return statuses.flat();
}
