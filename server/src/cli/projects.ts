import { statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { effectiveOfFiles, effectiveText, type OutlineNode, type ProjectOutline, projectOutline } from '../features';
import { type Project, projectLimits } from '../model';
import { Projects } from '../node/projects';
import { patiently } from '../node/shared/mounts';
import { explainCode } from '../node/shared/small-file';
import { visibleLines } from '../node/shared/visible';
import { newest } from '../schema';

/** The verbs `mkosi-outline` and `effective`; errors are thrown as one line for standard error. */

export const projectsUsage = `Usage: cli.js mkosi-outline [--mkosi N] [--format text|json] [FOLDER]
       cli.js effective [--mkosi N] [--format text|json] [FOLDER]

mkosi-outline  lists the files of the mkosi project in FOLDER (default: the current one) in the order in which mkosi N
               (default: the newest known) reads and runs them, with what each is for and which scripts do not run.
effective      prints the settings that the files of the project set for each image, and the lines they come from.
               Nothing is executed: defaults and options of the command line are not listed, and what an executable
               such as mkosi.version prints is named as not known.
`;

/** Prints the outline of a project. */
export function outline(args: readonly string[]): void {
  ask('mkosi-outline', args, (project, json) => {
    const { disk, root } = project,
      { profiles, images, parts, more } = projectOutline(project);
    if (json)
      return { folder: root, mkosi: project.edition.version, profiles, images, parts, more: more || disk.budget.spent() !== undefined };
    return outlineText({ profiles, images, parts, more });
  });
}

/** Prints the settings that the files of a project set. */
export function effective(args: readonly string[]): void {
  ask('effective', args, (project, json) => {
    const found = effectiveOfFiles(project);
    return json ? { folder: project.root, mkosi: project.edition.version, ...found } : effectiveText(found, project.root).text;
  });
}

/** Prints what a verb says of a project, as text or JSON. */
function ask(verb: string, args: readonly string[], answer: (project: Project, json: boolean) => string | object): void {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { mkosi: { type: 'string' }, format: { type: 'string', default: 'text' } },
  });
  const [folder = '.', ...more] = positionals;
  if (more.length > 0) throw new Error(`${verb} takes one folder`);
  if (values.format !== 'text' && values.format !== 'json') throw new Error(`--format takes text or json, not "${values.format}"`);
  const project = projectAt(folder, releaseOf(values.mkosi)),
    found = answer(project, values.format === 'json');
  process.stdout.write(typeof found === 'string' ? visibleLines(found) : `${JSON.stringify(found, null, 1)}\n`);
}

/** The project that a folder is in. @throws Error where there is none */
function projectAt(folder: string, mkosi: number): Project {
  const absolute = path.resolve(folder);
  let isFolder: boolean;
  try {
    isFolder = patiently(absolute, () => statSync(absolute)).isDirectory();
  } catch (error) {
    throw new Error(`${folder} cannot be read: ${explainCode((error as NodeJS.ErrnoException).code ?? String(error))}`, { cause: error });
  }
  if (!isFolder) throw new Error(`${folder} is not a folder`);
  const projects = new Projects({ ...newest, mkosi }, undefined, false, false, { ...projectLimits, bytes: 4 << 20, milliseconds: 10_000 }),
    project = projects.at(projects.rootAt(absolute));
  if (project.documents.length === 0 && project.files.length === 0)
    throw new Error(`${folder} is in no mkosi project: there is no mkosi.conf or mkosi.default`);
  return project;
}

function releaseOf(value: string | undefined): number {
  if (value === undefined) return newest.mkosi;
  const release = Number(value);
  if (!Number.isFinite(release) || release <= 0) throw new Error(`--mkosi takes a version such as ${newest.mkosi}, not "${value}"`);
  return release;
}

function outlineText({ profiles, images, parts, more }: ProjectOutline): string {
  const lines = (nodes: readonly OutlineNode[], depth: number): string[] =>
    nodes.flatMap(({ name, isFolder, about, parts: below = [] }) => [
      `${'  '.repeat(depth)}${name}${isFolder ? '/' : ''}${about === '' ? '' : `  ${about}`}\n`,
      ...lines(below, depth + 1),
    ]);
  return [
    ...(images.length === 0 ? [] : [`images: ${images.join(', ')}\n`]),
    ...(profiles.length === 0 ? [] : [`profiles: ${profiles.join(', ')}\n`]),
    ...lines(parts, 0),
    ...(more ? ['... there is more than is listed\n'] : []),
  ].join('');
}
