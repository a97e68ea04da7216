import { byEdition, type Document, pathOf, type SchemaVersion, ukiProfile } from '../../schema';
import { shortened } from '../../syntax';
import type { Value } from './assign';
import { isLegacyConfiguration } from './file-names';
import { base, expanded, type FileSystem, parent, resolve } from './file-system';
import { readDocument, readLegacy } from './legacy';
import { ConfigReader, type Fault, mainFile, type ReadContext, unread } from './reader';
import type { FileReading, Read } from './reading';
import { ConfigValues } from './values-in-force';
import { compareVersions } from './versions';

/**
 * A folder with configuration, as one release of mkosi reads it: every file in its order, for every image. Reading
 * happens once, when the project is made; a changed file wants a new project.
 */
export class Project {
  private readonly ground: ReadContext;
  private readonly byDocument = new Map<Document, FileReading[]>();
  private all: readonly Document[] | undefined;
  private paths: ReadonlySet<string | undefined> | undefined;
  private possible: ReadonlySet<string> | undefined;
  /** It was too large to be read completely: nothing is known about the rest. */
  readonly partial: boolean = false;

  /** @param root the folder that mkosi is called in */
  constructor(
    readonly root: string,
    readonly disk: FileSystem,
    readonly edition: SchemaVersion,
  ) {
    this.ground = { edition, disk, root, passages: [], faults: [], profiles: new Map(), scripts: [], values: new Map() };
    disk.budget.timed(() => {
      if (edition.modern) readImages(this.ground);
      else readLegacy(this.ground);
    });
    const spent = disk.budget.spent();
    if (spent !== undefined) {
      this.partial = true;
      const path = mainFile(this.ground, `${root}/mkosi.conf`);
      this.ground.faults.push({ verdict: 'advice', path, message: `This project ${spent}. The rest of it is not checked` });
    }
    for (const passage of this.ground.passages) {
      const known = this.byDocument.get(passage.document);
      if (known === undefined) this.byDocument.set(passage.document, [passage]);
      else known.push(passage);
    }
  }

  /** The configuration files that are read, and those of kernel profiles. */
  get documents(): readonly Document[] {
    return [...this.byDocument.keys()];
  }

  /** Whether a file is read as configuration, or would be with other profiles and conditions. @param path absolute */
  mayRead(path: string): boolean {
    this.paths ??= new Set(this.documents.map((d) => pathOf(d.uri)));
    return this.paths.has(path) || (this.possible ??= this.disk.budget.apart(() => this.findPossible())).has(path);
  }

  /** The times that a file is read; none when no image wants it. */
  readings(document: Document): readonly FileReading[] {
    return this.byDocument.get(document) ?? [];
  }

  /** What is wrong apart from lines of files, by path. */
  get faults(): readonly Fault[] {
    return this.ground.faults;
  }

  /** Scripts that are run because they lie beside the configuration, each with the file that it belongs to. */
  get scripts(): ReadContext['scripts'] {
    return this.ground.scripts;
  }

  /** Every file of configuration below the root, whether it is read or not. */
  get files(): readonly Document[] {
    return (this.all ??= this.disk.budget.apart(() =>
      [...configuration(this.root, this.disk)].flatMap((path) => this.disk.document(path) ?? []),
    ));
  }

  /** The folder that the configuration is in: the root, or since 26 a folder mkosi/ in it. */
  get folder(): string {
    return this.edition.modern ? configurationFolder(this.ground) : this.root;
  }

  /** What the files set for each image that is read, by the name of the image; the main one first. */
  get values(): ReadonlyMap<string, ConfigValues> {
    return this.ground.values;
  }

  /** Names of the images below the main one, with the path of each: a folder or a file. */
  get images(): ReadonlyMap<string, string> {
    return named(imagesFolder(this.ground, this.folder), this.disk);
  }

