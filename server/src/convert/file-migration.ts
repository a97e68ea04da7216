import { families, findings } from '../families';
import { hasTag } from '../rules';
import { Document, mkosi, mkosiLegacy, newest, type Version } from '../schema';
import { isSpace, skip, stripped } from '../syntax';
import { applied, type Block, commented, cut, rewritten } from './blocks';
import type { RepartPlan } from './disk';
import { carry } from './exit-report';
import { legacyMove, legacyName, type Move, modernMove, onlyLegacy, place } from './migrations';
import type { Wish } from './partitions';
import { order, type Source, uri } from './project';
import { cutShort, itemsOf } from './values';

/** A line that did not come over as it was. */
export interface Loss {
  readonly path: string;
  /** From 0, in the file as it was. */
  readonly line: number;
  /** `lost`: only a comment is left; `check`: it came over, but needs a look; `moved`: it is elsewhere or needless. */
  readonly kind: 'lost' | 'check' | 'moved';
  readonly message: string;
}

/** Text of the result and the line it came from. */
interface Piece {
  text: string;
  readonly line: number | undefined;
  live: boolean;
  /** The setting of a live piece, or the reason why there is none. */
  readonly about?: string;
}
interface Section {
  readonly name: string | undefined;
  readonly lead: string;
  readonly pieces: Piece[];
  /** Not part of the original text. */
  readonly fresh?: boolean;
  /** It was empty before. */
  readonly empty?: boolean;
}

/** One file on its way. */
export class FileMigration {
  readonly losses: Loss[] = [];
  /** Files that hold what this one cannot. */
  readonly beside: { path: string; text: string; mode?: number }[] = [];
  private readonly sections: Section[] = [];
  /** Something other than its own text was written. */
  private touched = false;

  constructor(
    private readonly source: Source,
    private readonly target: Version,
    private readonly disk: RepartPlan,
  ) {}

  /** @param match a distribution that the result is for only */
  run(match: string | undefined): string {
    const edition = mkosi.at(this.target),
      { document, legacy } = this.source;
    const parts = cut(document);
    const renamed = parts.map(({ name }) =>
      name === 'Packages' && legacy
        ? 'Content'
        : name === 'Preset' && this.target >= 19
          ? 'Config'
          : name === 'Host' && this.target >= 25
            ? 'Runtime'
            : name,
    );
    const text = document.text.getText(),
      semicolons = this.target < 16 || this.target >= 25;
    this.touched =
      legacy ||
      renamed.some((name, at) => name !== parts[at]?.name) ||
      (semicolons && [...document.tree].some(({ line, start }) => line.comments.some((c) => text.charAt(start + c.start) === ';')));
    parts.forEach((part, at) => this.sections.push({ name: renamed[at], lead: part.lead, pieces: [], empty: part.blocks.length === 0 }));
    const homes = [...this.sections];
    parts.forEach((part, at) => {
      const home = homes[at];
      if (home === undefined) return;
      for (const block of part.blocks) {
        if (block.setting === undefined) this.leave(block, home);
        else if (part.name !== undefined && edition.isCondition(part.name)) this.condition(block, home);
        else if (part.name !== undefined && !legacy && !mkosi.data.sections.some((s) => s.name === part.name)) {
          home.pieces.push({ text: block.lead + block.raw, line: block.line, live: true }); // mkosi skips it; so do we
        } else this.setting(block, home);
      }
    });
    this.hold();
    if (!this.touched && match === undefined) return text;
    const head = match === undefined ? '' : `[Match]\nDistribution=${match}\n\n`;
    return head + this.text();
  }

  /** Text that is not a setting: comments stay, anything else makes mkosi fail. */
  private leave(block: Block, home: Section): void {
    if (block.raw.trim() === '') {
      home.pieces.push({ text: block.lead, line: undefined, live: false });
      return;
    }
    this.lose(block, home, 'it is neither a setting nor a section');
  }

  private condition(block: Block, home: Section): void {
    const edition = mkosi.at(this.target),
      name = block.setting?.line.key.text ?? '',
      section = home.name ?? '';
    const then = place(name, this.target),
      names = [name, edition.renamed(name)?.name, 'lost' in then ? undefined : then.name];
    const now = names.find((n) => n !== undefined && edition.setting(section, n) !== undefined);
    if (now === undefined) {
      this.lose(block, home, `mkosi ${this.target} cannot ask for it in [${section}]; without the condition, the file applies more often`);
    } else {
      this.touched ||= now !== name;
      home.pieces.push({
        text: block.lead + (now === name ? block.raw : rewritten(block, now, [])),
        line: block.line,
        live: true,
      });
    }
  }

