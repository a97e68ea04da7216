import type { Machine } from '../../host';
import { showInfo } from '../../ui/notifications';
import { pickMany, pickOne } from '../../ui/prompts';
import type { Row } from '../views/tree';

/** What a command wants to know: which machines fit, and how to say it. */
export interface MachineQuestion {
  readonly fits: (machine: Machine) => boolean;
  /** Of the command. */
  readonly title: string;
  /** In the picker: "Machines to start". */
  readonly ask: string;
  /** When nothing fits: "No machine can be started: all are running". */
  readonly none: string;
  readonly many: boolean;
}

/**
 * The machines that a command is for: the rows that were selected in a tree, or, from the palette, those picked from a
 * list. Empty when the user gave up or nothing fits; the user has been told why.
 * @param row the row that was clicked @param rows the whole selection, when it is larger
 */
export async function pickMachines(
  machines: Iterable<Machine>,
  { fits, title, ask, none, many }: MachineQuestion,
  row?: Row,
  rows?: readonly Row[],
): Promise<readonly string[]> {
  const fitting = [...machines].filter(fits);
  if (row !== undefined) {
    const wanted = new Set((rows?.includes(row) === true ? rows : [row]).map((r) => r.name));
    const fits = new Set(fitting.map((m) => m.name)),
      names = [...wanted].filter((name) => fits.has(name));
    if (names.length === 0) showInfo(none);
    const left = [...wanted].filter((name) => !names.includes(name));
    if (names.length > 0 && left.length > 0)
      showInfo(`Skipped ${left.join(', ')}: not applicable in ${left.length === 1 ? 'its' : 'their'} current state.`);
    return many ? names : names.slice(0, 1);
  }
  if (fitting.length === 0) {
    showInfo(none);
    return [];
  }
  const choices = fitting.map(({ name, state, image }) => ({
    label: name,
    description: [state, image?.type].filter((t) => t !== undefined).join(' · '),
    value: name,
  }));
  if (many) return (await pickMany(choices, { title, placeHolder: ask })) ?? [];
  const chosen = await pickOne(choices, { title, placeHolder: ask });
  return chosen === undefined ? [] : [chosen];
}
