import { machineNameOf, machinesOf } from '../../model/nspawn/location';
import { similar } from '../../schema';
import { freeAt, topOf } from '../edits';
import type { Rule } from '../rule';

/** A file for a machine of which there is no image: mistyped, or the image is gone. */
export const unknownImage: Rule = {
  id: 'unknown-image',
  summary: 'A file for which there is no image',
  verdicts: ['advice'],
  *check(here) {
    if (here.onHost === undefined || here.location === undefined) return;
    const { files } = here.onHost,
      { kind, folder, machine, images } = here.location;
    if ((kind !== 'settings' && kind !== 'images') || machineNameOf(machine) !== machine) return;
    const known = machinesOf(images, files);
    if (known.size === 0 || known.has(machine)) return;
    const meant = similar(machine, known.keys()),
      image = meant === undefined ? undefined : known.get(meant);
    yield {
      ...topOf(here),
      verdict: 'advice',
      message:
        `There is no image "${machine}" on this host; without one, only "systemd-nspawn --machine=${machine}" with ` +
        `a directory or image of its own uses this file${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      ...(meant === undefined ? {} : freeAt(`${folder}/${meant}.nspawn`, files)),
      ...(image === undefined ? {} : { related: [{ path: image, message: `The image ${meant ?? ''}` }] }),
    };
  },
};
