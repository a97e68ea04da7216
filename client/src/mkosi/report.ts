import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import inherited from './inherited.json';
import { type Assignment, assignments, type File, type Place } from './places';

interface Link {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly to: Place;
}

/** A text with links in it; lines and characters from 0. */
export interface Report {
  readonly text: string;
  readonly links: readonly Link[];
}

/** What `mkosi --json summary` says about an image: settings by name. */
type Image = Readonly<Record<string, unknown>>;

/** Not settings, though they stand among them. */
const notSettings = new Set(['Image', 'Files']);
/** Sections that ask for values instead of setting them. */
const conditions = /^(Trigger)?(Match|Assert)$/;

/** Lines with links at their ends, as they are put together. */
class Page {
  readonly lines: string[] = [];
  readonly links: Link[] = [];

  constructor(private readonly folder: string) {}

  /** A comment that names places. */
  from(places: readonly Place[]): void {
    let comment = '# from';
    for (const to of places) {
      const where = `${path.relative(this.folder, to.path)}:${to.line + 1}`;
      this.links.push({ line: this.lines.length, start: comment.length + 1, end: comment.length + 1 + where.length, to });
      comment += ` ${where}`;
    }
    this.lines.push(comment);
  }

  get report(): Report {
    return { text: `${this.lines.join('\n')}\n`, links: this.links };
  }
}

/**
 * The settings of every image in what `mkosi --json summary` prints, with the files and lines that set them. What is set
 * stands first; what mkosi chose itself follows.
 * @param folder of the project; paths are shown relative to it
 * @throws Error when the text is not what mkosi prints
 */
export function report(json: string, files: readonly File[], folder: string): Report {
  const images = imagesIn(json),
    page = new Page(folder);
  const all = files.map((file) => ({ file, assignments: assignments(file).filter((a) => !conditions.test(a.section)) }));
  if (images.every((i) => i.Files === undefined)) {
    page.lines.push(
      '# This version of mkosi does not report which files it has read (25 and newer do): lines whose [Match] does not apply may be listed too.',
      '',
    );
  }
  /** What the files of an image set, by the name of the setting. */
  const setIn = (image: Image | undefined): ReadonlyMap<string, readonly Assignment[]> => {
    const found = new Map<string, Assignment[]>();
    for (const a of all.flatMap(({ file, assignments: some }) =>
      image !== undefined && isReadBy(file.path, image, folder, images) ? some : [],
    )) {
      const name = a.name.replace(/^@/, ''),
        others = found.get(name);
      if (others === undefined) found.set(name, [a]);
      else others.push(a);
    }
    return found;
  };
  const main = images.find(isMain),
    ofMain = setIn(main);
  for (const [at, image] of images.entries()) {
    const settings = Object.keys(image)
      .filter((key) => !notSettings.has(key))
      .sort();
    const own = setIn(image),
      handed = image === main ? [] : image.Image === 'tools' ? inherited.tools : inherited.images;
    const fromMain = (key: string): readonly Assignment[] => (handed.includes(key) ? (ofMain.get(key) ?? []) : []);
    const set = settings.filter((key) => own.has(key)),
      others = settings.filter((key) => !own.has(key));
    const given = others.filter((key) => fromMain(key).length > 0 && isDeepStrictEqual(image[key], main?.[key]));
    const tell = (key: string, places: readonly Assignment[]): void => {
      const value = image[key];
      // A list grows with every line, of anything else the last line counts.
      page.from(Array.isArray(value) || isRecord(value) ? places : places.slice(-1));
      page.lines.push(...say(key, value));
    };
    if (at > 0) page.lines.push('');
    page.lines.push(`# ---- image ${nameOf(image)} ----`);
    for (const key of set) tell(key, [...fromMain(key), ...(own.get(key) ?? [])]);
    if (given.length > 0) page.lines.push('', '# From the main image:');
    for (const key of given) tell(key, fromMain(key));
    const rest = others.filter((key) => !given.includes(key));
    if (rest.length > 0) page.lines.push('', '# Not set by name: from files found by name, and defaults.');
    for (const key of rest) page.lines.push(...say(key, image[key]));
  }
  return page.report;
}

