export { TerminalRunner, type TerminalRun } from './terminal/terminal-runner';
export { type CommandSpec, CommandError, type Need, type Rights, applies, commands, rightsFor } from './commands';
export { type Packing, incoming as asIncoming, machines as asMachines, newImage as asNewImage } from './commands/checks';
export { busAtSocket, systemBusSocket } from './dbus/connect';
export { type Elevation, elevated, polkitRule } from './commands/elevation';
export { type PolkitAnswer } from './commands/polkit';
export { type HostProbe, localProbe, remoteProbe } from './host-probe';
export { type Failure, explain } from './commands/explain';
export { entriesIn, mostEntries } from './folder';
export { MachineStore, localMachineStore } from './model/machine-store';
export {
  bootsAnInit, inside, missingForBoot, osReleaseOf,
} from './images/image-files';
export { type JournalEntry, lastRun, mattering, fileReferencesIn, readJournal } from './model/journal';
export { isImageName, isMachineName, isUserName, unitOfMachine } from './names';
export { MissingProgram, type Output, capture, findProgram, hasProgram, systemdVersion } from './programs';
export { exists, settingsFiles, settingsFolder } from './model/settings-files';
export { type HostSpec, hasUserHost, sshHost, systemHost, userHost } from './host-spec';
export { type SshMode, aliasesIn, destination, isDestination, loginOverSsh, shellWord } from './ssh/ssh';
export { type Ended, type Transfer, Transfers } from './model/transfers';
export type {
  Address, Change, Delta, HostState, Image, Machine, MachineState, OsRelease, SettingsFile, Snapshot, UnavailableReason,
} from './model/types';
