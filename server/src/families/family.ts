import type { Implication } from '../model';
import type { Rule } from '../rules';
import type { Document, FileFormat } from '../schema';

/**
 * Everything that is specific to a kind of file. Its dialect, the verdicts of its tool and the pages that its
 * documentation links to are facts of its schema (`schema/readers.ts`). No other code depends on which kind a file is.
 */
export interface Family extends FileFormat {
  /** What editors call such files. */
  readonly languageIds: readonly string[];
  /** Whether a file is of this kind, by its name and the folders above it. @param path with slashes */
  readonly claims: (path: string) => boolean;
  /** Globs of the files that an editor reports to us when they change, as in LSP. */
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

const defined = new WeakSet<FileFormat>();
const isFamily = (format: FileFormat): format is Family => defined.has(format);

/** Every family is made here, so that a document can be asked for its own. */
export function defineFamily(family: Family): Family {
  defined.add(family);
  return family;
}

/** The kind of a document. @throws when it was opened as something that is not a family */
export function familyOf({ format }: Document): Family {
  if (!isFamily(format)) throw new Error(`${format.kind} is not a family of files`);
  return format;
}
