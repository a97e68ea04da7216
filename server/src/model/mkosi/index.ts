export { Budget, type Limits, noLimits, projectLimits } from './budget';
export { mayQuote } from './disclosure';
export { type FileSystem, type BuildHost, type Unread, only, resolve, someBuildHost } from './file-system';
export { type FileReading, type Read, sameReading } from './reading';
export { Project, inner } from './project';
export { prohibited } from './values-in-force';
export type { Fault } from './reader';
export { expanded as expandedPath, globbed, hasGlob } from './file-system';
