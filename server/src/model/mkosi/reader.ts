import { type Assigned, byEdition, type Document, pathOf, type SchemaVersion, type Setting, ukiProfile } from '../../schema';
import { shortened, withoutEnd } from '../../syntax';
import { type Answer, holds } from './conditions';
import { base, expanded, type FileSystem, globbed, parent, resolve } from './file-system';
import type { FileReading, Read } from './reading';
import { items } from './sections';
import { type Expanded, expand } from './specifiers';
import { ConfigValues, implicitFiles, prohibited } from './values-in-force';

/** Something wrong that is not in a line of a file: what lies around, or what all files come to. */
export interface Fault {
  readonly verdict: 'refused' | 'warned' | 'silent' | 'advice';
  readonly path: string;
  readonly message: string;
  /** The item of a value that it is about, in the file of the path. */
  readonly at?: Pick<Assigned, 'line' | 'start'> & { readonly item: string };
}

/** What all walks of a project share. */
export interface ReadContext {
  readonly edition: SchemaVersion;
  readonly disk: FileSystem;
  /** The folder that mkosi is called in. */
  readonly root: string;
  readonly passages: FileReading[];
  readonly faults: Fault[];
  /** Scripts that are run because they lie there, and the file that they belong to. */
  readonly scripts: { readonly path: string; readonly owner: string }[];
  /** Folders of profiles that were looked into, each with the names that were wanted there. */
  readonly profiles: Map<string, readonly string[]>;
  /** The result for each image, by its name. */
  readonly values: Map<string, ConfigValues>;
}

/** The place that leads somewhere: a file, and the line in it. */
type Lead = Pick<Fault, 'path' | 'at'>;

/** Where something is reported that is not about one file in particular: in the one that mkosi starts from, if that is read. */
export const mainFile = ({ passages: [first] }: ReadContext, otherwise: string): string =>
  (first && pathOf(first.document.uri)) ?? otherwise;

/**
 * Says why a file is not read. mkosi never comes to the end of a device or waits for the other end of a FIFO; how much
 * is read, and with whose rights, is another matter there.
 * @returns whether it is one that is not read
 */
export function unread(ground: ReadContext, file: string, lead?: Lead): boolean {
  const { disk, faults, root } = ground,
    why = disk.unread(file);
  if (why === undefined) return false;
  if (faults.length > mostRemarks) return true;
  const said = `${below(root, file)}: ${why.message}`;
  faults.push({
    verdict: why.reason === 'special' ? 'refused' : 'advice',
    path: mainFile(ground, file),
    ...lead,
    message: why.reason === 'special' ? `${said} mkosi cannot read it to its end` : said,
  });
  return true;
}

/** The most remarks about files that are not read. */
const mostRemarks = 100;

/** A path as it is shown to users: from the project's folder on. */
const below = (root: string, path: string): string => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path);

const builtins: readonly string[] = ['mkosi-tools', 'mkosi-initrd', 'mkosi-vm', 'mkosi-addon', 'mkosi-obs'];

/** The sections that set something. */
const assignable = byEdition((edition) => edition.sections.filter((s) => !edition.isCondition(s) && s !== ukiProfile));

/** Reads the configuration of one image, in the order in which mkosi does (config.py ParseContext). */
export class ConfigReader {
  private readonly included = new Set<string>();
  /** By setting and folder: how much of its lists has been looked for from there. */
  private readonly followed = new Map<string, ReadonlyMap<readonly string[], number>>();
  /** How often files may still be read: a project may have files that include one another in ever new ways. */
  private left: number;
  /** A file is read that no other file leads to, and its includes are not followed. */
  private supposed = false;
  /** Folders whose drop-ins are being read, by their one name: a link back into one of them would recurse without end. */
  private readonly inside = new Set<string>();
  /** The line that has included what is being read. */
  private lead: Lead | undefined;

  constructor(
    private readonly ground: ReadContext,
    readonly settings: ConfigValues,
  ) {
    this.left = ground.disk.budget.limits.passages;
  }

