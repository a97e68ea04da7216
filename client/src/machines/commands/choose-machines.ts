import { applies, asMachines, isMachineName, type Machine } from '../../host';
import { pickMachines } from '../prompts/pick-machines';
import type { Row } from '../views/tree';
import type { MachineCommand } from './machine-command';

/**
 * The names of the machines or images that a command is to run on: of the selected rows those it applies to, or what
 * the user picks.
 * @param row the row that was clicked @param rows the whole selection, when it is larger
 * @returns undefined when there are none; the user knows why
 * @throws CommandError when no row has a name that a machine can have
 */
export async function chooseMachines(
  session: { candidates(): Promise<readonly Machine[] | undefined> },
  { spec, title, ask, none }: Pick<MachineCommand, 'spec' | 'title' | 'ask' | 'none'>,
  row?: Row,
  rows?: readonly Row[],
): Promise<readonly string[] | undefined> {
  const selected = row === undefined ? [] : rows?.includes(row) === true ? rows : [row];
  // "No machine fits" would be no help: an image can have a name that no machine can have.
  if (row !== undefined && spec.names === 'machine' && !selected.some(({ name }) => isMachineName(name))) asMachines([row.name]);
  const candidates = await session.candidates();
  if (candidates === undefined) return undefined;
  const names = await pickMachines(candidates, { fits: (machine) => applies(spec, machine), title, ask, none, many: true }, row, rows);
  return names.length > 0 ? names : undefined;
}
