import { type Resumable, runToEnd } from '../model';
import { type Finding, judging as judgingBy, type LintInput } from '../rules';
import { type Family, familyOf } from './family';
import { mkosi } from './mkosi';
import { mkosiLegacy } from './mkosi-legacy';
import { nspawn } from './nspawn';
import { isOtherKind } from './other-kinds';

/** Every kind of file, by the name that the checker gives it. */
export const families = { nspawn, 'mkosi-legacy': mkosiLegacy, mkosi } satisfies Readonly<Record<string, Family>>;

export type Kind = keyof typeof families;

/** All of them; the first that matches a file gets it. */
export const allFamilies: readonly Family[] = Object.values(families);

/** The kind of a file, by its name and the folders above it; undefined for one that no family matches. @param path with slashes */
export const familyAt = (path: string, known = allFamilies): Family | undefined => known.find(({ claims }) => claims(path));

/** The family of a kind, as the checker names it. */
export const familyNamed = (kind: string, known = allFamilies): Family | undefined => known.find((family) => family.kind === kind);

/**
 * The kind of a text that an editor has: by its path; by the language that the editor says only where the name is not
 * known to be that of something else.
 * @param path with slashes, or the URI of a text that is not a file
 */
export const familyInEditor = (path: string, languageId: string, known = allFamilies): Family | undefined =>
  familyAt(path, known) ?? (isOtherKind(path) ? undefined : known.find(({ languageIds }) => languageIds.includes(languageId)));

/**
 * The kind of a text that was named explicitly: by its path; by its sections only where the name is not known to be that
 * of something else. Sections of two kinds give no result.
 * @param path with slashes; undefined for a text without a name
 */
export function familyOfText(path: string | undefined, text: () => string, known = allFamilies): Family | undefined {
  if (path !== undefined) {
    const claimed = familyAt(path, known);
    if (claimed !== undefined || isOtherKind(path)) return claimed;
  }
  const headers = new Set([...text().matchAll(/^\[([^\]\n\r]*)\]/gm)].map(([, name = '']) => name));
  const [found, other] = known.filter(({ sections }) => sections.some((section) => headers.has(section)));
  return other === undefined ? found : undefined;
}

/** The kind of a file that a project reads, which may have any name. */
export function familyInProject(path: string): Family {
  const named = familyAt(path);
  return named?.inProject === true ? named : mkosi;
}

/** What all rules of its kind find in a document, in the order of the text. */
export const findings = (here: LintInput): Finding[] => runToEnd(judging(here));

/** As above, but resumable after each rule. */
export const judging = (here: LintInput): Resumable<Finding[]> => judgingBy(here, familyOf(here.document).rules);

export { defineFamily, type Family, familyOf } from './family';
