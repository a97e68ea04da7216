import { type EffectiveAssignments, loadOf } from '../model/assignments';
import { type Fault, type FileReading, type FileSystem, only, Project } from '../model/mkosi';
import { type FileLocation, locationOf } from '../model/nspawn/location';
import { type NspawnOptions, optionsOf } from '../model/nspawn/options';
import { type Document, pathOf } from '../schema';
import type { LintInput, RuleContext } from './rule';

/** The path of a text that is not a file. */
const nameless = '/mkosi.conf';

/** One reading of a document, by the case that it is checked in. */
export class RuleContextOfDocument implements RuleContext {
  readonly document: Document;
  readonly launch: LintInput['launch'];
  readonly trusted: boolean;
  readonly onHost: LintInput['onHost'];
  readonly project: LintInput['project'];
  readonly assignments: EffectiveAssignments;
  readonly readings: readonly FileReading[] = [];
  readonly active: boolean = true;
  private started: NspawnOptions | undefined;
  private stands: FileLocation | undefined;

  constructor({ document, launch, trusted, onHost, project }: LintInput) {
    this.document = document;
    this.launch = launch;
    this.trusted = trusted;
    this.onHost = onHost;
    // How mkosi reads a file: as part of its project, or alone, when it is not known what lies around it.
    this.project = project;
    this.assignments = loadOf(document);
    if (!document.format.inProject) return;
    const known = this.reader,
      read = known?.readings(document) ?? [];
    this.readings = read.length > 0 ? read : [(known ?? document.once(alone)).supposed(document, this.path)];
    this.active = read.length > 0 || known === undefined;
  }

  get path(): string {
    return pathOf(this.document.uri) ?? nameless;
  }

  get role(): FileReading['role'] {
    return this.readings[0]?.role ?? 'configuration';
  }

  get fileSystem(): FileSystem | undefined {
    return this.reader?.disk;
  }

  get faults(): readonly Fault[] {
    return this.sameRelease?.faults ?? [];
  }

  get options(): NspawnOptions {
    return (this.started ??= optionsOf(this.assignments, this.launch, this.trusted, this.location?.scope));
  }

  get location(): FileLocation | undefined {
    return (this.stands ??= this.onHost === undefined ? undefined : locationOf(this.onHost.path));
  }

  /** The project, if it is of the release that the document is checked by. One that was read in part does not know its other files. */
  private get reader(): Project | undefined {
    const project = this.sameRelease;
    return project?.partial === true && project.readings(this.document).length === 0 ? undefined : project;
  }

  private get sameRelease(): Project | undefined {
    return this.project?.edition === this.document.edition ? this.project : undefined;
  }
}

/** A document without a known project, as a project of its own. */
function alone(document: Document): Project {
  const path = pathOf(document.uri) ?? nameless;
  return new Project(path.slice(0, Math.max(path.lastIndexOf('/'), 1)), only(document, path), document.edition);
}
