export type { Loss } from './file-migration';
export { type FromCommand, fromCommand, fromShell, type Note } from './from-command';
export { type Migration, migrate } from './migrate';
export { type Action, type File, isConfiguration } from './project';
export { shellQuoted } from './shell';
export { type ToCommand, toCommand } from './to-command';
