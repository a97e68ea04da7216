import { assignmentSpan } from '../../model/assignments';
import { machinesOf } from '../../model/nspawn/location';
import { type Rule, removal } from '../rule';

/** An image that has a machine ID keeps it, whatever MachineID= says (v262 nspawn.c setup_machine_id). */
export const machineIdKept: Rule = {
  id: 'machine-id-kept',
  summary: 'MachineID= for an image that already has a machine ID',
  verdicts: ['silent'],
  about: ['MachineID'],
  *check({ options, onHost, location }) {
    const entry = options.last('MachineID');
    // With an empty root in memory there is no file, and with another root it is another file.
    if (
      entry === undefined ||
      onHost === undefined ||
      location === undefined ||
      options.emptyRoot ||
      options.last('PivotRoot') !== undefined
    )
      return;
    const image = machinesOf(location.images, onHost.files).get(location.machine);
    const kept = image === undefined ? undefined : /^[0-9a-f]{32}$/.exec((onHost.files.text(`${image}/etc/machine-id`) ?? '').trim())?.[0];
    if (image === undefined || kept === undefined || kept === plain(entry.line.value.text)) return;
    yield {
      ...assignmentSpan(entry),
      verdict: 'silent',
      message: `The image has a machine ID, ${kept}, and keeps it: MachineID= is for images without one`,
      related: [{ path: `${image}/etc/machine-id`, message: 'The ID in effect' }],
      fixes: [removal('Remove the line', entry)],
    };
  },
};

/** The 32 digits of an ID. */
const plain = (id: string): string =>
  id
    .toLowerCase()
    .replace(/^urn:uuid:/, '')
    .replaceAll('-', '');
