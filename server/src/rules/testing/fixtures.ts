import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { newest } from '../../schema';
import type { LintInput } from '../rule';
import { lintInputOf } from './lint-input';
import { projectOf } from './project';

type Files = Readonly<Record<string, string>>;

/** The files that show what a rule finds: a `.nspawn` file, or a folder with the files of a mkosi project. */
export interface Fixture {
  /** Below the folder of the rules. */
  readonly path: string;
  /** The rule that it is named after. */
  readonly rule: string;
  /** Texts by path; of a `.nspawn` file by its name. */
  readonly files: Files;
  /** The files that are checked. */
  readonly checked: readonly string[];
  /** One of the files as it is to be checked. @param files other texts than in the fixture */
  readonly caseOf: (file: string, files?: Files) => LintInput;
}

/** A finding that is wanted. */
export interface Want {
  readonly line: number;
  readonly rule: string;
  readonly part: string;
}

/** `# want RULE "TEXT"` above a line: a rule finds something in it, with a message that contains the text. */
export function wantsOf(text: string): Want[] {
  const lines = text.split('\n');
  return lines.flatMap((l, i) => {
    const want = /^# want ([a-z0-9-]+) "(.*)"$/.exec(l);
    if (want === null) return [];
    let line = i + 1;
    while (lines[line]?.startsWith('# want ')) line++;
    return [{ line, rule: want[1] ?? '', part: want[2] ?? '' }];
  });
}

/** The fixtures in a folder: NAME[.VARIANT].nspawn, or a folder NAME[.VARIANT]. @param root absolute @param folder below it */
export function fixturesIn(root: string, folder: string): Fixture[] {
  return readdirSync(path.join(root, folder)).map((name): Fixture => {
    const at = path.join(folder, name),
      rule = name.split('.')[0] ?? '';
    if (!statSync(path.join(root, at)).isDirectory()) return nspawnFixture(at, rule, name, readFileSync(path.join(root, at), 'utf8'));
    return mkosiFixture(at, rule, textsBelow(path.join(root, at)));
  });
}

function nspawnFixture(at: string, rule: string, name: string, text: string): Fixture {
  const { launch, trusted } = lintInputOf(text);
  return {
    path: at,
    rule,
    files: { [name]: text },
    checked: [name],
    caseOf: (file, files = { [name]: text }) => ({ ...lintInputOf(files[file] ?? ''), launch, trusted }),
  };
}

/** A first line such as `# checked by mkosi 20, with pass of mode 600` says by which version, and which modes files have. */
function mkosiFixture(at: string, rule: string, files: Files): Fixture {
  const how = /^# checked (.*)/.exec(files['mkosi.conf'] ?? files['mkosi.default'] ?? '')?.[1] ?? '';
  const version = Number(/by mkosi ([\d.]+)/.exec(how)?.[1] ?? newest.mkosi);
  const modes = [...how.matchAll(/(\S+) of mode (\d+)/g)].map(([, file = '', mode = '']) => [file, Number.parseInt(mode, 8)] as const);
  return {
    path: at,
    rule,
    files,
    checked: Object.keys(files).filter((file) => /\.conf$|^mkosi\.default$/.test(file)),
    caseOf: (file, changed = files) => projectOf(changed, version, Object.fromEntries(modes)).caseOf(file),
  };
}

function textsBelow(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(names.toSorted().map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}
