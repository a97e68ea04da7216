import { mkosiLegacy, type Version } from '../schema';
import { legacyName } from './migrations';
import { definitions, type Wish } from './partitions';
import type { Source } from './project';

/** What the files of a legacy project say about the disk, and where its definition goes. */
export class RepartPlan {
  readonly wishes: Wish[] = [];
  private readonly values = new Map<string, string>();
  private owner: string | undefined;

  constructor(
    private readonly root: string,
    private readonly target: Version,
    project: readonly Source[],
  ) {
    for (const { document, legacy, distribution } of project) {
      if (!legacy) continue;
      for (const { line } of document.assignments()) {
        const name = legacyName(line.key.text);
        if (name !== undefined && (distribution === undefined || !this.values.has(name))) this.values.set(name, line.value.text);
      }
    }
  }

  get format(): string {
    return this.values.get('Format') ?? 'gpt_ext4';
  }
  get hashed(): boolean {
    return this.yes('PasswordIsHashed');
  }
  get isDisk(): boolean {
    return /^(gpt|raw|plain)_/.test(this.format);
  }

  /** Takes a request, if its file may say something about the disk: only one of several distributions can. */
  ask(wishes: readonly Wish[], distribution: string | undefined): boolean {
    const owner = distribution ?? '';
    if (this.owner !== undefined && this.owner !== owner && this.owner !== '') return false;
    if (distribution !== undefined && this.owner === '') {
      // The main files are defined already; asking for the same again changes nothing.
      return wishes.every((w) => this.wishes.some((o) => o.type === w.type && o.key === w.key && o.value === w.value));
    }
    this.owner = owner;
    this.wishes.push(...wishes);
    return true;
  }

  files(): { path: string; text: string }[] {
    if (this.wishes.length === 0 || !this.isDisk) return [];
    const verity = this.values.get('Verity') === 'signed' ? 'signed' : this.yes('Verity') ? 'yes' : 'no';
    const fileSystem = /^(?:gpt|raw|plain)_(?!gpt)(.+)$/.exec(this.format)?.[1] ?? 'ext4';
    const grub = this.target >= 16 && /\bbios\b/.test(this.values.get('BootProtocols') ?? '');
    return definitions(this.wishes, { fileSystem, bootable: this.yes('Bootable'), grub, verity }).map(({ name, text }) => ({
      path: `${this.root}mkosi.repart/${name}`,
      text,
    }));
  }

  private yes(name: string): boolean {
    return mkosiLegacy.data.booleans.true.includes((this.values.get(name) ?? '').toLowerCase());
  }
}
