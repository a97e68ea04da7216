import * as vscode from 'vscode';
import { complain, messageOf } from '../../ui/notifications';
import { imageVerbs } from './image-commands';
import { copyAddress, copyName, properties, settingsFile, whyFailed } from './inspect-commands';
import { machineVerbs } from './machine-commands';
import { perform } from './run-command';
import type { Room } from '../host-session';
import type { Rooms } from '../hosts';
import type { Sidebar } from '../views/sidebar';
import { type Row, asRow, asRows } from '../views/tree';
import { type Given, asGiven } from './machine-command';

const all = [...machineVerbs, ...imageVerbs];

type Look = (room: Room, row?: Row, rows?: readonly Row[]) => Promise<void>;
/** The exit statuses of what was run. */
type Ended = readonly (number | undefined)[];

const looks: Readonly<Record<string, readonly [title: string, look: Look]>> = {
  'nspawn.whyFailed': ['Why did it fail', whyFailed], 'nspawn.properties': ['Properties', properties],
  'nspawn.settingsFile': ['Settings file', settingsFile], 'nspawn.copyName': ['Copy name', copyName],
  'nspawn.copyAddress': ['Copy address', copyAddress],
};

/**
 * Registers the commands; each works from a row, from a selection and, with pickers, from the palette. A key of the
 * keyboard hands over the view it was pressed in instead of a row. A selection may span rooms: each gets its own call.
 * Whoever calls a verb gets the exit statuses.
 */
export function registerVerbs(rooms: Rooms, sidebar: Sidebar): vscode.Disposable[] {
  const register = (id: string, title: string, work: (room: Room, row?: Row, rows?: readonly Row[], given?: Given) => Promise<Ended | undefined>) => (
    vscode.commands.registerCommand(id, async (from?: unknown, others?: unknown, more?: unknown): Promise<Ended> => {
      try {
        const rows = asRows(others), given = asGiven(more);
        const selected = typeof from === 'string' ? sidebar.selection(from) : undefined;
        if (selected?.length === 0) return [];
        const row = typeof from === 'string' ? selected?.[0] : asRow(from);
        if (row === undefined || row.heading === true) {
          // Whoever hands something over is not asked where.
          const room = row !== undefined || given !== undefined ? rooms.of(row ?? given ?? {}) : await rooms.pick(title, needsSome(id));
          return room && await work(room, undefined, undefined, given) || [];
        }
        const chosen = selected ?? (rows?.includes(row) === true ? rows : [row]);
        const ended = await Promise.all([...new Set(chosen.map((one) => one.room))].map(async (id) => {
          const [first, ...rest] = chosen.filter((one) => one.room === id && one.heading !== true), room = rooms.of({ ...id === undefined ? {} : { room: id } });
          return first !== undefined && room && await work(room, first, [first, ...rest], given) || [];
        }));
        return ended.flat();
      } catch (error) {
        complain(`${title}: ${messageOf(error)}`);
        return [];
      }
    }));
  const needsSome = (id: string): boolean => all.find((verb) => verb.id === id)?.command.needs !== 'nothing';
  return [
    ...all.map((verb) => (
      register(verb.id, verb.title, (room, row, rows, given) => perform(room, verb, row, rows, given)))),
    ...Object.entries(looks).map(([id, [title, look]]) => register(id, title, async (room, row, rows) => {
      await look(room, row, rows);
      return undefined;
    })),
  ];
}
