export { completion, completionList } from './completion';
export { resolved } from './completion-data';
export { type FeatureContext, type FolderEntry, fileName, type Interface, machineName, nowhere, uriOf } from './context';
export { diagnosing, diagnosticOf, diagnostics, isLevel, type Level, type Levels, type Shown, severityOf, shown } from './diagnostics';
export {
  type EffectiveConfiguration,
  effectiveOfFiles,
  effectiveOfSummary,
} from './effective';
export { effectiveText, effectiveTextOfSummary } from './effective-text';
export { enter } from './enter';
export { executableTitle, fixAll, fixAllKind, fixes, makeExecutableCommand, movesFile, moveTitle } from './fixes';
export { folding } from './folding';
export { formatting } from './format';
export { highlights } from './highlights';
export { hover } from './hover';
export { inlayHints } from './inlay';
export { links } from './links';
export { configurationOf, messageLocator } from './locate-message';
export { messagesIn } from './mkosi-messages';
export { imageNames, type OutlineNode, type ProjectOutline, partsIn, profileNames, projectOutline } from './project-outline';
export { refactorings } from './refactorings';
export { definition, prepareRename, references, rename } from './references';
export { selection } from './selection';
export { signature } from './signature';
export { documentSymbols, workspaceSymbols } from './symbols';
export { legend, tokenEdits, tokens } from './tokens';
