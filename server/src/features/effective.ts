import { type ConfigValues, type FileReading, mayQuote, type Project, prohibited } from '../model/mkosi';
import { byEdition, type Document, pathOf } from '../schema';
import { configurationOf } from './locate-message';

/** A line of a file that sets something; from 0. `path`: absolute. */
export interface Origin {
  readonly path: string;
  readonly line: number;
}

/** A setting of an image, with what it is and where that comes from. */
export interface EffectiveSetting {
  readonly name: string;
  /** As in JSON: a word, a list, or names with their values; null: none. */
  readonly value: unknown;
  /**
   * `file`: set in files of the image; `main`: taken over from the main image; `other`: by a file of a certain name such as
   * mkosi.version, on the command line, or a default.
   */
  readonly from: 'file' | 'main' | 'other';
  readonly origins: readonly Origin[];
  /** Why the value is not known or not shown, in a few words. */
  readonly unknown?: string;
}

export interface EffectiveImage {
  readonly name: string;
  readonly settings: readonly EffectiveSetting[];
}

/** What is in force in a project, by image, the main one first. */
export interface EffectiveConfiguration {
  readonly images: readonly EffectiveImage[];
  /** Caveats, in sentences. */
  readonly notes: readonly string[];
}

/** An image in what `mkosi --json summary` prints: settings by name. */
type PrintedImage = Readonly<Record<string, unknown>>;

/** Not settings, though they are printed among them. */
const notSettings = new Set(['Image', 'Files']);

/**
 * Adds to what `mkosi --json summary` prints the lines that each value comes from.
 * @param project read for the release of the mkosi that has printed it
 * @throws Error when the text is not what mkosi prints
 */
export function effectiveOfSummary(json: string, project: Project): EffectiveConfiguration {
  const images = imagesIn(json),
    main = images.find(isMain);
  const lines = images.map((image) => linesOf(image, images, project)),
    ofMain = main === undefined ? new Map<string, readonly Origin[]>() : lines[images.indexOf(main)];
  const notes = images.every((i) => i.Files === undefined)
    ? [
        'This version of mkosi does not report which files it has read (25 and newer do): lines whose [Match] does not apply may be listed too.',
      ]
    : [];
  return {
    notes,
    images: images.map((image, at) => {
      const own = lines[at],
        handed = image === main ? none : inheritedBy(String(image.Image), project);
      const settings = Object.keys(image).filter((key) => !notSettings.has(key));
      return {
        name: nameOf(image),
        settings: settings.sort().map((name): EffectiveSetting => {
          const value = image[name],
            above = handed.has(name) ? (ofMain?.get(name) ?? []) : [],
            set = own?.get(name);
          if (set !== undefined) return { name, value, from: 'file', origins: counting(value, [...above, ...set]) };
          return above.length > 0 && isSame(value, main?.[name])
            ? { name, value, from: 'main', origins: counting(value, above) }
            : { name, value, from: 'other', origins: [] };
        }),
      };
    }),
  };
}

/**
 * What the files of a project say, without mkosi: nothing is executed, and what only mkosi knows is listed in the notes.
 * @param project read for the release that is asked about
 */
export function effectiveOfFiles(project: Project): EffectiveConfiguration {
  const main = project.values.get('main'),
    ofMain = originsIn(project, 'main');
  const notes = [
    'Without mkosi: settings that no file sets are not listed, and options of the command line are not known.',
    'Conditions are checked against this computer.',
    ...(project.partial ? ['This project is too large to be read to its end: more may be set.'] : []),
  ];
  const images = [...project.values].map(([name, values]): EffectiveImage => {
    const own = name === 'main' ? ofMain : originsIn(project, name),
      handed = name === 'main' ? none : inheritedBy(name, project);
    const names = [...new Set([...own.keys(), ...values.own.keys(), ...(name === 'main' ? values.first.keys() : handed)])];
    const settings = names.sort().flatMap((setting): EffectiveSetting[] => {
      const above = handed.has(setting) ? (ofMain.get(setting) ?? []) : [],
        set = own.get(setting) ?? [],
        printed = values.printed.get(setting) ?? (handed.has(setting) ? main?.printed.get(setting) : undefined);
      if (set.length === 0 && above.length === 0 && !values.own.has(setting)) return [];
      const all = [...above, ...set],
        value = plainValue(values.value(setting));
      // Inherited from the main image, where no line sets it.
      if (name !== 'main' && all.length === 0 && main !== undefined && isSame(value, plainValue(main.value(setting)))) return [];
      const unknown = unknownValue(all, printed, project);
      return [
        {
          name: setting,
          value: unknown === undefined ? value : null,
          from: set.length > 0 ? 'file' : above.length > 0 ? 'main' : 'other',
          origins: counting(value, all).map(({ path, line }) => ({ path, line })),
          ...(unknown === undefined ? {} : { unknown }),
        },
      ];
    });
    return { name, settings };
  });
  return { images, notes };
}

/** The assignments in all files of a project, in their order; of releases that print no JSON. */
export function assignmentsIn(
  project: Project,
): readonly { readonly name: string; readonly value: string; readonly origin: Origin; readonly isRead: boolean }[] {
  return configurationOf(project).flatMap((document) => {
    const known = project.readings(document).filter(hasAssignments);
    return assignedIn(known[0] ?? project.supposed(document, pathOf(document.uri) ?? ''), project).map(({ origin, value, key }) => ({
      name: key,
      value,
      origin,
      isRead: known.length > 0,
    }));
  });
}

const none: ReadonlySet<string> = new Set();

