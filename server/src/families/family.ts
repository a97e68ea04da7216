import type { Implication } from '../model';
import type { Rule } from '../rules';
import type { Document, FileFormat } from '../schema';

/**
 * Everything that is special about a kind of file. Its dialect, the verdicts of its tool and the pages that its
 * documentation links to are facts of its schema (`schema/reader.ts`). Nothing else asks which kind a file is.
 */
export interface FamilyRecord extends FileFormat {
  /** What editors call such files. */
  readonly languageIds: readonly string[];
  /** Whether a file is of this kind, by its name and the folders above it. @param path with slashes */
  readonly claims: (path: string) => boolean;
  /** Globs of the files that an editor tells us of when they change, as in LSP. */
  readonly watched: readonly string[];
  /** Folders of the system that hold such files, besides those that an editor has open. */
  readonly systemFolders: readonly string[];
  /** Sections that show that a text is of this kind, when its name says nothing. */
  readonly sections: readonly string[];
  /** The rules that it takes, in the order in which they are asked. */
  readonly rules: readonly Rule[];
  /** Whether the tool trusts a file, by the folder that it lies in. @param path absolute, with slashes */
  readonly trusts: (path: string) => boolean;
  /** A file describes the machine that it is named after, and may name paths of its image. */
  readonly machine: boolean;
  /** Settings that bring others with them, for hints. */
  readonly implications?: readonly Implication[];
}

/** A kind of file. Every document is of one. */
export class Family implements FamilyRecord {
  readonly kind: FamilyRecord['kind'];
  readonly release: FamilyRecord['release'];
  readonly at: FamilyRecord['at'];
  readonly inProject: boolean;
  readonly until?: number;
  readonly languageIds: FamilyRecord['languageIds'];
  readonly claims: FamilyRecord['claims'];
  readonly watched: readonly string[];
  readonly systemFolders: readonly string[];
  readonly sections: FamilyRecord['sections'];
  readonly rules: FamilyRecord['rules'];
  readonly trusts: FamilyRecord['trusts'];
  readonly machine: boolean;
  readonly implications: readonly Implication[];

  constructor(record: FamilyRecord) {
    this.kind = record.kind;
    this.release = record.release;
    this.at = record.at;
    this.inProject = record.inProject;
    if (record.until !== undefined) this.until = record.until;
    this.languageIds = record.languageIds;
    this.claims = record.claims;
    this.watched = record.watched;
    this.systemFolders = record.systemFolders;
    this.sections = record.sections;
    this.rules = record.rules;
    this.trusts = record.trusts;
    this.machine = record.machine;
    this.implications = record.implications ?? [];
  }
}

/** The kind of a document. @throws when it was opened as something that is no family */
export function familyOf({ format }: Document): Family {
  if (!(format instanceof Family)) throw new Error(`${format.kind} is not a family of files`);
  return format;
}
