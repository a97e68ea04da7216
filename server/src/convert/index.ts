export { type FromCommand, type Note, fromCommand, fromShell } from './from-command';
export type { Loss } from './file-migration';
export { type Migration, migrate } from './migrate';
export { type Action, type File, isConfiguration } from './project';
export { shellQuoted } from './shell';
export { type ToCommand, toCommand } from './to-command';
