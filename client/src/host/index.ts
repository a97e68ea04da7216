export { applies, CommandError, type CommandSpec, commands, type Need, type Rights, rightsFor } from './commands';
export { incoming as asIncoming, machines as asMachines, newImage as asNewImage, type Packing } from './commands/checks';
export { type Elevation, elevated, polkitRule } from './commands/elevation';
export { explain, type Failure, notVerified } from './commands/explain';
export { type PolkitAnswer } from './commands/polkit';
export type { Presentation } from './commands/presentation';
export { busAtSocket, systemBusSocket } from './dbus/connect';
export { entriesIn, mostEntries } from './folder';
export { type HostProbe, localProbe, remoteProbe } from './host-probe';
export { type HostSpec, hasUserHost, sshHost, systemHost, userHost } from './host-spec';
export {
  bootsAnInit,
  inside,
  missingForBoot,
  osReleaseOf,
} from './images/image-files';
export { fileReferencesIn, type JournalEntry, lastRun, mattering, readJournal } from './model/journal';
export { localMachineStore, MachineStore } from './model/machine-store';
export { exists, settingsFiles, settingsFolder } from './model/settings-files';
export { type Ended, type Transfer, Transfers } from './model/transfers';
export type {
  Address,
  Change,
  Delta,
  HostState,
  Image,
  Machine,
  MachineState,
  OsRelease,
  SettingsFile,
  Snapshot,
  UnavailableReason,
} from './model/types';
export { isImageName, isMachineName, isUserName, unitOfMachine } from './names';
export { capture, findProgram, hasProgram, MissingProgram, type Output, systemdVersion } from './programs';
export { aliasesIn, destination, isDestination, loginOverSsh, type SshMode, shellWord } from './ssh/ssh';
export { type TerminalRun, TerminalRunner } from './terminal/terminal-runner';