  /** Names of profiles with the path of each, wherever the project looks for them. */
  get profiles(): ReadonlyMap<string, string> {
    return new Map([...this.ground.profiles.keys()].reverse().flatMap((folder) => [...named(folder, this.disk)]));
  }

  /** Profiles that are chosen and do not exist, not even among those that mkosi ships. */
  get missingProfiles(): readonly string[] {
    if (this.partial) return [];
    const known = this.profiles;
    return [...new Set([...this.ground.profiles.values()].flat())].filter((name) => !known.has(name) && !builtinProfiles.has(name));
  }

  /** Reads a file on its own, as it would be if something wanted it. */
  supposed(document: Document, path: string): FileReading {
    return this.suppose(document, path).passage;
  }

  /** The files below the root, and what any of them includes. */
  private findPossible(): Set<string> {
    const { disk } = this,
      found = new Set<string>(),
      folder = configurationFolder(this.ground);
    // A folder mkosi/ is another project where this one has its files beside it.
    const waiting = [...configuration(this.root, disk)].filter((path) => folder !== this.root || !path.startsWith(`${folder}/mkosi/`));
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const document = found.has(path) || disk.kind(path) !== 'file' ? undefined : disk.document(path);
      if (document === undefined) continue;
      found.add(path);
      const { settings, passage } = this.suppose(document, path);
      for (const named of settings?.list('Include') ?? []) {
        const text = expanded(named, disk),
          included = text === undefined ? undefined : resolve(passage.folder, text);
        if (included === undefined) continue;
        for (const file of disk.kind(included) === 'folder' ? configuration(included, disk) : [included]) waiting.push(file);
      }
    }
    return found;
  }

  private suppose(document: Document, path: string): { readonly passage: FileReading; readonly settings?: ConfigValues } {
    if (!document.edition.modern) return { passage: readDocument(document, this.root) };
    const ground: ReadContext = { ...this.ground, passages: [], faults: [], profiles: new Map(), scripts: [], values: new Map() };
    const image =
      /\/mkosi\.images\/([^/]+?)(\.conf)?(\/|$)/.exec(path.slice(this.root.length))?.[1] ??
      (/\/mkosi\.tools\.conf(\/|$)/.test(path) ? 'tools' : /\/mkosi\.initrd\.conf(\/|$)/.test(path) ? 'default-initrd' : 'main');
    const settings = new ConfigValues(this.edition, this.disk, image),
      walk = new ConfigReader(ground, settings);
    const folder = /\/mkosi(\.local)?\.conf$/.test(path)
      ? parent(path)
      : resolve(path, base(parent(path)).startsWith('mkosi.') ? '../..' : '..');
    if (isKernelProfile(path, document)) walk.kernelProfile(path, folder);
    else walk.suppose(document, folder);
    return {
      passage: ground.passages[0] ?? { document, image, folder, role: 'configuration', reads: new Map(), reached: Infinity },
      settings,
    };
  }
}

/** Folders whose files are configuration, at any depth. */
export const inner = /^mkosi\.(conf\.d|profiles|images|presets|uki-profiles|local|tools\.conf|initrd\.conf|default\.d|files|conf)$/;

/**
 * The paths of configuration below a folder: of its own, and of what belongs to it. A link to a folder that this one
 * lies in is not followed.
 * @param above the folders above, by their one name, and how many of them are of the project
 */
function* configuration(folder: string, disk: FileSystem, within = false, above = ancestors(folder, disk), depth = 1): Generator<string> {
  for (const name of disk.names(folder)) {
    const path = `${folder}/${name}`;
    if (disk.kind(path) === 'folder') {
      if (!inner.test(name) && !(name === 'mkosi' && !within) && !(within && !name.startsWith('mkosi.'))) continue;
      const real = disk.real(path);
      if (!above.has(real) && depth < disk.budget.limits.depth)
        yield* configuration(path, disk, name !== 'mkosi' || within, new Set([...above, real]), depth + 1);
    } else if (
      /^mkosi\.(conf|default|(local|tools|initrd)\.conf)$/.test(name) ||
      (within && (name.endsWith('.conf') || isLegacyConfiguration(path)))
    ) {
      yield path;
    }
  }
}