  /**
   * Reads a file, or a folder with all that belongs to it.
   * @param path what is read; paths in it are relative to `folder`
   * @returns whether its conditions hold
   */
  read(path: string, folder: string, options: { profiles?: boolean; local?: boolean } = {}): boolean {
    const { disk, edition } = this.ground;
    if (this.supposed) return false;
    if (this.left-- <= 0)
      disk.budget.stop(`has files that are read more than ${disk.budget.limits.passages.toLocaleString('en')} times for one image`);
    if (disk.budget.spent() !== undefined) return false;
    const extras = disk.kind(path) === 'folder';
    const file = extras ? `${path}/mkosi.conf` : path;
    const kind = disk.kind(file);
    if (extras && kind === 'folder') this.fault(file, 'mkosi expects a file here, but it is a folder');
    const document = kind === 'file' ? disk.document(file) : undefined;
    if (kind === 'file' && document === undefined) unread(this.ground, file, this.lead);
    const passage = document && this.begin(document, folder);
    if (passage !== undefined) {
      if (passage.document.undecodable.length > 0) {
        passage.reached = Infinity;
        return true;
      }
      if (!this.matches(passage, ['Match', 'TriggerMatch'])) return false;
      if (edition.version >= 26) this.matches(passage, ['Assert', 'TriggerAssert']);
    }
    if (extras) this.around(path, options.local === true);
    if (passage !== undefined) this.assignments(passage);
    if (edition.version < 25 && options.profiles === true) this.profile(folder);
    if (extras) this.dropins(`${path}/mkosi.conf.d`, folder);
    if (edition.version >= 25 && options.profiles === true) this.profiles(folder);
    return true;
  }

  /** Reads a profile of a unified kernel image, which is a file of its own kind. */
  kernelProfile(path: string, folder: string): void {
    const document = this.ground.disk.document(path);
    if (document === undefined) unread(this.ground, path, this.lead);
    if (document === undefined || this.ground.passages.some((p) => p.document === document && p.role === 'uki-profile')) return;
    const passage = this.begin(document, folder, 'uki-profile');
    for (const item of items(document, [ukiProfile])) {
      if (item.kind === 'assignment') this.note(passage, item, { text: item.line.value.text, unknown: [], unset: [] });
    }
    passage.reached = Infinity;
  }

  /** Reads a file on its own: conditions and assignments, whatever they say. */
  suppose(document: Document, folder: string): void {
    const passage = this.begin(document, folder),
      { edition } = this.ground;
    this.supposed = true;
    for (const sections of [
      ['Match', 'TriggerMatch'],
      ['Assert', 'TriggerAssert'],
    ]) {
      for (const item of items(
        document,
        sections.filter((s) => edition.sections.includes(s)),
      )) {
        if (item.kind === 'assignment') this.note(passage, item, { text: item.line.value.text, unknown: [], unset: [] });
      }
    }
    this.assignments(passage);
  }

  private begin(document: Document, folder: string, role: FileReading['role'] = 'configuration'): FileReading {
    const passage: FileReading = { document, image: this.settings.image, folder, role, reads: new Map(), reached: 0 };
    this.ground.passages.push(passage);
    return passage;
  }

  private fault(path: string, message: string): void {
    // What seems missing after the limit is reached may exist.
    if (this.ground.disk.budget.spent() === undefined) this.ground.faults.push({ verdict: 'refused', path, message });
  }

  /** Reports something about a file or folder at the line that leads to it. */
  private remark(message: string, about: string): void {
    const { faults } = this.ground;
    if (faults.length <= mostRemarks) faults.push({ verdict: 'advice', path: mainFile(this.ground, about), ...this.lead, message });
  }

