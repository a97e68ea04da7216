import { nameSpan } from '../../model/assignments';
import { type Project, prohibited } from '../../model/mkosi';
import { reads } from '../../model/mkosi/reads';
import { type Assigned, type Document, pathOf, type Setting } from '../../schema';
import { atEndOf, endsOf, written } from '../edits';
import { type Fix, type Rule, removal } from '../rule';

const homes: Readonly<Record<string, string>> = {
  main: 'it belongs to the main image',
  tools: 'the main image sets it for the tools tree',
  initrd: 'the main image sets it for the initrd',
  universal: 'the main image sets it for all images',
  multiversal: 'the main image sets it for all images and the tools tree',
};

/** A setting that this image may not set, because it is the same for all of them or the main image's own. */
export const wrongImage: Rule = {
  id: 'wrong-image',
  summary: 'A setting that this image may not set',
  verdicts: ['refused'],
  *check(here) {
    const {
        document,
        document: { edition },
      } = here,
      seen = new Set<number>();
    let target: Main | null | undefined; // looked for once, where something is wrong
    for (const {
      passage: { image, role },
      read: { assigned },
    } of reads(here)) {
      const { setting, section } = assigned;
      if (setting === undefined || role !== 'configuration' || section === undefined || edition.isCondition(section)) continue;
      if (!prohibited(setting, image, edition) || seen.has(assigned.start)) continue;
      seen.add(assigned.start);
      if (target === undefined) target = mainOf(document, here.project);
      yield {
        verdict: 'refused',
        ...nameSpan(assigned),
        fixes: target === null ? [] : [move(document, assigned, setting, target)],
        message: `${setting.name}= cannot be set in the image ${image}; ${homes[setting.scope ?? ''] ?? 'the main image sets it'}`,
      };
    }
  },
};

/** Where lines go, what is set there, and where its sections end. */
interface Main {
  readonly main: Document;
  readonly sets: ReadonlySet<Setting | undefined>;
  readonly ends: ReadonlyMap<string, number>;
}

/** The file of the main image that takes lines of this one; none for a file that the main image reads too, where nothing is gained by a move. */
function mainOf(document: Document, project: Project | undefined): Main | null {
  if (project === undefined || project.readings(document).some(({ image }) => image === 'main')) return null;
  const main = project.documents.find(
    (d) =>
      pathOf(d.uri)?.endsWith('/mkosi.conf') === true &&
      project.readings(d).some(({ image, role }) => image === 'main' && role === 'configuration'),
  );
  return main === undefined ? null : { main, sets: new Set([...main.assignments()].map((a) => a.setting)), ends: endsOf(main) };
}

/** Takes a line to the main image; where that sets the same already, away. */
function move(document: Document, assigned: Assigned, setting: Setting, { main, sets, ends }: Main): Fix {
  const single = setting.value.list === undefined;
  if (single && sets.has(setting)) return removal('Remove the line: mkosi.conf of the main image sets this', assigned);
  const there = atEndOf(main.edition.sectionOf(setting), written(document, assigned), main, ends);
  return { ...removal('Move the line to mkosi.conf of the main image', assigned), inOtherFile: { document: main, edits: [there] } };
}
