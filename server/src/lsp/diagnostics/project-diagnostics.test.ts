import assert from 'node:assert/strict';
import type { LintInput } from '../../rules';
import { ProjectFolder } from '../testing/project-folder';
import { OpenProjects } from './open-projects';
import { ProjectDiagnostics, type ProjectDiagnosticsOptions } from './project-diagnostics';

describe('diagnostics of a project', () => {
  let folder: ProjectFolder, projects: OpenProjects;
  let checked: string[], kept: string[][], waiting: string[], targetChanges: number;
  beforeEach(() => {
    folder = new ProjectFolder();
    for (const name of ['a', 'b']) folder.write(`${name}/.git/HEAD`);
    folder.write('a/mkosi.conf');
    folder.write('a/mkosi.conf.d/x.conf', '[Content]\nBogus=1\n');
    projects = new OpenProjects(folder.workspace, (what, error) => {
      throw new Error(what, { cause: error });
    });
    checked = [];
    kept = [];
    waiting = [];
    targetChanges = 0;
  });
  afterEach(() => {
    folder.remove();
  });

  const nameOf = (uri: string): string => uri.slice(folder.uri('').length).replace(/^\//, '');
  function diagnosticsOf(more: Partial<ProjectDiagnosticsOptions> = {}): ProjectDiagnostics {
    return new ProjectDiagnostics({
      workspace: folder.workspace,
      projects,
      publisher: {
        addUnopened: () => undefined,
        keepUnopened: (_, uris) => {
          kept.push([...uris].map(nameOf));
          return [];
        },
      },
      queue: { addProject: (root) => waiting.push(root), hasProject: (root) => waiting.includes(root) },
      checkFile: (uri) => {
        checked.push(nameOf(uri));
        return Promise.resolve(true);
      },
      targetChanged: () => {
        targetChanges++;
        return Promise.resolve();
      },
      ...more,
    });
  }
  const checkedNow = (): string[] => checked.splice(0);

  it('checks open documents first, then the other files', async () => {
    folder.open('a/mkosi.conf', '');
    await diagnosticsOf().check(folder.at('a'));
    assert.deepEqual(checked, ['a/mkosi.conf', 'a/mkosi.conf.d/x.conf']);
    assert.deepEqual(kept, [['a/mkosi.conf.d/x.conf']]);
  });

  it('checks again only what is read differently, or everything when that is asked for', async () => {
    const diagnostics = diagnosticsOf();
    folder.open('a/mkosi.conf', '');
    await diagnostics.check(folder.at('a'));
    checkedNow();
    await diagnostics.check(folder.at('a'));
    assert.deepEqual(checkedNow(), []);
    folder.open('a/mkosi.conf', '[Output]\nImageId=x\n');
    projects.changed(folder.at('a/mkosi.conf'), false);
    await diagnostics.check(folder.at('a'));
    assert.deepEqual(checkedNow(), ['a/mkosi.conf']);
    diagnostics.invalidate();
    await diagnostics.check(folder.at('a'));
    assert.equal(checkedNow().length, 2);
  });

  it('checks again what was being checked when everything became out of date', async () => {
    const diagnostics = diagnosticsOf({
      checkFile: (uri) => {
        checked.push(nameOf(uri));
        if (checked.length === 1) diagnostics.invalidate();
        return Promise.resolve(true);
      },
    });
    folder.open('a/mkosi.conf', '');
    for (let i = 0; i < 2; i++) await diagnostics.check(folder.at('a'));
    assert.deepEqual(checked, ['a/mkosi.conf', 'a/mkosi.conf.d/x.conf', 'a/mkosi.conf']);
  });

  it('checks nothing of a project of which nothing is open, and keeps nothing of it', async () => {
    await diagnosticsOf().check(folder.at('a'));
    assert.deepEqual([checked, kept], [[], [[]]]);
  });

  it('gives up when the project has to be checked again, and takes nothing back', async () => {
    folder.open('a/mkosi.conf', '');
    const edited = (uri: string, _: LintInput, outdated: () => boolean): Promise<boolean> => {
      checked.push(nameOf(uri));
      waiting.push(folder.at('a'));
      return Promise.resolve(!outdated());
    };
    await diagnosticsOf({ checkFile: edited }).check(folder.at('a'));
    assert.deepEqual([checked, kept], [['a/mkosi.conf'], []]);
  });

  it('says when a project is checked by another release', async () => {
    const diagnostics = diagnosticsOf();
    projects.retarget(true, false);
    const uri = folder.open('a/mkosi.conf', '[Config]\nMinimumVersion=25\n');
    for (let i = 0; i < 2; i++) await diagnostics.check(folder.at('a'));
    assert.equal(targetChanges, 1);
    assert.equal(folder.workspace.get(uri)?.edition.version, 25);
    folder.open('a/mkosi.conf', '[Config]\nMinimumVersion=26\n');
    projects.changed(folder.at('a/mkosi.conf'), false);
    await diagnostics.check(folder.at('a'));
    assert.equal(targetChanges, 2);
    assert.equal(folder.workspace.get(uri)?.edition.version, 26);
  });

  it('lets both projects be checked when a file has moved from one to the other', async () => {
    const diagnostics = diagnosticsOf();
    folder.open('a/inner/mkosi.conf.d/x.conf', '');
    const before = projects.rootOf(folder.at('a/inner/mkosi.conf.d/x.conf')) ?? '';
    await diagnostics.check(before);
    folder.write('a/inner/.git/HEAD');
    folder.write('a/inner/mkosi.conf');
    projects.changed(folder.at('a/inner/mkosi.conf'), true);
    await diagnostics.check(before);
    assert.deepEqual(waiting, [folder.at('a/inner')]);
  });

  it('forgets the projects of which nothing is open any more', async () => {
    const diagnostics = diagnosticsOf({
      publisher: { addUnopened: () => undefined, keepUnopened: () => [folder.uri('a/mkosi.conf.d/x.conf')] },
      checkFile: () => Promise.resolve(true),
    });
    const uri = folder.open('a/mkosi.conf', '');
    await diagnostics.check(folder.at('a'));
    folder.workspace.didClose(uri);
    diagnostics.closed(uri);
    projects.closed(uri);
    diagnostics.forgetClosed();
    assert.equal(diagnostics.size + projects.size, 0);
  });
});
