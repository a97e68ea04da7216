export { Budget, type Limits, noLimits, projectLimits } from './budget';
export { mayQuote } from './disclosure';
export {
  type BuildHost,
  expanded as expandedPath,
  type FileSystem,
  globbed,
  hasGlob,
  only,
  resolve,
  someBuildHost,
  type Unread,
} from './file-system';
export { inner, Project } from './project';
export type { Fault } from './reader';
export { type FileReading, type Read, sameReading } from './reading';
export { type ConfigValues, prohibited } from './values-in-force';