/** A folder and those above it, by their one name. */
function ancestors(folder: string, disk: FileSystem): ReadonlySet<string> {
  const found = new Set([disk.real(folder)]);
  for (let at = folder; at !== parent(at); at = parent(at)) found.add(disk.real(parent(at)));
  return found;
}

/** What lies in a folder under a name of its own: NAME.conf, or a folder NAME. */
function named(folder: string, disk: FileSystem): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of disk.names(folder)) {
    const path = `${folder}/${entry}`;
    if (disk.kind(path) === 'folder' || (entry.endsWith('.conf') && entry !== '.conf')) found.set(entry.replace(/\.conf$/, ''), path);
  }
  return found;
}

const imagesFolder = ({ disk, edition }: ReadContext, folder: string): string =>
  `${folder}/${edition.version < 24 && disk.kind(`${folder}/mkosi.images`) === undefined ? 'mkosi.presets' : 'mkosi.images'}`;

/** Profiles of the tools tree and the initrd that come with mkosi (mkosi 27.1 resources). */
const builtinProfiles: ReadonlySet<string> = new Set([
  'lvm',
  'network',
  'nfs',
  'pkcs11',
  'plymouth',
  'raid',
  'debug',
  'devel',
  'gui',
  'misc',
  'package-manager',
  'runtime',
]);

const isKernelProfile = (path: string, { tree }: Document): boolean =>
  base(parent(path)) === 'mkosi.uki-profiles' || tree.lines.find((line) => line.kind === 'header')?.name.text === ukiProfile;

/** The main image, its tools and initrd, and the images below it (mkosi 27.1 config.py parse_config). */
function readImages(ground: ReadContext): void {
  const { disk, edition } = ground;
  const folder = configurationFolder(ground);
  const main = new ConfigValues(edition, disk, 'main');
  ground.values.set('main', main);
  new ConfigReader(ground, main).read(folder, folder, { profiles: true, local: true });
  if (disk.budget.spent() === undefined) minimumVersion(ground);
  const inherited = (name: string): Map<string, Value> => {
    const first = new Map<string, Value>();
    for (const { name: setting, scope } of shared(edition)) {
      const value = name === 'tools' && scope === 'universal' ? null : main.value(setting);
      if (value !== null) first.set(setting, value);
    }
    return first;
  };
  if (edition.version >= 26) {
    const tree = main.text('ToolsTree');
    if (tree === 'default' || tree === 'yes')
      extra(ground, `${folder}/mkosi.tools.conf`, folder, () => new ConfigValues(edition, disk, 'tools', inherited('tools')));
  }
  const images = readSubimages(ground, folder, main, inherited);
  if (edition.version >= 27 && [main, ...images.values()].some((s) => s.list('Initrds').includes('default'))) {
    extra(
      ground,
      `${folder}/mkosi.initrd.conf`,
      folder,
      () => new ConfigValues(edition, disk, 'default-initrd', inherited('default-initrd')),
    );
  }
  // What was not reached is not reported as missing.
  if (disk.budget.spent() !== undefined) return;
  dependencies(ground, folder, main, images);
  // Up to 23 the main image was only built when there was no other.
  conflicts(ground, folder, edition.version < 24 && images.size > 0 ? [...images.values()] : [main, ...images.values()]);
}

/** Since 26 everything may lie in a folder mkosi/ instead. */
function configurationFolder({ disk, edition, root }: ReadContext): string {
  if (edition.version < 26) return root;
  const has = (path: string): boolean => disk.kind(`${root}/${path}`) !== undefined;
  if (has('mkosi.conf') || has('mkosi.tools.conf')) return root;
  return disk.kind(`${root}/mkosi/mkosi.conf`) === 'file' || has('mkosi/mkosi.tools.conf') ? `${root}/mkosi` : root;
}

