import { type Document, ukiProfile } from '../schema';
import type { Span } from '../syntax';
import type { ValuePart } from '../values';
import { isKnown, type Known, readingOf, spanOf } from './lookup';

/** Names that several files share: things of a host, and the images and profiles of a project. */
export type NameKind = 'zone' | 'bridge' | 'port' | 'image' | 'profile';

/** Whether a name is one inside a project of mkosi. */
export const isOfProject = (kind: NameKind): boolean => kind === 'image' || kind === 'profile';

/** A shared name, and the text that stands for it. */
export interface Name {
  readonly kind: NameKind;
  /** What makes two uses the same: the name, or for ports the protocol with the port of the host. */
  readonly name: string;
  /** In the document. */
  readonly span: Span;
}

/** One use of a shared name in a value. */
export interface Use extends Name {
  readonly assigned: Known;
  readonly part: ValuePart;
}

/** The shared names that a document uses, or those on lines that touch a span of it. Only settings that can hold one are read. */
export function namesIn(document: Document, span?: Span): Use[] {
  const names: Use[] = [];
  for (const assigned of document.assignments(span)) {
    if (!isKnown(assigned)) continue;
    const kind = kindOfNames(assigned);
    if (kind === undefined) continue;
    const parts = readingOf(document, assigned)?.parts ?? [];
    if (isOfProject(kind)) {
      for (const part of parts.filter((p) => p.label === 'value' && !(kind === 'image' && ownImages.has(p.text)))) {
        names.push({ kind, name: part.text, span: spanOf(assigned, part), assigned, part });
      }
      continue;
    }
    const part = parts.find((p) => p.label === labels[kind]) ?? (kind === 'port' ? undefined : parts[0]);
    if (part === undefined || part.text === '') continue;
    const protocol = kind === 'port' ? `${parts.find((p) => p.label === 'protocol')?.word ?? 'tcp'}:` : '';
    names.push({ kind, name: `${protocol}${part.number ?? part.text}`, span: spanOf(assigned, part), assigned, part });
  }
  return names;
}

/** Settings of nspawn that name something outside of the machine, and of mkosi that name something in the project. */
const kindOfSetting: Readonly<Partial<Record<string, NameKind>>> = {
  Zone: 'zone',
  Bridge: 'bridge',
  Port: 'port',
  Dependencies: 'image',
  Images: 'image',
  Presets: 'image',
  Image: 'image',
  Profiles: 'profile',
  Profile: 'profile',
};
/** What the images are called that have no folder in mkosi.images/. */
const ownImages: ReadonlySet<string> = new Set(['main', 'tools', 'default-initrd']);

/** The kind of the names that a setting takes; undefined for one that names nothing shared. */
export const kindOfNames = ({ setting, section }: Known): NameKind | undefined =>
  section === ukiProfile ? undefined : kindOfSetting[setting.name];
/** The part of the value that is the name. */
const labels: Readonly<Partial<Record<NameKind, string>>> = { zone: 'zone', bridge: 'bridge', port: 'host port' };

/** The use of a shared name at an offset. */
export const nameAt = (document: Document, offset: number): Use | undefined =>
  namesIn(document, { start: offset, end: offset }).find(({ span }) => span.start <= offset && offset <= span.end);