  private setting(block: Block, home: Section): void {
    const written = block.setting?.line.key.text ?? '',
      value = block.setting?.line.value.text ?? '';
    // An at sign made a value a default, up to 23; since then it only earns a warning.
    const name = this.source.legacy ? written : written.replace(/^@/, '');
    const known = this.source.legacy || onlyLegacy(name) ? legacyName(name) : undefined;
    const modern = (): void => this.move(block, home, modernMove(name, value, this.target) ?? { name, to: name });
    if (known === undefined) {
      modern();
      return;
    }
    const record = mkosiLegacy.data.settings.find((s) => s.name === known);
    const items = known === 'BootProtocols' ? itemsOf(value.replace(/^\[|\]$/g, ''), record?.value.list, 14) : [];
    if (items.length > 1) {
      const rest = items.map((i) => legacyMove(known, i.text)).filter((m) => m?.to !== undefined);
      const [first, ...others] = rest;
      this.move(
        block,
        home,
        first === undefined
          ? { name: known, gone: true }
          : { ...first, add: others.map((m) => ({ name: m?.to ?? '', value: m?.as ?? '' })) },
      );
      return;
    }
    const move = legacyMove(known, value);
    if (move !== undefined) this.move(block, home, move);
    else modern(); // a word of today in an old file: the checker decides
  }

  private move(block: Block, home: Section, move: Move): void {
    const before = move.before !== undefined && this.target <= move.before.until ? move.before : undefined;
    const lost = before?.lost ?? move.lost;
    if (lost !== undefined) {
      this.lose(block, home, lost);
      return;
    }
    if (move.partition !== undefined && !this.partition(block, home, move.partition, move.to === undefined)) {
      if (move.check !== undefined && this.losses.at(-1)?.kind === 'moved' && this.disk.isDisk) this.tell(block, 'check', move.check);
      return;
    }
    const to = before?.to ?? move.to;
    if (to === undefined) {
      this.keepComment(block, home, move.gone === true ? 'not needed: it has no effect or is the default' : undefined);
      return;
    }
    const spot = place(to, this.target, home.name);
    if ('lost' in spot) {
      this.lose(block, home, spot.lost);
      return;
    }
    const carried = carry(block, move, before?.as ?? move.as, spot.name, {
      source: this.source,
      disk: this.disk,
      target: this.target,
    });
    if (carried.lost !== undefined) {
      this.lose(block, home, carried.lost);
      return;
    }
    const at = this.target >= 16 && this.target < 24 && block.setting?.line.key.text.startsWith('@') === true ? '@' : '';
    const text = rewritten(block, at + spot.name, carried.edits);
    const left = applied(block.setting?.line.value.text ?? '', carried.edits);
    const short = this.source.legacy || (this.source.from !== undefined && this.source.from < 25) ? cutShort(left, this.target) : undefined;
    if (short !== undefined) {
      if (spot.name === 'RootPassword' && order(this.source) === 0) {
        this.beside.push({ path: `${this.source.root}mkosi.rootpw`, text: `${left}\n`, mode: 0o600 });
        this.keepComment(block, home, 'the password is now in mkosi.rootpw');
      } else this.lose(block, home, short);
      return;
    }
    this.put(block, home, spot.section, text);
    for (const { name, value } of [...(move.add ?? []), ...(carried.add ?? [])]) {
      const there = place(name, this.target);
      if ('lost' in there) this.tell(block, 'check', there.lost);
      else this.put({ lead: '', raw: '', line: block.line }, home, there.section, `${there.name}=${value}\n`);
    }
    if (move.check !== undefined) this.tell(block, 'check', move.check);
    if (carried.check !== undefined) this.tell(block, 'check', carried.check);
  }

  /** Hands a line over to the partition definitions. @returns whether the line itself still has a place */
  private partition(block: Block, home: Section, keys: Readonly<Record<string, string>>, all: boolean): boolean {
    const value = block.setting?.line.value.text ?? '';
    if (!this.disk.isDisk) {
      if (all) this.keepComment(block, home, `Format=${this.disk.format} has no partitions`);
      return !all;
    }
    if (Object.values(keys).includes('<value>') && !/^\d+[KMG]?$/.test(value)) {
      this.lose(block, home, 'a size is a number followed by K, M or G');
      return false;
    }
    const wishes = Object.entries(keys)
      .filter(([key]) => key !== 'Type')
      .map(
        ([key, v]): Wish => ({
          type: keys['Type'] ?? 'root',
          key,
          value: v === '<value>' ? value : v,
          comments: all ? block.lead.replace(/^\n+/, '') : '',
        }),
      );
    if (!this.disk.ask(wishes, this.source.distribution)) {
      if (!all) {
        this.tell(block, 'check', 'mkosi.repart/ applies to all distributions; this one used other partitions');
        return true;
      }
      this.lose(block, home, 'mkosi.repart/ applies to all distributions; this one used other partitions');
      return false;
    }
    if (all) this.tell(block, 'moved', 'now in mkosi.repart/');
    return !all;
  }