  /** Whether the conditions of a file hold; notes each one that is asked. */
  private matches(passage: FileReading, sections: readonly [string, string]): boolean {
    const [plain, choice] = sections,
      asserts = plain === 'Assert',
      { edition } = this.ground;
    let triggered: boolean | undefined,
      chosen: boolean | undefined,
      skip = false,
      last: number | undefined;
    const read = sections.filter((s) => edition.sections.includes(s));
    for (const item of items(passage.document, read)) {
      if (item.kind === 'fault') {
        passage.reached = Infinity;
        return true;
      }
      if (item.kind === 'end') {
        // Until 20 the end of any section ended the conditions of [Match].
        if (triggered === false && (item.section === plain || edition.version < 21)) {
          if (!asserts) return false;
          if (last !== undefined) this.stop(passage, last, 'None of the conditions with | in this [Assert] holds');
        }
        if (item.section === choice) chosen = chosen === true || triggered !== false;
        triggered = undefined;
        skip = false;
        continue;
      }
      if (skip) continue;
      last = item.start;
      passage.reached = Math.max(passage.reached, item.start + item.line.length);
      const outcome = this.condition(passage, item);
      if (typeof outcome.answer === 'object') {
        this.stop(passage, item.start, outcome.answer.stop);
        continue;
      }
      const { answer, trigger } = outcome;
      if (!trigger && !answer) {
        if (item.section === choice) {
          skip = true;
          triggered = false;
          continue;
        }
        if (!asserts) return false;
        this.stop(passage, item.start, 'This assertion does not hold');
      }
      if (trigger) triggered = triggered === true || answer;
    }
    if (chosen === false && asserts && last !== undefined) this.stop(passage, last, 'None of the [TriggerAssert] sections holds');
    passage.reached = asserts ? passage.reached : chosen === false ? passage.reached : Infinity;
    return chosen !== false;
  }

  private condition(
    passage: FileReading,
    item: { section: string; line: Assigned['line']; start: number },
  ): { answer: Answer; trigger: boolean } {
    const { edition, disk } = this.ground;
    const raw = item.line.value.text;
    const trigger = raw.startsWith('|'),
      rest = trigger ? raw.slice(1) : raw;
    const negate = rest.startsWith('!'),
      bare = negate ? rest.slice(1) : rest;
    // Specifiers in conditions came with 21.
    const wanted = edition.version < 21 ? { text: bare, unknown: [], unset: [] } : this.expand(bare, passage);
    this.note(passage, item, wanted);
    const setting = edition.assigned(item.section, item.line.key.text);
    if (setting === undefined) return { answer: { stop: '' }, trigger };
    if (edition.version >= 26 && setting.scope === 'main' && passage.image !== 'main') {
      return { answer: { stop: `Only the main image can have the condition ${setting.name}=` }, trigger };
    }
    const answer = holds(setting, wanted.text, this.settings.value(setting.name), {
      edition,
      disk,
      image: passage.image,
      folder: passage.folder,
    });
    return { answer: typeof answer === 'boolean' ? answer !== negate : answer, trigger };
  }

  private stop(passage: FileReading, start: number, stop: string): void {
    const read = passage.reads.get(start);
    if (read !== undefined && read.stop === undefined) passage.reads.set(start, { ...read, stop });
  }

  private note(passage: FileReading, item: { section: string; line: Assigned['line']; start: number }, value: Expanded): Read {
    const setting = this.ground.edition.assigned(item.section, item.line.key.text);
    const read = { assigned: { line: item.line, start: item.start, section: item.section, setting }, ...value };
    passage.reads.set(item.start, read);
    return read;
  }

  private expand(text: string, { document, folder }: Pick<FileReading, 'document' | 'folder'>): Expanded {
    const { edition, root } = this.ground;
    return expand(text, edition, (char, setting) => {
      // The first releases did not know the name of the image yet when they asked for the name of its output.
      if (setting === 'Output' && edition.version < 21 && !this.settings.own.has('Output')) return undefined;
      if (setting !== undefined) return this.settings.text(setting) ?? (this.supposed ? `%${char}` : undefined);
      switch (char) {
        case 'C':
          return parent(pathOf(document.uri) ?? '/');
        case 'P':
          return folder;
        case 'D':
          return root;
        case 'I':
          return this.settings.image;
        case 'F':
          return (
            (
              { centos: 'xfs', alma: 'xfs', rocky: 'xfs', rhel: 'xfs', 'rhel-ubi': 'xfs', fedora: 'btrfs', opensuse: 'btrfs' } as Record<
                string,
                string
              >
            )[this.settings.text('Distribution') ?? ''] ?? 'ext4'
          );
        default:
          return undefined;
      }
    });
  }

  private assignments(passage: FileReading): void {
    const { edition } = this.ground;
    const sections = assignable(edition);
    passage.reached = Infinity;
    for (const item of items(passage.document, sections)) {
      if (item.kind !== 'assignment') continue;
      const setting = edition.assigned(item.section, item.line.key.text);
      const value =
        setting === undefined ? { text: item.line.value.text, unknown: [], unset: [] } : this.expand(item.line.value.text, passage);
      this.note(passage, item, value);
      if (setting === undefined || prohibited(setting, passage.image, edition)) continue;
      this.settings.assign(setting, value.text);
      if (setting.name === 'Include' || setting.name === 'UnifiedKernelImageProfiles') {
        this.follow(setting, passage.folder, { path: pathOf(passage.document.uri) ?? '', line: item.line, start: item.start });
      }
    }
  }

