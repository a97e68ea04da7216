export { Attendance, type Attended } from './attendance';
export { type Command, CommandError, type Need, type Rights, applies, commands, rightsFor } from './commands';
export { type Packing, incoming as asIncoming, machines as asMachines, newImage as asNewImage } from './checks';
export { busAtSocket, systemBusSocket } from './connect';
export { type Elevation, elevated, polkitRule } from './elevation';
export { type Verdict } from './authority';
export { type Examiner, here, there } from './examine';
export { type Failure, explain } from './explain';
export { entriesIn, mostEntries } from './folder';
export { Host, localHost } from './host';
export {
  bootsAnInit, inside, missingForBoot, osReleaseOf,
} from './image-files';
export { type Entry, lastRun, mattering, placesIn, readJournal } from './journal';
export { isImageName, isMachineName, isUserName, unitOfMachine } from './names';
export { MissingProgram, type Output, capture, findProgram, hasProgram, systemdVersion } from './programs';
export { exists, settingsFiles, settingsFolder } from './settings-files';
export { type Place, hasUserPlace, sshPlace, systemPlace, userPlace } from './place';
export { type Manner, aliasesIn, destination, isDestination, loginOverSsh, shellWord } from './ssh';
export { type Ended, type Transfer, Transfers } from './transfers';
export type {
  Address, Change, Delta, HostState, Image, Machine, MachineState, OsRelease, SettingsFile, Snapshot, UnavailableReason,
} from './types';
