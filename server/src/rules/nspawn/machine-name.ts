import { machineNameOf } from '../../model/nspawn/location';
import { freeAt, topOf } from '../edits';
import type { Rule } from '../rule';

/** An underscore in the name: nspawn leaves it out of the name of the machine, and looks for a file without it. */
export const machineName: Rule = {
  id: 'machine-name',
  summary: 'An underscore in the file name',
  verdicts: ['advice'],
  *check(here) {
    if (here.onHost === undefined || here.location === undefined) return;
    const { files } = here.onHost,
      { folder, machine } = here.location,
      name = machineNameOf(machine);
    // Other characters belong to templates, whose files get their names when they are filled in.
    if (name === '' || name === machine || name !== machine.replaceAll('_', '')) return;
    yield {
      ...topOf(here),
      verdict: 'advice',
      message: `Machine names cannot contain "_": nspawn looks for ${name}.nspawn and never for ${machine}.nspawn`,
      ...freeAt(`${folder}/${name}.nspawn`, files),
    };
  },
};
