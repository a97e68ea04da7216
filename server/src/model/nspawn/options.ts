import { hasBackport, type Version, wordsOf } from '../../schema';
import { isRoot } from '../../values';
import { type EffectiveAssignments, type ParsedAssignment, wordOf } from '../assignments';
import { links, mounts } from './groups';
import { isTaken } from './trust';

/** What a machine is started with besides its file: the switches of the template unit, or none. */
export type Launch = 'unit' | 'command';

/** Whose machine it is: the system's, or an ordinary user's own (files of such a machine are read since 259). */
export type Scope = 'system' | 'user';

/** A mode of user namespacing; `fixed`: a range known from the start, `yes`: the range of the directory's owner. */
export type UserMode = 'no' | 'yes' | 'fixed' | 'pick' | 'managed';

/**
 * The settings that nspawn starts a machine with: the file laid over the switches (v262 nspawn.c merge_settings), as
 * verify_arguments() then looks at them. A group of settings in the file replaces the group of the switches.
 */
export interface NspawnOptions {
  readonly version: Version;
  readonly launch: Launch;
  readonly scope: Scope;
  /** Assignments that count: still in force at the end of the file, and not ignored for lack of trust. */
  readonly live: (name: string) => readonly ParsedAssignment[];
  readonly last: (name: string) => ParsedAssignment | undefined;
  readonly startMode: 'command' | 'boot' | 'pid2' | undefined;
  /** The file configures the network, which takes back the template unit's virtual Ethernet link. */
  readonly networkBy: readonly ParsedAssignment[];
  readonly privateNetwork: boolean;
  readonly virtualEthernet: boolean;
  readonly userMode: UserMode;
  /** The file says so; otherwise a switch does. */
  readonly userBy: ParsedAssignment | undefined;
  readonly firstUser: number | undefined;
  readonly ownership: string;
  readonly readOnlyBy: ParsedAssignment | undefined;
  /** Only /usr comes from the image. */
  readonly emptyRoot: boolean;
  readonly rootMounts: readonly ParsedAssignment[];
  /** `no`, `auto`, `host`, `guest`, `try-host`, `try-guest`. */
  readonly linkJournal: string;
  readonly capabilities: ReadonlySet<number>;
  readonly ambient: ReadonlySet<number>;
}

const all: ReadonlySet<number> = new Set(Array.from({ length: 64 }, (_, i) => i));
const netBindService = 10;
/** The number of CAP_NET_ADMIN. */
export const netAdmin = 12;

/** Most files need little of it, so everything is computed on demand. */
class Started implements NspawnOptions {
  readonly version: Version;
  private network: ReturnType<typeof networkOf> | undefined;
  private users: Users | undefined;
  private granted: ReadonlySet<number> | undefined;
  private mounted: readonly ParsedAssignment[] | undefined;

  constructor(
    private readonly load: EffectiveAssignments,
    readonly launch: Launch,
    private readonly trusted: boolean,
    readonly scope: Scope,
  ) {
    this.version = load.document.edition.version;
  }

  readonly live = (name: string): readonly ParsedAssignment[] => {
    const entries = this.load.live(name),
      [first] = entries;
    return this.trusted || first === undefined || isTaken(first.setting, entries, this.version) ? entries : [];
  };

  readonly last = (name: string): ParsedAssignment | undefined => this.live(name).at(-1);

  private readonly word = (name: string): string | undefined => wordOf(this.last(name));

  private get net(): ReturnType<typeof networkOf> {
    return (this.network ??= networkOf(this.live, this.word, this.launch));
  }

  private get namespace(): Users {
    return (this.users ??= usersOf(this.live, this.word, this));
  }

  get networkBy(): readonly ParsedAssignment[] {
    return this.net.networkBy;
  }

  get privateNetwork(): boolean {
    return this.net.privateNetwork;
  }

  get virtualEthernet(): boolean {
    return this.net.virtualEthernet;
  }

  get userMode(): UserMode {
    return this.namespace.userMode;
  }

  get userBy(): ParsedAssignment | undefined {
    return this.namespace.userBy;
  }

