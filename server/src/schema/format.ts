import type { SchemaVersion } from './schema';
import type { Target } from './schemas';
import type { Version } from './types';

/** What a document knows of the kind of file that it is. `families/` has the rest, and the list of all kinds. */
export interface FileFormat {
  /** As the checker names it. */
  readonly kind: string;
  /** The tool whose release the file is checked for. */
  readonly release: keyof Target;
  /** The schema of a release of that tool. */
  readonly at: (version: Version) => SchemaVersion;
  /** Files of this kind are read together, as a project; others are read alone. */
  readonly inProject: boolean;
  /** The last release that reads such files; younger ones ignore them. */
  readonly until?: Version;
}
