export { Attendance, type Attended } from './terminal/terminal-runner';
export { type Command, CommandError, type Need, type Rights, applies, commands, rightsFor } from './commands';
export { type Packing, incoming as asIncoming, machines as asMachines, newImage as asNewImage } from './commands/checks';
export { busAtSocket, systemBusSocket } from './dbus/connect';
export { type Elevation, elevated, polkitRule } from './commands/elevation';
export { type Verdict } from './commands/polkit';
export { type Examiner, here, there } from './host-probe';
export { type Failure, explain } from './commands/explain';
export { entriesIn, mostEntries } from './folder';
export { Host, localHost } from './model/machine-store';
export {
  bootsAnInit, inside, missingForBoot, osReleaseOf,
} from './images/image-files';
export { type Entry, lastRun, mattering, placesIn, readJournal } from './model/journal';
export { isImageName, isMachineName, isUserName, unitOfMachine } from './names';
export { MissingProgram, type Output, capture, findProgram, hasProgram, systemdVersion } from './programs';
export { exists, settingsFiles, settingsFolder } from './model/settings-files';
export { type Place, hasUserPlace, sshPlace, systemPlace, userPlace } from './host-spec';
export { type Manner, aliasesIn, destination, isDestination, loginOverSsh, shellWord } from './ssh/ssh';
export { type Ended, type Transfer, Transfers } from './model/transfers';
export type {
  Address, Change, Delta, HostState, Image, Machine, MachineState, OsRelease, SettingsFile, Snapshot, UnavailableReason,
} from './model/types';