  get firstUser(): number | undefined {
    return this.namespace.firstUser;
  }

  get ownership(): string {
    return this.namespace.ownership;
  }

  get rootMounts(): readonly ParsedAssignment[] {
    return (this.mounted ??= mounts.flatMap((name) => this.live(name)).filter((e) => coversRoot(e, this.version, this.launch)));
  }

  get readOnlyBy(): ParsedAssignment | undefined {
    if (this.word('ReadOnly') === 'yes') return this.last('ReadOnly');
    if (this.version >= 242 && (this.word('Volatile') ?? 'no') !== 'no') return this.last('Volatile');
    return this.version >= 245 ? this.rootMounts[0] : undefined;
  }

  get emptyRoot(): boolean {
    return this.word('Volatile') === 'yes';
  }

  get startMode(): NspawnOptions['startMode'] {
    return startOf(this.load).mode ?? (this.launch === 'unit' ? 'boot' : undefined);
  }

  get linkJournal(): string {
    return this.word('LinkJournal') ?? (this.launch === 'unit' ? 'try-guest' : 'auto');
  }

  get capabilities(): ReadonlySet<number> {
    return (this.granted ??= capabilitiesOf(this.live, this.net, this.namespace, this.launch, this.version));
  }

  get ambient(): ReadonlySet<number> {
    return numbersOf(this.live('AmbientCapability'));
  }
}

export const optionsOf = (load: EffectiveAssignments, launch: Launch, trusted: boolean, scope: Scope = 'system'): NspawnOptions =>
  new Started(load, launch, trusted, scope);

/** Whether an assignment says anything: an empty list or a switched-off link does not. */
export const isSet = (entry: ParsedAssignment): boolean =>
  entry.setting.name === 'VirtualEthernet' || entry.setting.name === 'Private'
    ? wordOf(entry) === 'yes'
    : entry.setting.name === 'Zone' || entry.reading.parts.length > 0;

type Live = (name: string) => readonly ParsedAssignment[];
type WordOf = (name: string) => string | undefined;

function networkOf(live: Live, word: WordOf, launch: Launch) {
  const implying = links.flatMap((name) => live(name).filter(isSet));
  const networkBy = [
    ...live('Private'),
    ...live('VirtualEthernet'),
    ...live('NamespacePath'),
    ...implying.filter((e) => e.setting.name !== 'VirtualEthernet'),
  ];
  if (networkBy.length === 0) return { networkBy, privateNetwork: launch === 'unit', virtualEthernet: launch === 'unit' };
  return {
    networkBy,
    privateNetwork: word('Private') === 'yes' || implying.length > 0,
    virtualEthernet: implying.some((e) => ['VirtualEthernet', 'Bridge', 'Zone'].includes(e.setting.name)),
  };
}

interface Users {
  readonly userMode: UserMode;
  readonly userBy: ParsedAssignment | undefined;
  readonly firstUser: number | undefined;
  readonly ownership: string;
}

function usersOf(live: Live, word: WordOf, { launch, version, scope }: Pick<NspawnOptions, 'launch' | 'version' | 'scope'>): Users {
  const by = live('PrivateUsers').at(-1),
    first = by?.reading.labelled('first')[0]?.number;
  const chown = [...live('PrivateUsersOwnership'), ...live('PrivateUsersChown')].sort((a, b) => a.start - b.start).at(-1);
  const said = chown?.setting.name === 'PrivateUsersChown' ? (wordOf(chown) === 'yes' ? 'chown' : 'off') : wordOf(chown);
  if (by === undefined && chown === undefined && scope === 'user') {
    return { userMode: 'managed', userBy: undefined, firstUser: undefined, ownership: 'auto' };
  }
  if (by === undefined && chown === undefined) {
    const pick = launch === 'unit' && version >= 230;
    return {
      userMode: pick ? 'pick' : 'no',
      userBy: undefined,
      firstUser: undefined,
      ownership: pick ? (version < 249 ? 'chown' : 'auto') : 'off',
    };
  }
  const mode = word('PrivateUsers');
  const userMode: UserMode =
    by === undefined || mode === 'no' ? 'no' : mode === 'yes' || mode === 'pick' || mode === 'managed' ? mode : 'fixed';
  const implied = userMode === 'pick' ? (version >= 262 ? 'auto' : 'chown') : userMode === 'managed' && version >= 262 ? 'auto' : 'off';
  return {
    userMode,
    userBy: by ?? chown,
    firstUser: mode === 'identity' ? 0 : first,
    ownership: userMode === 'pick' && version < 249 ? 'chown' : (said ?? implied),
  };
}

