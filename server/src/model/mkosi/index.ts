export { Budget, type Limits, noLimits, projectLimits } from './budget';
export { mayQuote } from './disclosure';
export { type Disk, type Host, type Unread, only, resolve, someHost } from './file-system';
export { type Passage, type Read, sameReading } from './reading';
export { Project, inner } from './project';
export { prohibited } from './values-in-force';
export type { Fault } from './reader';
export { expanded as expandedPath, globbed, hasGlob } from './file-system';