/** Settings whose value in the main image counts in others as well, which may or may not set it themselves. */
const inherited = byEdition(({ schema: { data } }) => {
  const having = (...scopes: readonly string[]): ReadonlySet<string> =>
    new Set(data.settings.filter(({ scope = '' }) => scopes.includes(scope)).map(({ name }) => name));
  return { images: having('inherit', 'universal', 'multiversal'), tools: having('multiversal') };
});

const inheritedBy = (image: string, { edition }: Project): ReadonlySet<string> =>
  image === 'tools' ? inherited(edition).tools : inherited(edition).images;

/** The origin as a place in its document. */
interface DocumentOrigin extends Origin {
  readonly document: Document;
}

/** What a reading of a file assigns, without its conditions. */
function assignedIn(
  reading: FileReading,
  { edition }: Project,
): { readonly setting: string | undefined; readonly key: string; readonly value: string; readonly origin: DocumentOrigin }[] {
  const { document, image, reads } = reading,
    path = pathOf(document.uri) ?? '';
  return [...reads.values()].flatMap(({ assigned: { line, start, section, setting } }) => {
    if (section === undefined || edition.isCondition(section)) return [];
    if (setting !== undefined && prohibited(setting, image, edition)) return [];
    const origin = { document, path, line: document.text.positionAt(start + line.key.inLine(0)).line };
    return [{ setting: setting?.name, key: line.key.text, value: line.value.text, origin }];
  });
}

/** Whether a file was read beyond its conditions. */
const hasAssignments = ({ reads, document: { edition } }: FileReading): boolean =>
  [...reads.values()].some(({ assigned: { section } }) => section !== undefined && !edition.isCondition(section));

/** By the name of a setting, the lines that set it for an image. */
function originsIn(project: Project, image: string): Map<string, DocumentOrigin[]> {
  const readings = project.documents.flatMap((document) => project.readings(document)).filter((reading) => reading.image === image);
  return bySetting(readings, project);
}

function bySetting(readings: readonly FileReading[], project: Project): Map<string, DocumentOrigin[]> {
  const found = new Map<string, DocumentOrigin[]>();
  for (const { setting, origin } of readings.flatMap((reading) => assignedIn(reading, project))) {
    if (setting === undefined) continue;
    const others = found.get(setting);
    if (others === undefined) found.set(setting, [origin]);
    else others.push(origin);
  }
  return found;
}

/** The lines of the files that mkosi has read for an image, by the name of the setting. */
function linesOf(image: PrintedImage, images: readonly PrintedImage[], project: Project): Map<string, DocumentOrigin[]> {
  const documents = configurationOf(project),
    byPath = new Map(documents.map((document) => [pathOf(document.uri) ?? '', document]));
  const read = Array.isArray(image.Files)
    ? [...new Set(image.Files.filter((file) => typeof file === 'string'))]
    : [...byPath.keys()].filter((path) => isOf(path, image, images, project));
  const name = nameOf(image);
  const readings = read.flatMap((path): readonly FileReading[] => {
    const document = byPath.get(path) ?? (path.startsWith('/') ? project.disk.document(path) : undefined);
    if (document === undefined) return [];
    // mkosi may run on another computer or with other options than the model knows of: what it has read counts.
    const known = project.readings(document).filter((reading) => reading.image === name && hasAssignments(reading));
    return known.length > 0 ? known : [project.supposed(document, path)];
  });
  return bySetting(readings, project);
}

/** Whether a file is of an image, by where it is; for releases that do not say what they have read. */
function isOf(path: string, image: PrintedImage, images: readonly PrintedImage[], { root }: Project): boolean {
  const [, group, entry = ''] =
    /^mkosi\.(images|presets|profiles|tools\.conf|initrd\.conf)(?:\/([^/]+))?/.exec(path.slice(root.length + 1)) ?? [];
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

/** A list grows with every line; of any other setting the last line counts. */
const counting = <T extends Origin>(value: unknown, origins: readonly T[]): readonly T[] =>
  typeof value === 'object' && value !== null ? origins : origins.slice(-1);

function unknownValue(origins: readonly DocumentOrigin[], printed: string | undefined, project: Project): string | undefined {
  if (printed !== undefined) return `what ${below(project.root, printed)} prints`;
  return origins.every(({ document }) => mayQuote(document, project)) ? undefined : 'set in a file outside of the project';
}

/** A path as it is shown to people: from the folder of the project on. */
export const below = (folder: string, path: string): string => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path);

const plainValue = (value: ReturnType<ConfigValues['value']>): unknown => (value instanceof Map ? Object.fromEntries(value) : value);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether a value is an object of JSON, and not a list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Until 25 the main image has no name; until 23 there is none beside those of mkosi.images/. */
const isMain = ({ Image: name }: PrintedImage): boolean => typeof name !== 'string' || name === 'main';
const nameOf = (image: PrintedImage): string => (isMain(image) ? 'main' : String(image.Image));

function imagesIn(json: string): PrintedImage[] {
  const parsed = parsedJson(json),
    images = isRecord(parsed) ? parsed.Images : undefined;
  if (!Array.isArray(images))
    throw new Error(
      'mkosi printed JSON without images: this version of mkosi is not supported here. The task "summary" shows the configuration as text.',
    );
  const tools = isRecord(parsed) && isRecord(parsed.Tools) ? [{ ...parsed.Tools, Image: 'tools' }] : [];
  // mkosi lists the main image last; it is shown first.
  return [...images.filter(isRecord).toReversed(), ...tools];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('mkosi did not print JSON. The task "summary" shows the configuration as text.', { cause: error });
  }
}