function coversRoot({ setting, reading }: ParsedAssignment, version: Version, launch: Launch): boolean {
  // An overlay of two directories lies over the upper one, which may be relative: the service manager starts nspawn in /.
  const isIt = (path: string): boolean => isRoot(launch === 'unit' && !path.startsWith('/') ? `/${path}` : path, version);
  const named = reading.labelled('destination'),
    over = named.length > 0 ? named : reading.labelled('upper');
  return (setting.name === 'Inaccessible' ? over.slice(0, 1) : over).some((p) => isIt(p.text));
}

/** How the machine starts, and the assignments that nspawn drops because they say otherwise (nspawn-settings.c:572). */
export function startOf(load: EffectiveAssignments): {
  readonly mode: 'command' | 'boot' | 'pid2' | undefined;
  readonly conflicts: readonly ParsedAssignment[];
} {
  let mode: 'command' | 'boot' | 'pid2' | undefined;
  const conflicts: ParsedAssignment[] = [];
  const { version } = load.document.edition;
  for (const entry of load.entries) {
    const name = entry.setting.name;
    if (entry.dropped || (name !== 'Boot' && name !== 'ProcessTwo')) continue;
    const mine = name === 'Boot' ? 'boot' : 'pid2',
      other = name === 'Boot' ? 'pid2' : 'boot';
    const refused = wordOf(entry) === 'yes' ? mode === other : mode === mine;
    if (version >= 229 && refused) conflicts.push(entry);
    else if (wordOf(entry) === 'yes') mode = mine;
    else if (version < 229) mode = 'command';
    else mode ??= 'command';
  }
  return { mode, conflicts };
}

/** Numbers of the capabilities that assignments name. */
export function numbersOf(entries: readonly ParsedAssignment[]): ReadonlySet<number> {
  const named = entries.flatMap((e) => e.reading.labelled('capability'));
  if (named.some((p) => p.word === 'all')) return all;
  const known = wordsOf('capabilities', Infinity);
  return new Set(named.flatMap((p) => p.number ?? known.find((w) => w.word === p.word)?.number ?? []));
}

function capabilitiesOf(
  live: Live,
  network: ReturnType<typeof networkOf>,
  users: Users,
  launch: Launch,
  version: Version,
): ReadonlySet<number> {
  const granted = new Set(
    wordsOf('capabilities', version)
      .filter((w) => w.default === true)
      .map((w) => w.number ?? -1),
  );
  if (launch === 'unit') granted.add(netAdmin);
  const fileNetwork = network.networkBy.length > 0;
  // 242 to 249 took a file that says nothing of the network for one that wants the host's.
  const taken = (fileNetwork || (version >= 242 && version < 250)) && !(fileNetwork && network.privateNetwork);
  if (taken) granted.delete(netAdmin);
  if (fileNetwork && network.privateNetwork) granted.add(netAdmin);
  for (const n of numbersOf(live('Capability'))) granted.add(n);
  // Up to 243 it was taken away after all others had been granted.
  if (taken && version < 244) granted.delete(netAdmin);
  for (const n of numbersOf(live('DropCapability'))) granted.delete(n);
  const { userMode, firstUser } = users;
  const shifted = version >= 257 || firstUser !== 0;
  if (version >= 249 && !network.privateNetwork && userMode !== 'no' && shifted) granted.delete(netBindService);
  return granted;
}

/** Whether ephemeral machines may still try to link their journal: since 256, and in the last 252 to 255. */
export const mayTryJournal = (version: Version): boolean => hasBackport(version, 256, [252, 253, 254, 255]);
