import { type Document, ukiProfile } from '../../schema';
import type { FileReading } from '.';

/** A document, and how mkosi reads it. */
export interface DocumentReadings {
  readonly document: Document;
  readonly role: FileReading['role'];
  readonly readings: readonly FileReading[];
  /** Some image wants it. */
  readonly active: boolean;
}

/** Whether a file of this role is read in a section; old releases of mkosi read all of them. */
export function readsSection(section: string, { document: { edition }, role }: Pick<DocumentReadings, 'document' | 'role'>): boolean {
  if (!edition.schema.reader.skipsUnknownSections) return true;
  return (section === ukiProfile) === (role === 'uki-profile') && edition.sections.includes(section);
}

/** Every line as mkosi reads it, with the passage that it belongs to. */
export function* reads({
  readings,
}: DocumentReadings): Generator<{ passage: FileReading; read: FileReading['reads'] extends Map<number, infer R> ? R : never }> {
  for (const passage of readings) for (const read of passage.reads.values()) yield { passage, read };
}

/** Whether a line is never read: after a condition that does not hold, or in a file that nothing wants. */
export function unread({ readings, active, document }: DocumentReadings, start: number): boolean {
  if (!active) return true;
  const index = document.tree.indexAt(start),
    section = document.sectionAt(index),
    placed = document.tree.at(index);
  // Conditions are checked first, wherever they are: when they do not hold, nothing else is looked at.
  const assigns = section !== undefined && !document.edition.isCondition(section);
  if (readings.every((p) => start >= p.reached || (assigns && p.reached !== Infinity))) return true;
  return (
    section !== undefined &&
    placed?.line.kind === 'assignment' &&
    placed.line.key.length > 0 &&
    document.edition.isCondition(section) &&
    !readings.some((p) => p.reads.has(placed.start))
  );
}