/**
 * The same for releases that only print text: what the files set, with its lines, and then what mkosi makes of it.
 * @param release of mkosi, 18 or older
 */
export function reportOfText(stdout: string, files: readonly File[], folder: string, release: number): Report {
  const page = new Page(folder);
  page.lines.push(
    `# mkosi ${release} says what it makes of the configuration as text only, without the lines it came from; mkosi 19 and newer say it setting by setting.`,
    '',
    '# ---- set in the files ----',
  );
  for (const assignment of files.flatMap(assignments).filter((a) => !conditions.test(a.section))) {
    page.from([assignment]);
    page.lines.push(
      ...lines(
        assignment.name,
        assignment.values.map((v) => v.text).filter((v) => v !== ''),
      ),
    );
  }
  page.lines.push('', `# ---- as mkosi ${release} sees it ----`, stdout.trimEnd());
  return page.report;
}

/** The files that mkosi has read, which since release 25 it tells. @throws Error when the text is not what mkosi prints */
export const filesIn = (json: string): string[] => [
  ...new Set(imagesIn(json).flatMap((i) => (Array.isArray(i.Files) ? i.Files.filter((f) => typeof f === 'string') : []))),
];

const isRecord = (value: unknown): value is Image => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Until 25 the main image has no name; until 23 there is none beside those of mkosi.images/. */
const isMain = ({ Image: name }: Image): boolean => typeof name !== 'string' || name === 'main';
const nameOf = (image: Image): string => (isMain(image) ? 'main' : String(image.Image));

/** Whether an image is made of a file: as mkosi says, else by where the file lies. */
function isReadBy(file: string, image: Image, folder: string, images: readonly Image[]): boolean {
  if (Array.isArray(image.Files)) return image.Files.includes(file);
  const [, group, entry = ''] =
    /^mkosi\.(images|presets|profiles|tools\.conf|initrd\.conf)(?:\/([^/]+))?/.exec(path.relative(folder, file)) ?? [];
  const name = entry.replace(/\.conf$/, '');
  switch (group) {
    // Until 23 the main configuration was that of every image.
    case undefined:
      return isMain(image) || !images.some(isMain);
    case 'profiles':
      return [image.Profile, image.Profiles].flat().includes(name);
    case 'images':
    case 'presets':
      return name === image.Image;
    default:
      return false;
  }
}

function imagesIn(json: string): Image[] {
  const parsed: unknown = JSON.parse(json),
    images = isRecord(parsed) ? parsed.Images : undefined;
  if (!Array.isArray(images))
    throw new Error(
      'mkosi printed JSON without images: this version of mkosi is not supported here. The task "summary" shows the configuration as text.',
    );
  const tools = isRecord(parsed) && isRecord(parsed.Tools) ? [{ ...parsed.Tools, Image: 'tools' }] : [];
  // mkosi lists the main image last; people look for it first.
  return [...images.filter(isRecord).toReversed(), ...tools];
}

function say(key: string, value: unknown): string[] {
  return lines(
    key,
    Array.isArray(value) ? value.map(text) : isRecord(value) ? Object.entries(value).map(([k, v]) => `${k}=${text(v)}`) : [text(value)],
  );
}

const lines = (key: string, items: readonly string[]): string[] =>
  items.length <= 1 ? [`${key}=${items[0] ?? ''}`] : [`${key}=`, ...items.map((i) => `    ${i}`)];

function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isRecord(value)) {
    const inner = Object.values(value).filter((v) => v !== null && v !== '');
    return inner.every((v) => typeof v === 'string') && inner.length > 0 ? inner.join(':') : JSON.stringify(value);
  }
  return typeof value === 'string' ? value.replace(/\n/g, '\n    ') : JSON.stringify(value);
}
