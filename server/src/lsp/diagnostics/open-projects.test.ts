import assert from 'node:assert/strict';
import { ProjectFolder } from '../testing/project-folder';
import { OpenProjects } from './open-projects';

describe('projects of open documents', () => {
  let folder: ProjectFolder, projects: OpenProjects, failed: string[];
  beforeEach(() => {
    folder = new ProjectFolder();
    failed = [];
    for (const name of ['a', 'b']) {
      folder.write(`${name}/.git/HEAD`);
      folder.write(`${name}/mkosi.conf`);
    }
    projects = new OpenProjects(folder.workspace, (what, error) => failed.push(`${what}: ${String(error)}`));
  });
  afterEach(() => {
    folder.remove();
    assert.deepEqual(failed, []);
  });

  it('assigns documents to the projects that they are part of, and `.nspawn` files to none', () => {
    const main = folder.open('a/mkosi.conf', ''),
      part = folder.open('a/mkosi.conf.d/x.conf', '');
    folder.open('b/mkosi.conf', '');
    folder.open('a/web.nspawn', '');
    assert.deepEqual(projects.assign(folder.at('a')), { documents: [main, part], affected: [] });
    assert.equal(projects.lastRootOf(part), folder.at('a'));
    assert.equal(projects.lastRootOf(folder.uri('a/web.nspawn')), undefined);
  });

  it('names both projects when a document has moved from one to another', () => {
    const inner = folder.open('a/inner/mkosi.conf.d/x.conf', ''),
      root = projects.rootOf(folder.at('a/inner/mkosi.conf.d/x.conf')) ?? '';
    projects.assign(root);
    folder.write('a/inner/.git/HEAD');
    folder.write('a/inner/mkosi.conf');
    projects.changed(folder.at('a/inner/mkosi.conf'), true);
    const now = projects.rootOf(folder.at('a/inner/mkosi.conf.d/x.conf')) ?? '';
    assert.notEqual(now, root);
    assert.deepEqual(projects.assign(folder.at('b')), { documents: [], affected: [now, root] });
    assert.deepEqual(projects.assign(now), { documents: [inner], affected: [] });
  });

  it('says which projects a file makes a difference to', () => {
    folder.open('a/mkosi.conf', '[Include]\nInclude=../shared.conf\n');
    folder.write('shared.conf');
    assert.ok(projects.inputOf(folder.workspace.get(folder.uri('a/mkosi.conf'))!).project);
    assert.deepEqual(projects.changed(folder.at('shared.conf'), false), [folder.at('a')]);
    assert.deepEqual(projects.changed(folder.at('b/mkosi.conf'), false), []);
  });

  it('gives rules the project of a file of mkosi, and none of other documents', () => {
    const { workspace } = folder;
    const input = projects.inputOf(workspace.get(folder.open('a/mkosi.conf', ''))!);
    assert.equal(input.project?.root, folder.at('a'));
    assert.equal(input.onHost?.path, folder.at('a/mkosi.conf'));
    assert.equal(projects.inputOf(workspace.get(folder.open('a/web.nspawn', ''))!).project, undefined);
    workspace.didOpen({ uri: 'untitled:x', languageId: 'mkosi', version: 1, text: '' });
    const untitled = projects.inputOf(workspace.get('untitled:x')!);
    assert.deepEqual([untitled.project, untitled.onHost], [undefined, undefined]);
  });

  it('lets projects choose the release that they need, if no one else has chosen', () => {
    const uri = folder.open('a/mkosi.conf', '[Config]\nMinimumVersion=25\n'),
      inForce = { systemd: { version: 257, from: 'host' }, mkosi: { version: folder.workspace.target.mkosi, from: 'newest' } } as const;
    assert.equal(projects.targetIn(folder.at('a')).byMinimum, false);
    projects.retarget(true, false);
    const chosen = projects.targetIn(folder.at('a'));
    assert.deepEqual([chosen.byMinimum, chosen.target.mkosi], [true, 25]);
    assert.deepEqual(projects.targetOf(uri, inForce), { ...inForce, mkosi: { version: 25, from: 'project' } });
    assert.deepEqual(projects.targetOf(folder.open('b/mkosi.conf', ''), inForce), inForce);
    assert.deepEqual(projects.targetOf(folder.open('web.nspawn', ''), inForce), inForce);
  });

  it('says how a file that is not open is read', () => {
    folder.write('a/mkosi.conf.d/x.conf', '[Content]\nBogus=1\n');
    folder.open('a/mkosi.conf', '');
    const member = projects.members(folder.at('a')).find(({ file }) => file.endsWith('x.conf'));
    assert.ok(member);
    const input = projects.inputOfUnopened(folder.uri('a/mkosi.conf.d/x.conf'), member);
    assert.equal(input.document, member.document);
    assert.equal(input.project?.root, folder.at('a'));
  });

  it('forgets the projects of which nothing is open', () => {
    const uri = folder.open('a/mkosi.conf', '');
    projects.assign(folder.at('a'));
    assert.ok(projects.inputOf(folder.workspace.get(uri)!).project);
    assert.ok(projects.has(folder.at('a')));
    folder.workspace.didClose(uri);
    projects.closed(uri);
    projects.keepOpen();
    assert.equal(projects.has(folder.at('a')), false);
    assert.equal(projects.size, 0);
  });
});
