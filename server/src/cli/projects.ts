import { statSync } from 'node:fs';
import path from 'node:path';
import { effectiveOfFiles, effectiveText, type OutlineNode, type ProjectOutline, projectOutline } from '../features';
import { type Project, projectLimits } from '../model';
import { Projects } from '../node/projects';
import { patiently } from '../node/shared/mounts';
import { explainCode } from '../node/shared/small-file';
import { visibleLines } from '../node/shared/visible';
import { newest } from '../schema';
import { formatOption, oneOf, release } from './options';
import { defineVerb } from './verb';

const formats = ['text', 'json'] as const;

const options = {
  mkosi: { type: 'string', value: 'N', help: `release of mkosi; default: ${newest.mkosi}` },
  format: formatOption(formats),
} as const;

export const mkosiOutline = defineVerb({
  name: 'mkosi-outline',
  summary: 'List the files of a mkosi project',
  forms: ['[FOLDER]'],
  description: `Lists the files of the mkosi project that a folder belongs to (default: the current one), in the order in which mkosi
reads and runs them, with what each is for and which scripts mkosi will not run. Nothing is executed.`,
  options,
  run({ values, operands }) {
    const project = projectOf(operands, values.mkosi),
      { root: folder, edition } = project,
      outline = projectOutline(project);
    print(values.format, outlineText(outline), { folder, mkosi: edition.version, ...outline });
  },
});

export const effective = defineVerb({
  name: 'effective',
  summary: 'Print the settings of a mkosi project with the lines that they come from',
  forms: ['[FOLDER]'],
  description: `Prints what the files of the mkosi project that a folder belongs to (default: the current one) set for each image, and
the lines that set it. Nothing is executed, so some values are not known: defaults and options of the command line are
not listed, and what an executable such as mkosi.version prints is named as not known.`,
  options,
  run({ values, operands }) {
    const project = projectOf(operands, values.mkosi),
      { root: folder, edition } = project,
      configuration = effectiveOfFiles(project);
    print(values.format, effectiveText(configuration, folder).text, { folder, mkosi: edition.version, ...configuration });
  },
});

function print(format: string, text: string, result: object): void {
  process.stdout.write(oneOf('format', format, formats) === 'json' ? `${JSON.stringify(result, null, 1)}\n` : visibleLines(text));
}

/** @throws Error where there is no project */
function projectOf([folder = '.', ...more]: readonly string[], mkosi: string | undefined): Project {
  if (more.length > 0) throw new Error('only one folder can be named');
  return projectAt(folder, release('mkosi', mkosi, newest.mkosi));
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