  private put({ lead, raw, line }: Block, home: Section, section: string, text: string): void {
    let to = home.name === section ? home : this.sections.find((s) => s.name === section);
    if (to === undefined) {
      let at = this.sections.indexOf(home) + 1;
      while (this.sections[at]?.fresh === true) at++;
      this.sections.splice(at, 0, (to = { name: section, lead: '\n', pieces: [], fresh: true }));
    }
    this.touched ||= to !== home || text !== raw;
    const own = to === home || lead.trim() !== '' || raw === '' ? lead : '';
    const name = text.slice(0, text.indexOf('=')).trim().replace(/^@/, '');
    if (this.target < 16) this.only(name);
    to.pieces.push({ text: own + text, line, live: true, about: name });
  }

  /** mkosi 15 joins the values of a setting that is assigned twice; all others take the last. */
  private only(name: string): void {
    if (mkosi.at(this.target).named(name)[0]?.repeat !== 'replace') return;
    for (const piece of this.sections.flatMap((s) => s.pieces)) {
      if (piece.about === name && piece.live) this.withdraw(piece, `it is assigned again further down`);
    }
  }

  /** Makes a comment of a line that was written already. */
  private withdraw(piece: Piece, message: string): void {
    const lead = piece.text.slice(0, endOfLead(piece.text));
    piece.text = lead + this.lostText(piece.text.slice(lead.length), message);
    piece.live = false;
    if (piece.line !== undefined) this.tell({ line: piece.line }, 'lost', message);
  }

  /** Leaves a line as a comment, with the reason. */
  private lose(block: Block, home: Section, message: string): void {
    const again = home.pieces.at(-1)?.about === message && block.lead === '';
    home.pieces.push({
      text: block.lead + (again ? commented(block.raw) : this.lostText(block.raw, message)),
      line: undefined,
      live: false,
      about: message,
    });
    this.tell(block, 'lost', message);
  }

  private lostText(raw: string, message: string): string {
    return `# mkosi ${this.target}: ${message}\n${commented(raw)}`;
  }

  /** Drops a line. Comments above it stay, unless they went with it. */
  private keepComment(block: Block, home: Section, message: string | undefined): void {
    if (message === undefined) return;
    home.pieces.push({ text: block.lead, line: undefined, live: false });
    this.tell(block, 'moved', message);
  }

  private tell({ line }: { line: number }, kind: Loss['kind'], message: string): void {
    this.touched ||= kind !== 'check';
    this.losses.push({ path: this.source.path, line, kind, message });
  }

  private text(): string {
    const text = this.assemble()
      .map((piece) => piece.text)
      .join('');
    const body = stripped(text, (c) => c === '\n').replace(/\n{3,}/g, '\n\n');
    return text.endsWith('\n') && body !== '' ? `${body}\n` : body;
  }

  /** Headers and pieces in their order; an empty section is removed, its comments stay. */
  private assemble(): (Piece | { text: string; line: undefined })[] {
    const edition = mkosi.at(this.target);
    return this.sections.flatMap(({ name, lead, pieces, empty }, at) => {
      const gap = this.sections[at - 1]?.fresh === true && !lead.startsWith('\n') ? '\n' : '';
      const live = pieces.some((p) => p.live);
      const known =
        name === undefined || edition.sections.includes(name) || (!this.source.legacy && !mkosi.data.sections.some((s) => s.name === name));
      const words = empty === true || pieces.some((p) => p.text.trim() !== '');
      const header = name === undefined || (!live && !words) ? '' : live || known ? `[${name}]\n` : `# [${name}]\n`;
      return [{ text: gap + lead + header, line: undefined }, ...pieces];
    });
  }

  /** Final check: a line that the release refuses or complains about, as far as the checker knows, is not written. */
  private hold(): void {
    for (let turn = 0; turn < 3; turn++) {
      const pieces = this.assemble(),
        text = pieces.map((p) => p.text).join('');
      const document = Document.of(uri(this.source.path), families.mkosi, text, { ...newest, mkosi: this.target });
      const bad = findings({ document, launch: 'unit', trusted: true }).filter(
        (f) => hasTag(f.rule, 'line') && (f.verdict === 'refused' || f.verdict === 'warned'),
      );
      if (bad.length === 0) return;
      let at = 0;
      for (const piece of pieces) {
        const found = bad.find((f) => f.start < at + piece.text.length && f.end > at);
        at += piece.text.length;
        if (found === undefined || piece.line === undefined || !('live' in piece)) continue;
        this.withdraw(piece, found.message);
      }
    }
  }
}

/** Where the empty lines and comments end that a text begins with. */
function endOfLead(text: string): number {
  let lead = 0;
  for (let start = 0, end = text.indexOf('\n'); end >= 0; start = end + 1, end = text.indexOf('\n', start)) {
    const first = text.charAt(skip(text, isSpace, start, end));
    // Blanks alone only count before a comment.
    if (first === '#' || end === start) lead = end + 1;
    else if (skip(text, isSpace, start, end) < end) break;
  }
  return lead;
}
