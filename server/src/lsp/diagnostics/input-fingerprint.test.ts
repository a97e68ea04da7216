import assert from 'node:assert/strict';
import { ProjectFolder } from '../testing/project-folder';
import { InputFingerprint } from './input-fingerprint';
import { OpenProjects } from './open-projects';

describe('fingerprint of what rules check', () => {
  let folder: ProjectFolder, projects: OpenProjects;
  beforeEach(() => {
    folder = new ProjectFolder();
    folder.write('.git/HEAD');
    folder.write('mkosi.conf.d/x.conf');
    projects = new OpenProjects(folder.workspace, (what, error) => {
      throw new Error(what, { cause: error });
    });
    folder.open('mkosi.conf.d/x.conf', '[Match]\nDistribution=fedora\n[Content]\nPackages=vim\n');
  });
  afterEach(() => {
    folder.remove();
  });

  const opened = (name: string, text: string): void => {
    folder.open(name, text);
    projects.changed(folder.at(name), false);
  };
  const fingerprint = (): InputFingerprint =>
    new InputFingerprint(projects.inputOf(folder.workspace.get(folder.uri('mkosi.conf.d/x.conf'))!));

  it('is the same when another file has changed that makes no difference to this one', () => {
    opened('mkosi.conf', '[Distribution]\nDistribution=fedora\n');
    const before = fingerprint();
    opened('mkosi.conf', '[Distribution]\nDistribution=fedora\n[Output]\nImageId=x\n');
    assert.ok(fingerprint().equals(before));
  });

  it('differs when another file decides otherwise whether this one is read', () => {
    opened('mkosi.conf', '[Distribution]\nDistribution=fedora\n');
    const before = fingerprint();
    opened('mkosi.conf', '[Distribution]\nDistribution=debian\n');
    assert.equal(fingerprint().equals(before), false);
  });

  it('differs for another text, and for another release', () => {
    opened('mkosi.conf', '');
    const before = fingerprint();
    folder.workspace.retarget(folder.uri('mkosi.conf.d/x.conf'), { systemd: 257, mkosi: 20 });
    const older = fingerprint();
    assert.equal(older.equals(before), false);
    opened('mkosi.conf.d/x.conf', '[Match]\nDistribution=fedora\n[Content]\nPackages=less\n');
    assert.equal(fingerprint().equals(older), false);
  });
});
