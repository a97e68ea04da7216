import { type Assigned, type Document, type Setting, pathOf } from '../schema';
import { lineSpan, nameSpan } from './load';
import { reads } from './mkosi';
import { type Project, prohibited } from './project';
import type { Fix, Rule } from './rule';
import { atEndOf, endsOf, written } from './sections';

const homes: Readonly<Record<string, string>> = {
  main: 'it belongs to the main image', tools: 'the main image sets it for the tools tree', initrd: 'the main image sets it for the initrd',
  universal: 'the main image sets it for all images', multiversal: 'the main image sets it for all images and the tools tree',
};

/** A setting that this image may not set, because it is the same for all of them or the main image's own. */
export const wrongImage: Rule = {
  id: 'wrong-image',
  tool: 'mkosi',
  *check(here) {
    const { edition } = here.document, seen = new Set<number>();
    for (const { passage: { image, role }, read: { assigned } } of reads(here)) {
      const { setting, section } = assigned;
      if (setting === undefined || role !== 'configuration' || section === undefined || edition.isCondition(section)) continue;
      if (!prohibited(setting, image, edition) || seen.has(assigned.start)) continue;
      seen.add(assigned.start);
      yield {
        verdict: 'refused',
        ...nameSpan(assigned),
        fixes: moves(here.document, assigned, setting, here.project),
        message: `${setting.name}= cannot be set in the image ${image}; ${homes[setting.scope ?? ''] ?? 'the main image sets it'}`,
      };
    }
  },
};

/** Takes the line to the main image; where that sets the same already, away. */
function moves(document: Document, assigned: Assigned, setting: Setting, project: Project | undefined): Fix[] {
  const main = project?.documents.find((d) => (
    pathOf(d.uri)?.endsWith('/mkosi.conf') === true && project.passages(d).some(({ image, role }) => image === 'main' && role === 'configuration')));
  // A file that several images read is the main one's as well: nothing is gained by a move.
  if (project === undefined || main === undefined || project.passages(document).some(({ image }) => image === 'main')) return [];
  const edits = [{ ...lineSpan(assigned), text: '' }], single = setting.value.list === undefined;
  if (single && [...main.assignments()].some((a) => a.setting === setting)) return [{ title: 'Remove the line: mkosi.conf of the main image sets this', edits }];
  const there = atEndOf(main.edition.sectionOf(setting), written(document, assigned), main, endsOf(main));
  return [{ title: 'Move the line to mkosi.conf of the main image', edits, elsewhere: { document: main, edits: [there] } }];
}
