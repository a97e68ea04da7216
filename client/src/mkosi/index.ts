import * as vscode from 'vscode';
import { nameOf } from '../ui/contribution';
import { showStatus } from '../ui/notifications';
import { pickMany, pickOne } from '../ui/prompts';
import { Check } from './check';
import { showMkosiError } from './complain';
import { mkosiContributions } from './contributions';
import { Effective } from './effective';
import type { LanguageServer } from './language-server';
import { openLens } from './lens';
import { migrate } from './migrate';
import { Mkosi, Refusal } from './program';
import { ProjectView } from './project-view';
import { type Project, Projects } from './projects';
import { type Request, taskTemplates } from './task-templates';
import { Tasks } from './tasks';

/** mkosi.profiles/ came with 19; until 24 a build has one profile at most. */
const anyProfiles = 19,
  severalProfiles = 25;

/** The commands that run a task, by the template they use. */
const taskCommands = {
  build: 'build',
  rebuild: 'rebuild',
  clean: 'clean',
  cleanAll: 'clean all',
  cleanPackages: 'clean all and packages',
  summary: 'summary',
  shell: 'shell',
  boot: 'boot',
} as const satisfies Partial<Record<keyof typeof mkosiContributions, string>>;

/** What this module offers to others. */
export interface Installed {
  /** The installed mkosi; undefined: none, or it may not be run in this workspace. */
  readonly facts: () => Promise<{ readonly mkosi: number; readonly mkosiClone: boolean } | undefined>;
}

/** Opens tasks, checks and commands for mkosi projects. Runs nothing before it is asked to. */
export function activateMkosi(context: vscode.ExtensionContext, server: LanguageServer): Installed {
  const mkosi = Mkosi.installed(() => vscode.workspace.isTrusted);
  const projects = new Projects(server),
    tasks = new Tasks(mkosi, projects),
    check = new Check(mkosi, projects, server),
    effective = new Effective(mkosi, check, server);
  /** A command for a project: what goes wrong is said with the next step. */
  const command = (name: keyof typeof mkosiContributions, act: (project: Project) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(mkosiContributions[name].id, async (clicked?: unknown) => {
      try {
        const project = await projects.choose(clicked, nameOf(mkosiContributions[name]));
        if (project !== undefined) await act(project);
      } catch (error) {
        showMkosiError(error);
      }
    });
  const run = async (project: Project, request: Request): Promise<void> => {
    // VS Code saves before it runs a task only what it is told to; mkosi reads the disk.
    await save(project);
    await tasks.run(project, request);
  };
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider('mkosi', tasks),
    check,
    effective,
    openLens(),
    projects,
    new ProjectView(projects, server),
    ...(Object.keys(taskCommands) as (keyof typeof taskCommands)[]).map((name) =>
      command(name, async (project) => {
        const request = taskTemplates(undefined).find((o) => o.name === taskCommands[name]);
        if (request !== undefined) await run(project, request);
      }),
    ),
    command('vm', async (project) => {
      const verb = taskTemplates(await mkosi.release()).find((o) => o.verb === 'vm' || o.verb === 'qemu');
      if (verb !== undefined) await run(project, verb);
    }),
    command('buildWithProfiles', async (project) => {
      const release = (await mkosi.release()) ?? severalProfiles,
        names = await projects.profiles(project);
      if (release < anyProfiles) throw new Error(`mkosi ${release} does not support profiles; mkosi ${anyProfiles} and newer do.`);
      if (names.length === 0) throw new Error('This project has no profiles. To add one, create mkosi.profiles/NAME.conf.');
      const title = release < severalProfiles ? 'Build with which profile?' : 'Build with which profiles?';
      const choices = names.map((name) => ({ label: name, value: name }));
      const profiles =
        release < severalProfiles
          ? await pickOne(choices, { title }).then((one) => (one === undefined ? undefined : [one]))
          : await pickMany(choices, { title });
      if (profiles !== undefined) await run(project, { verb: 'build', profiles });
    }),
    command('check', async (project) => {
      mkosi.program();
      await save(project);
      const found = await check.run(project);
      if (found === 0) showStatus('mkosi accepts the configuration');
      else if (found !== undefined) await vscode.commands.executeCommand('workbench.panel.markers.view.focus');
    }),
    command('showEffective', async (project) => {
      mkosi.program();
      await save(project);
      await effective.show(project);
    }),
    command('migrate', async (project) => {
      await save(project);
      const done = await migrate(server, project, await target(mkosi, project));
      if (done === undefined) showStatus('This project needs no migration');
    }),
  );
  return {
    facts: async () => {
      const release = await installed(mkosi);
      return release === undefined ? undefined : { mkosi: release, mkosiClone: await mkosi.isClone() };
    },
  };
}

/** Writes what is not saved of a project: mkosi and the migration read the disk. */
async function save({ uri }: Project): Promise<void> {
  const inside = (d: vscode.TextDocument): boolean =>
    d.isDirty && d.languageId === 'mkosi' && d.uri.toString().startsWith(`${uri.toString()}/`);
  await Promise.all(vscode.workspace.textDocuments.filter(inside).map((d) => d.save()));
}

/** The release to migrate to: the one that is set, else the one that is installed; undefined: the newest known. */
async function target(mkosi: Mkosi, project: Project): Promise<number | undefined> {
  const set = Number(vscode.workspace.getConfiguration('nspawn', project.uri).get('mkosiVersion'));
  if (set >= 15) return set;
  const release = await installed(mkosi);
  return release !== undefined && release >= 15 ? release : undefined;
}

async function installed(mkosi: Mkosi): Promise<number | undefined> {
  try {
    return await mkosi.release();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