  /** Reads what has been included and was not read yet. */
  private follow(setting: Setting, folder: string, { path: by, line, start }: { path: string } & Pick<Assigned, 'line' | 'start'>): void {
    const { disk } = this.ground,
      key = `${setting.name} ${folder}`;
    const lists = this.settings.lists(setting.name),
      before = this.followed.get(key);
    this.followed.set(key, new Map(lists.map((list) => [list, list.length])));
    // What is read here may make the lists longer.
    for (const named of lists.flatMap((list) => list.slice(before?.get(list) ?? 0))) {
      if (builtins.includes(named)) continue;
      const text = expanded(named, disk),
        path = text === undefined ? undefined : resolve(folder, text);
      if (path === undefined || disk.kind(path) === undefined) continue;
      const real = disk.real(path);
      if (this.included.has(real)) continue;
      this.included.add(real);
      const above = this.lead;
      this.lead = { path: by, at: { line, start, item: named } };
      const isFolder = disk.kind(path) === 'folder';
      if (setting.name !== 'Include') this.kernelProfile(path, folder);
      else this.read(path, isFolder ? path : folder, { profiles: isFolder && this.ground.edition.version >= 25 });
      this.lead = above;
    }
  }

  /** Files that set something by lying beside mkosi.conf, and local configuration. */
  private around(folder: string, local: boolean): void {
    const { disk, edition } = this.ground;
    if (local || edition.version < 24) this.local(folder);
    const there = new Set(disk.names(folder));
    for (const { name, setting, read } of implicitFiles(edition)) {
      if (!there.has(name.split('/', 1)[0] ?? '')) continue;
      if (prohibited(setting, this.settings.image, edition)) continue;
      for (const found of globbed(`${folder}/${name}`, '/', disk)) {
        if (disk.kind(found) === undefined) continue;
        this.secret(found, setting, read);
        if (setting.name === 'UnifiedKernelImageProfiles') {
          this.kernelProfile(found, folder);
          continue;
        }
        if (setting.value.of?.params?.script === true && disk.kind(found) === 'file') {
          this.ground.scripts.push({ path: found, owner: disk.kind(`${folder}/mkosi.conf`) === 'file' ? `${folder}/mkosi.conf` : found });
        }
        if (!read) {
          if (setting.value.list === undefined) this.settings.own.set(setting.name, found);
          continue;
        }
        this.take(found, setting);
      }
    }
  }

  /** The text of a file is a value. */
  private take(path: string, setting: Setting): void {
    const { disk, edition } = this.ground,
      mode = disk.mode(path) ?? 0;
    if (disk.kind(path) === 'folder') {
      this.fault(path, 'mkosi expects a file here, but it is a folder');
      return;
    }
    if (edition.version >= 25 && (mode & 0o111) !== 0) {
      // What it prints is not known, only that there will be something.
      if (setting.value.type !== 'uuid') this.settings.own.set(setting.name, '0');
      this.settings.printed.set(setting.name, path);
      return;
    }
    const text = disk.text(path);
    if (text === undefined) {
      // Secrets of other users are not supposed to be readable.
      const own = disk.unread(path)?.reason === 'failed' && isSecret(setting, true);
      if (!own && unread(this.ground, path, this.lead) && setting.value.type !== 'uuid') this.settings.own.set(setting.name, '0');
      return;
    }
    if (edition.version >= 25 && text.startsWith('#!/')) {
      this.fault(path, 'This is a script by its first line, but not executable; mkosi neither runs nor reads it');
      return;
    }
    const value = withoutEnd(text, (c) => c === '\n');
    this.settings.assign(setting, value);
    if (
      setting.value.type === 'uuid' &&
      value !== '' &&
      value !== 'random' &&
      !/^[0-9a-f]{32}$/i.test(value.replace(/urn:|uuid:|[{}-]/g, ''))
    ) {
      // Not quoted: it may be a link to a private file.
      this.fault(path, `This file does not contain a UUID for ${setting.name}=`);
    }
  }

