import { families } from '../../families';
import { Project } from '../../model';
import { diskOf } from '../../rules/testing/project';
import { newest } from '../../schema';

/** A file of a project: absolute path and text. */
export interface File {
  readonly path: string;
  readonly text: string;
}

/** The project in /p that has some files. */
export function projectIn(files: readonly File[], mkosi = newest.mkosi): Project {
  const target = { ...newest, mkosi };
  return new Project(
    '/p',
    diskOf(Object.fromEntries(files.map(({ path, text }) => [path, text])), target),
    families.mkosi.at(target.mkosi),
  );
}
