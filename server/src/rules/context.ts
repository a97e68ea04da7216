import { type Document, pathOf } from '../schema';
import { Load } from '../model/assignments';
import { type Machine, machineOf } from '../model/nspawn/options';
import { type Place, placeOf } from '../model/nspawn/location';
import { type Disk, type Fault, type Passage, Project, only } from '../model/mkosi';
import type { Case, Situation } from './rule';

/** The path of a text that is no file. */
const nameless = '/mkosi.conf';

/** What the tool has after reading a document; all rules share it. */
const load = (document: Document): Load => new Load(document);
export const loadOf = (document: Document): Load => document.once(load);

/** One reading of a document, by the case that it is judged in. */
export class Situated implements Situation {
  readonly document: Document;
  readonly launch: Case['launch'];
  readonly trusted: boolean;
  readonly standing: Case['standing'];
  readonly project: Case['project'];
  readonly load: Load;
  readonly passages: readonly Passage[] = [];
  readonly active: boolean = true;
  private started: Machine | undefined;
  private stands: Place | undefined;

  constructor({ document, launch, trusted, standing, project }: Case) {
    this.document = document;
    this.launch = launch;
    this.trusted = trusted;
    this.standing = standing;
    // How mkosi reads a file: as part of its project, or alone, when nobody knows what lies around it.
    this.project = project;
    this.load = loadOf(document);
    if (document.edition.schema.data.tool !== 'mkosi') return;
    const known = this.reader, read = known?.passages(document) ?? [];
    this.passages = read.length > 0 ? read : [(known ?? document.once(alone)).supposed(document, this.path)];
    this.active = read.length > 0 || known === undefined;
  }

  get path(): string {
    return pathOf(this.document.uri) ?? nameless;
  }

  get role(): Passage['role'] {
    return this.passages[0]?.role ?? 'configuration';
  }

  get disk(): Disk | undefined {
    return this.reader?.disk;
  }

  get faults(): readonly Fault[] {
    return this.sameRelease?.faults ?? [];
  }

  get machine(): Machine {
    return (this.started ??= machineOf(this.load, this.launch, this.trusted, this.place?.scope));
  }

  get place(): Place | undefined {
    return (this.stands ??= this.standing === undefined ? undefined : placeOf(this.standing.path));
  }

  /** The project, if it is one of the release that the document is judged by. One that was read in part knows nothing of a file that it has not come to. */
  private get reader(): Project | undefined {
    const project = this.sameRelease;
    return project?.partial === true && project.passages(this.document).length === 0 ? undefined : project;
  }

  private get sameRelease(): Project | undefined {
    return this.project?.edition === this.document.edition ? this.project : undefined;
  }
}

/** A document that nobody knows a project of, as one. */
function alone(document: Document): Project {
  const path = pathOf(document.uri) ?? nameless;
  return new Project(path.slice(0, Math.max(path.lastIndexOf('/'), 1)), only(document, path), document.edition);
}
