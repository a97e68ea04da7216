export { Budget, type Limits, noLimits, projectLimits } from './budget';
export { mayQuote } from './disclosure';
export { type Disk, type Host, type Unread, only, resolve, someHost } from './disk';
export { type Passage, type Read, sameReading } from './passage';
export { Project, inner } from './project';
export { prohibited } from './settings';
export type { Fault } from './walk';
export { expanded as expandedPath, globbed, hasGlob } from './disk';
