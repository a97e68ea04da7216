/** What the tools make of their files: the nspawn options in force, location and trust, and mkosi projects. */
export { EffectiveAssignments, loadOf, type ParsedAssignment } from './assignments';
export type { HostFiles } from './host-files';
export {
  Budget,
  type BuildHost,
  expandedPath,
  type FileReading,
  type FileSystem,
  globbed,
  inner,
  type Limits,
  noLimits,
  Project,
  projectLimits,
  resolve,
  sameReading,
  someBuildHost,
  type Unread,
} from './mkosi';
export { isConfiguration, isLegacyConfiguration } from './mkosi/file-names';
export { network, users } from './nspawn/groups';
export { type Implication, implications } from './nspawn/implications';
export { imageFoldersOf } from './nspawn/location';
export { type Launch, type NspawnOptions, optionsOf } from './nspawn/options';
export { isTrusted } from './nspawn/trust';
export { type Resumable, runToEnd } from './resumable';