/** Single values that all images have in common. */
const shared = byEdition((edition) =>
  edition.schema.data.settings.filter(({ name, scope, value }) => {
    const effective = edition.inAnySection(name),
      reach = effective?.scope ?? scope;
    return effective !== undefined && (reach === 'universal' || reach === 'multiversal') && value.list === undefined;
  }),
);

function extra(ground: ReadContext, path: string, folder: string, settings: () => ConfigValues): void {
  const kind = ground.disk.kind(path);
  if (kind === undefined) return;
  const whole = kind === 'folder',
    values = settings();
  ground.values.set(values.image, values);
  new ConfigReader(ground, values).read(path, whole ? path : folder, { profiles: whole, local: whole });
}

function readSubimages(
  ground: ReadContext,
  folder: string,
  main: ConfigValues,
  inherited: (name: string) => Map<string, Value>,
): Map<string, ConfigValues> {
  const { disk, edition } = ground,
    images = new Map<string, ConfigValues>();
  for (const [name, path] of named(imagesFolder(ground, folder), disk)) {
    const isFolder = disk.kind(path) === 'folder';
    const own = new Map<string, Value>();
    if (edition.version < 24) for (const [setting, value] of main.own) own.set(setting, value);
    else if (edition.version >= 25) {
      for (const { name: setting, scope } of edition.schema.data.settings) {
        const value = main.value(setting);
        if (scope === 'inherit' && value !== null) own.set(setting, value);
      }
    }
    const settings = new ConfigValues(edition, disk, name, edition.version < 24 ? new Map<string, Value>() : inherited(name), own);
    const wanted = new ConfigReader(ground, settings).read(path, isFolder ? path : folder, {
      profiles: isFolder && edition.version >= 25,
      local: edition.version >= 24,
    });
    if (!wanted) continue;
    images.set(name, settings);
    ground.values.set(name, settings);
  }
  return images;
}

/** Asked for as soon as the line is read (config.py config_parse_minimum_version, since 26). */
function minimumVersion({ disk, edition, faults, passages }: ReadContext): void {
  if (edition.version < 26) return;
  for (const { document, image, reads } of passages) {
    for (const { assigned, text } of reads.values()) {
      if (assigned.setting?.name !== 'MinimumVersion' || image !== 'main') continue;
      const message = text.startsWith('commit:')
        ? disk.host.clone
          ? undefined
          : `Only a mkosi that runs from a clone of its repository knows commits; name a release, such as ${Math.floor(edition.version)}`
        : compareVersions(text, String(edition.version)) > 0
          ? `mkosi ${shortened(text)} or newer is required`
          : undefined;
      if (message !== undefined)
        faults.push({ verdict: 'refused', path: pathOf(document.uri) ?? '', message, at: { ...assigned, item: text } });
    }
  }
}

/** Images that are named but missing, and circles of images that need one another (config.py resolve_deps). */
function dependencies(
  { edition, faults, passages }: ReadContext,
  folder: string,
  main: ConfigValues,
  images: ReadonlyMap<string, ConfigValues>,
): void {
  if (images.size === 0 && edition.version < 24) return;
  const setting = edition.version < 24 && edition.inAnySection('Images') !== undefined ? 'Images' : 'Dependencies';
  const needs = (name: string): readonly string[] => images.get(name)?.list('Dependencies') ?? [];
  /** @param item the image that it is about, to be found in the line that names it last */
  const fault = (message: string, item = ''): void => {
    const by = passages.findLast((p) => naming(p, item) !== undefined),
      at = by === undefined ? undefined : naming(by, item);
    const path = by === undefined ? `${folder}/mkosi.conf` : (pathOf(by.document.uri) ?? '');
    faults.push({ verdict: 'refused', path, message, ...(at === undefined ? {} : { at: { ...at.assigned, item } }) });
  };
  const naming = ({ reads }: FileReading, item: string): Read | undefined =>
    item === ''
      ? undefined
      : [...reads.values()].findLast(
          ({ assigned, text }) =>
            assigned.setting?.name === setting &&
            assigned.section !== undefined &&
            !edition.isCondition(assigned.section) &&
            text.split(/[\s,]+/).includes(item),
        );
  const wanted = main.list(setting),
    start = wanted.length > 0 || main.own.has(setting) ? wanted : [...images.keys()];
  const missing = start.find((name) => !images.has(name));
  if (missing !== undefined) {
    fault(`There is no image ${shortened(missing)} in mkosi.images/`, missing);
    return;
  }
  // Items that are added during the iteration are visited as well.
  const seen = new Set(start);
  for (const name of seen) {
    if (!images.has(name) && edition.version >= 24) {
      fault(`There is no image ${shortened(name)} in mkosi.images/, but another image depends on it`, name);
      return;
    }
    for (const needed of needs(name)) seen.add(needed);
  }
  if (hasCircle(seen, needs)) fault('Images depend on one another in a circle');
}

