/** What the tools make of their files: the nspawn options in force, location and trust, and mkosi projects. */
export { type ParsedAssignment, EffectiveAssignments, loadOf } from './assignments';
export type { HostFiles } from './host-files';
export {
  Budget, type BuildHost, type FileReading, type FileSystem, type Limits, Project, type Unread, expandedPath, globbed, inner, noLimits, projectLimits,
  resolve, sameReading, someBuildHost,
} from './mkosi';
export { network, users } from './nspawn/groups';
export { imageFoldersOf } from './nspawn/location';
export { type Launch, type NspawnOptions, optionsOf } from './nspawn/options';
export { type Resumable, runToEnd } from './resumable';