  /** Secrets that all may read are refused (config.py parse_path, secret). */
  private secret(path: string, setting: Setting, read: boolean): void {
    const mode = this.ground.disk.mode(path);
    if (!isSecret(setting, read) || mode === undefined || (mode & 0o7) === 0) return;
    this.fault(path, `This secret is readable by everyone (mode ${mode.toString(8)}); mkosi requires chmod o-rwx`);
  }

  private local(folder: string): void {
    const { disk, edition } = this.ground;
    const file = `${folder}/mkosi.local.conf`,
      own = `${folder}/mkosi.local`;
    const found: string[] = [];
    if (edition.version >= 26) {
      if (disk.kind(own) === 'folder') found.push(own);
      if (disk.kind(file) === 'file') found.push(file);
    } else if (edition.version >= 25 && disk.kind(`${own}/mkosi.conf`) !== undefined) found.push(own);
    else if (disk.kind(file) !== undefined) found.push(file);
    for (const path of found) {
      this.read(path, disk.kind(path) === 'folder' ? path : folder);
      if (edition.version >= 24) this.settings.promote();
    }
  }

  private dropins(folder: string, here: string): void {
    const { disk } = this.ground;
    if (disk.kind(folder) === 'file') this.fault(folder, 'mkosi expects a folder here, but it is a file');
    if (disk.kind(folder) !== 'folder') return;
    const own = disk.real(parent(folder)),
      within = this.inside.has(own);
    this.inside.add(own);
    if (this.inside.size > disk.budget.limits.depth)
      this.remark(
        `Folders are nested more than ${disk.budget.limits.depth} deep in ${below(this.ground.root, folder).split('/', 2).join('/')}; the deepest are not checked`,
        folder,
      );
    else
      for (const name of disk.names(folder)) {
        const path = `${folder}/${name}`,
          isFolder = disk.kind(path) === 'folder';
        if (isFolder && this.inside.has(disk.real(path))) {
          // It recurses until the system follows no more links, and with two such links it never ends.
          this.remark(
            `${below(this.ground.root, path)} leads back into a folder that is being read; mkosi loops there, which is not followed here`,
            path,
          );
          continue;
        }
        if (unnamed(path, disk)) this.remark(`The name ${name} in ${base(folder)}/ is not valid UTF-8; the file is not read here`, path);
        if (isFolder || (name.endsWith('.conf') && name !== '.conf')) this.read(path, isFolder ? path : here);
      }
    if (!within) this.inside.delete(own);
  }

  /** Profiles that are chosen; one that is nowhere is passed over since 25. */
  private profiles(folder: string): void {
    const { disk, profiles } = this.ground,
      names = this.settings.list('Profiles'),
      place = `${folder}/mkosi.profiles`;
    profiles.set(place, [...(profiles.get(place) ?? []), ...names]);
    for (const name of names) {
      for (const path of [`${folder}/mkosi.profiles/${name}`, `${folder}/mkosi.profiles/${name}.conf`]) {
        const kind = disk.kind(path);
        if (kind !== undefined) this.read(path, kind === 'folder' ? path : folder);
      }
    }
  }

  /** The one profile of 24 and older. */
  private profile(folder: string): void {
    const { disk, profiles } = this.ground,
      name = this.settings.text('Profile');
    profiles.set(`${folder}/mkosi.profiles`, name === undefined ? [] : [name]);
    if (name === undefined) return;
    const path = [name, `${name}.conf`].map((n) => resolve(`${folder}/mkosi.profiles`, n)).find((p) => disk.kind(p) !== undefined);
    if (path === undefined) {
      this.fault(`${folder}/mkosi.conf`, `There is no profile ${shortened(name)} in mkosi.profiles/`);
      return;
    }
    this.read(path, disk.kind(path) === 'folder' ? path : folder);
  }
}

/** Whether a file that sets something is one that not every user may read. */
const isSecret = ({ value, name }: Setting, read: boolean): boolean => value.params?.secret === true || (read && name === 'RootPassword');

/** Whether a file cannot be reached because the bytes of its name are not text. */
const unnamed = (path: string, disk: FileSystem): boolean =>
  path.includes('\ufffd') && path.endsWith('.conf') && disk.kind(path) === undefined;