/** Whether any name depends on itself: names that no other needs are removed until none is left, or only circles. */
function hasCircle(names: ReadonlySet<string>, needs: (name: string) => readonly string[]): boolean {
  const wanted = new Map<string, number>();
  for (const name of names) for (const needed of needs(name)) wanted.set(needed, (wanted.get(needed) ?? 0) + 1);
  const free = [...names].filter((name) => !wanted.has(name));
  let left = names.size;
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    left--;
    for (const needed of needs(name)) {
      const others = (wanted.get(needed) ?? 0) - 1;
      wanted.set(needed, others);
      if (others === 0 && names.has(needed)) free.push(needed);
    }
  }
  return left > 0;
}

/** Up to 24 a key for ssh came out of a certificate, already for a summary (config.py load_credentials). */
function ssh(settings: ConfigValues, ground: ReadContext, folder: string, say: (message: string) => void): void {
  const { disk } = ground;
  const credentials = settings.value('Credentials'),
    certificate = settings.text('SshCertificate');
  if (credentials instanceof Map && credentials.has('ssh.authorized_keys.root')) return;
  if (certificate === undefined) {
    if (settings.text('Ssh') === 'yes') say('Ssh= needs SshCertificate= or mkosi.crt; mkosi genkey makes one');
    return;
  }
  const path = resolve(folder, certificate);
  if (disk.kind(path) === undefined) return;
  const text = disk.text(path);
  if (text === undefined && unread(ground, path)) return;
  if (text?.includes('-----BEGIN') !== true) say(`${shortened(certificate)} is not a certificate`);
}

/** What older releases refused when all was read (config.py load_config). */
function conflicts(ground: ReadContext, folder: string, all: readonly ConfigValues[]): void {
  const { edition, faults } = ground;
  if (edition.version >= 26) return;
  const say = (message: string): void => {
    faults.push({ verdict: 'refused', path: `${folder}/mkosi.conf`, message });
  };
  for (const settings of all) {
    const set = (name: string): boolean => settings.text(name) !== undefined;
    if (settings.text('Overlay') === 'yes' && settings.list('BaseTrees').length === 0) say('Overlay= needs BaseTrees=');
    if ((settings.text('Incremental') ?? 'no') !== 'no' && !set('CacheDirectory')) say('Incremental= needs CacheDirectory=');
    if ((settings === all[0] || edition.version < 24) && edition.version < 25) ssh(settings, ground, folder, say);
    if (edition.version >= 24) continue;
    if (settings.text('SecureBoot') === 'yes' && !(set('SecureBootKey') && set('SecureBootCertificate'))) {
      say('SecureBoot= needs SecureBootKey= and SecureBootCertificate=');
    }
    if (settings.list('Repositories').length > 0 && ['opensuse', 'gentoo', 'custom'].includes(settings.text('Distribution') ?? '')) {
      say('Repositories= works for distributions with pacman, dnf or apt only');
    }
  }
}
