import { isDeepStrictEqual } from 'node:util';
import { unitOfMachine } from '../names';
import type { Unit } from './replies';
import type { Address, Change, Delta, Image, Machine, MachineState, OsRelease, SettingsFile, Snapshot } from './types';

/** A registered machine: first what the list says, later its properties and details. */
export interface Registration {
  readonly name: string;
  readonly class: string;
  readonly service?: string;
  readonly state?: string;
  readonly unit?: string;
  readonly leader?: number;
  readonly rootDirectory?: string;
  readonly since?: number;
  readonly os?: OsRelease;
  readonly addresses?: readonly Address[];
}

/** What each source says about one name. */
export interface Sources {
  readonly registered?: Registration | undefined;
  readonly unit?: Unit | undefined;
  readonly image?: Image | undefined;
  readonly settings?: SettingsFile | undefined;
  readonly autostart?: boolean | undefined;
}

/**
 * One machine out of what each source says about its name; undefined when that is nothing to show: no image, not
 * registered, and a unit that neither runs nor failed.
 */
export function merge(name: string, { registered, unit, image, settings, autostart }: Sources): Machine | undefined {
  const state = stateOf(registered, unit);
  if (state === 'stopped' && (!image || image.hidden)) return undefined;
  const unitName = registered?.unit ?? (unit && state !== 'stopped' ? unitOfMachine(name) : undefined);
  return {
    class: 'container',
    addresses: [],
    ...registered,
    name,
    state,
    ...(unitName === undefined ? {} : { unit: unitName }),
    ...(state === 'failed' && unit?.result !== undefined ? { failure: unit.result } : {}),
    ...(image ? { image } : {}),
    ...(autostart === undefined ? {} : { autostart }),
    ...(settings ? { settings } : {}),
  };
}

/**
 * The unit knows what is under way (a machine registers before it has booted and goes before its unit has ended);
 * machined knows what runs without our unit. A job counts at once: a start may have to wait for others.
 */
function stateOf(registered: Registration | undefined, unit: Unit | undefined): MachineState {
  if (unit?.job === 'stop' || unit?.active === 'deactivating' || registered?.state === 'closing') return 'stopping';
  if (unit?.active === 'activating') return 'starting';
  if (unit?.job !== undefined && /^(re)?start$/.test(unit.job)) return 'starting';
  if (registered) {
    // Its unit has ended already, and machined has not heard of it yet.
    const outlived = registered.unit === unitOfMachine(registered.name) && (unit?.active ?? 'inactive') === 'inactive';
    if (outlived) return 'stopping';
    return registered.state === 'opening' ? 'starting' : 'running';
  }
  switch (unit?.active) {
    case undefined:
    case 'inactive':
      return 'stopped';
    case 'failed':
      return 'failed';
    default:
      return 'running';
  }
}

const nothing: Delta = { added: [], changed: [], removed: [] };

/** What is known about a host, and which rows a new fact changes. */
export class Inventory {
  readonly registered = new Map<string, Registration>();
  readonly units = new Map<string, Unit>();
  /** The machines whose unit starts at boot; undefined while that is not known. */
  autostart: ReadonlySet<string> | undefined;
  /** The settings files that were found, by the name of the machine. */
  settings: ReadonlyMap<string, SettingsFile> = new Map();
  private rows: Snapshot = { machines: new Map(), images: new Map() };

  get snapshot(): Snapshot {
    return this.rows;
  }

  /**
   * Puts facts together anew: the machines called `names` (all when undefined), and `images` when they were listed.
   * @returns what differs from before; undefined when nothing does
   */
  update(names: Iterable<string> | undefined, images?: readonly Image[]): Change | undefined {
    const before = this.rows;
    const nextImages = images ? this.imageRows(images) : before.images;
    const imageDelta = images ? difference(before.images, nextImages) : nothing;
    const touched = names
      ? new Set(names)
      : new Set([...before.machines.keys(), ...this.registered.keys(), ...this.units.keys(), ...nextImages.keys()]);
    for (const names of Object.values(imageDelta) as readonly string[][]) for (const name of names) touched.add(name);

    const nextMachines = new Map(before.machines);
    for (const name of touched) {
      const row = merge(name, {
        registered: this.registered.get(name),
        unit: this.units.get(name),
        image: nextImages.get(name),
        settings: this.settings.get(name),
        autostart: this.autostart?.has(name),
      });
      if (!row) nextMachines.delete(name);
      else if (!isDeepStrictEqual(row, nextMachines.get(name))) nextMachines.set(name, row);
    }
    const machineDelta = difference(before.machines, nextMachines, touched);
    if (isEmpty(machineDelta) && isEmpty(imageDelta)) return undefined;
    this.rows = { machines: nextMachines, images: nextImages };
    return { machines: machineDelta, images: imageDelta };
  }

  /** The settings files that were found anew. */
  updateSettings(settings: ReadonlyMap<string, SettingsFile>): Change | undefined {
    const names = new Set([...this.settings.keys(), ...settings.keys()]);
    this.settings = settings;
    return this.update(names);
  }

  /**
   * One image with its details. Path and limit are not a change: they are read for the tooltip of a row, which would lose
   * the tooltip if that row were drawn again.
   */
  updateImage(image: Image): Change | undefined {
    const old = this.rows.images.get(image.name);
    if (old === undefined) return undefined;
    const rows = new Map(this.rows.images).set(image.name, image);
    const change = this.update([], [...rows.values()]);
    return isDeepStrictEqual(listed(image), listed(old)) ? undefined : change;
  }

  /** A list of images does not carry their paths and limits: they stay until the image becomes another one. */
  private imageRows(images: readonly Image[]): ReadonlyMap<string, Image> {
    return new Map(
      images.map((image) => {
        const old = this.rows.images.get(image.name);
        const same = old?.type === image.type && old.created === image.created;
        const { path, limit } = same ? old : {};
        const row = { ...(path === undefined ? {} : { path }), ...(limit === undefined ? {} : { limit }), ...image };
        return [image.name, isDeepStrictEqual(row, old) && old ? old : row];
      }),
    );
  }
}

/** What a list says of an image. */
const listed = (image: Image): Image => ({ ...image, path: '', limit: 0 });

/** Rows that are equal are the same object in both maps. @param among the names that may differ */
function difference<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  among: Iterable<string> = new Set([...before.keys(), ...after.keys()]),
): Delta {
  const added: string[] = [],
    changed: string[] = [],
    removed: string[] = [];
  for (const name of among) {
    const old = before.get(name),
      now = after.get(name);
    if (old === undefined && now !== undefined) added.push(name);
    else if (old !== undefined && now === undefined) removed.push(name);
    else if (old !== now) changed.push(name);
  }
  return { added, changed, removed };
}

function isEmpty(delta: Delta): boolean {
  return Object.values(delta).every((names: readonly string[]) => names.length === 0);
}
